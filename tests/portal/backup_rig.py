"""A second database and a second home for backups to come back into, beside those of the tests."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import extensions, sql

from portal.backups import taking
from portal.backups.manifest import Kind
from portal.backups.places import source
from portal.backups.restoring import Wanted, restore

SECOND = "konter_restored"
ROLES_SQL = settings.BASE_DIR / "portal/sql/roles.sql"
KEYS = os.environ["KONTER_ENCRYPTION_KEYS"]
_URLS = {"konter_app": "DATABASE_URL", "konter_owner": "DATABASE_OWNER_URL", "konter_audit": "DATABASE_AUDIT_URL"}


def take(folder: Path, *, kind: Kind = Kind.DUMP) -> Path:
    """A backup of the tests' database, taken as for `make run`: it lies in a home of its own and is running."""
    given = {name: value for name, value in os.environ.items() if name not in _URLS.values()}
    with source(given, settings.KONTER_HOME) as found:
        return taking.take(found, kind=kind, folder=folder)


def second_url(role: str) -> str:
    """Where the second database is, for a role."""
    words = extensions.parse_dsn(os.environ[_URLS[role]])
    return str(extensions.make_dsn(**{**words, "dbname": SECOND}))


def second_environment() -> dict[str, str]:
    """The environment of a portal with the second database, as on somebody's own server."""
    found = {}
    for name in _URLS.values():
        url = os.environ[name]
        found[name] = url.replace("@/konter?", f"@/{SECOND}?")
        assert found[name] != url, "the tests' database has another URL than expected"
    return {**os.environ, **found}


@contextmanager
def second_database() -> Iterator[None]:
    """An empty database with Konter's roles, on the tests' server, for as long as the block lasts."""
    with source({}, settings.KONTER_HOME) as found:
        superuser = found.superuser
    _run(superuser, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(SECOND)))
    _run(superuser, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(SECOND)))
    words = extensions.parse_dsn(superuser)
    _run(extensions.make_dsn(**{**words, "dbname": SECOND}), sql.SQL(ROLES_SQL.read_text()))
    try:
        yield
    finally:
        _run(superuser, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(SECOND)))


@contextmanager
def empty_home() -> Iterator[Path]:
    """A home with the tests' keys and no database, which every account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="konter-tests-own-"))
    folder.chmod(0o711)
    home = folder / "home"
    home.mkdir(mode=0o711)
    shutil.copy(settings.KONTER_HOME / "secrets.json", home)
    try:
        yield home
    finally:
        shutil.rmtree(folder)


def bring_back(folder: Path, given: dict[str, str], **wishes: Any) -> list[str]:
    """Restore, and what was said; `home`, `replace` and `without_keys` may be given."""
    said: list[str] = []
    home = wishes.pop("home", Path("/nowhere"))
    wanted = Wanted(folder=folder, say=said.append, **{"replace": False, "without_keys": False, **wishes})
    restore(wanted, given, home)
    return said


def ask(url: str, query: str, *, dealer: int | None = None) -> Any:
    """The first value of a query, with a dealer set or with none."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        if dealer is not None:
            cursor.execute("SELECT set_config('app.dealer', %s, true)", [str(dealer)])
        cursor.execute(query)
        row = cursor.fetchone()
        return row[0] if row else None


def _run(url: str, statement: sql.Composable) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
