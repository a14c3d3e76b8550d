"""What a restore refuses, and that it leaves everything as it was then."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.db import connections
from psycopg2 import OperationalError

from portal.backups import manifest, restoring, taking
from portal.backups.manifest import Kind, NoBackup
from portal.processes import wait_until
from tests import factories
from tests.portal import backup_rig as rig

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"]),
]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    factories.shop().buy()
    return rig.take(tmp_path)


@pytest.fixture
def given() -> Iterator[dict[str, str]]:
    with rig.second_database():
        yield rig.second_environment()


def _rewrite(backup: Path, **fields: object) -> None:
    path = backup / manifest.NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def _leave() -> None:
    """End the test's own sessions, which are a portal's otherwise, and wait until the server has seen it."""
    connections.close_all()
    here = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'konter_app'"
    assert wait_until(lambda: rig.ask(os.environ["DATABASE_AUDIT_URL"], here) == 0, seconds=30)


def test_a_changed_file_is_refused(backup: Path) -> None:
    content = bytearray((backup / taking.DUMP).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / taking.DUMP).write_bytes(content)
    with pytest.raises(NoBackup, match="sha256"):
        rig.bring_back(backup, {})


def test_a_missing_file_is_refused(backup: Path) -> None:
    (backup / taking.DUMP).unlink()
    with pytest.raises(NoBackup, match="missing"):
        rig.bring_back(backup, {})


def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NoBackup, match="never completed"):
        rig.bring_back(tmp_path, {})


def test_a_manifest_that_names_a_file_elsewhere_is_refused(backup: Path) -> None:
    files = json.loads((backup / manifest.NAME).read_text())["files"]
    _rewrite(backup, files={f"../{backup.name}/{name}": file for name, file in files.items()})
    with pytest.raises(NoBackup, match="missing"):
        rig.bring_back(backup, {})


def test_a_backup_of_a_newer_version_is_refused(backup: Path) -> None:
    _rewrite(backup, migrations=[*manifest.read(backup).migrations, "transactions.9999_from_the_future"])
    with pytest.raises(NoBackup, match="9999_from_the_future"):
        rig.bring_back(backup, {})


def test_a_backup_whose_key_is_lost_is_refused(backup: Path) -> None:
    with pytest.raises(NoBackup, match=r"secrets\.json"):
        rig.bring_back(backup, {"DATABASE_URL": "x", "KONTER_ENCRYPTION_KEYS": "ffffffff:AAAA"})


def test_a_database_with_something_in_it_is_refused(backup: Path) -> None:
    _leave()
    with pytest.raises(NoBackup, match=r"holds 1 orders .*--replace"):
        rig.bring_back(backup, dict(os.environ))


def test_a_database_that_a_portal_uses_is_refused(backup: Path, given: dict[str, str]) -> None:
    with closing(psycopg2.connect(given["DATABASE_URL"])), pytest.raises(NoBackup, match="Stop it first"):
        rig.bring_back(backup, given, replace=True)


def test_what_is_replaced_is_kept_beside_it(backup: Path, given: dict[str, str]) -> None:
    rig.bring_back(backup, given)
    rig.bring_back(backup, given, replace=True)
    owner = given["DATABASE_OWNER_URL"]
    kept = rig.ask(owner, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'replaced%'")
    assert rig.ask(owner, f"SELECT count(*) FROM {kept}.orders") == 1
    assert rig.ask(owner, "SELECT count(*) FROM public.orders") == 1


def test_a_restore_that_fails_puts_back_what_was_there(
    backup: Path, given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.bring_back(backup, given)

    def refuses(*_: object) -> None:
        raise NoBackup("the audit found something")

    monkeypatch.setattr(restoring, "_prove", refuses)
    with pytest.raises(NoBackup, match="the audit found something"):
        rig.bring_back(backup, given, replace=True)
    owner = given["DATABASE_OWNER_URL"]
    assert rig.ask(owner, "SELECT count(*) FROM public.orders") == 1
    assert rig.ask(owner, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'replaced%'") == 0


def test_a_dump_with_other_counts_than_it_says_is_refused_and_leaves_an_empty_database(
    backup: Path, given: dict[str, str]
) -> None:
    _rewrite(backup, rows={**manifest.read(backup).rows, "orders": 2})
    with pytest.raises(NoBackup, match="another number of rows: orders"):
        rig.bring_back(backup, given)
    assert rig.ask(given["DATABASE_OWNER_URL"], "SELECT to_regclass('public.orders')") is None


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    nowhere = taking.Source(auditor="postgresql://konter_audit@/konter?host=%2Fnowhere", superuser="", keys="")
    with pytest.raises(OperationalError):
        taking.take(nowhere, kind=Kind.DUMP, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
