"""What runs in the database is what the newest versioned file says, to the letter."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

_CREATE = re.compile(r"^CREATE FUNCTION .*?^\$\$;$", re.MULTILINE | re.DOTALL)
_DEFINITIONS = """
SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
WHERE p.pronamespace = %s::regnamespace
"""


def _files() -> dict[str, Path]:
    """The newest file of each name: `place_v2.sql` stands before `place_v1.sql`."""
    newest: dict[str, tuple[int, Path]] = {}
    for path in settings.BASE_DIR.glob("*/sql/*_v*.sql"):
        name, version = re.fullmatch(r"(.+)_v(\d+)", path.stem).groups()  # type: ignore[union-attr]
        key = f"{path.parent.parent.name}/{name}"
        newest[key] = max(newest.get(key, (0, path)), (int(version), path))
    return {key: path for key, (_, path) in newest.items()}


def _functions(path: Path) -> list[str]:
    return _CREATE.findall(path.read_text())


def _definitions(schema: str) -> dict[str, str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_DEFINITIONS, [schema])
        return {name: text.replace(f"{schema}.", "", 1) for name, text in cursor.fetchall()}


def test_every_function_is_the_one_in_the_newest_file() -> None:
    statements = [statement for path in _files().values() for statement in _functions(path)]
    assert len(statements) >= 9
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("CREATE SCHEMA afresh")
        cursor.execute("SET LOCAL search_path = afresh, public")
        for statement in statements:
            cursor.execute(statement)
        afresh, standing = _definitions("afresh"), _definitions("public")
        transaction.set_rollback(True, using="owner")
    assert standing == afresh


def test_no_function_was_missed_in_a_file() -> None:
    for path in _files().values():
        text = path.read_text()
        assert len(_functions(path)) == text.count("CREATE FUNCTION"), path


def test_nobody_but_the_application_may_call_what_passes_the_walls() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
            "AND has_function_privilege('public', oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []
