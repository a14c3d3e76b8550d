"""A dump of a small world comes back into a second database, whole: rows, rights, walls and sequences."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg2 import errors

from portal.backups import manifest
from tests import factories
from tests.factories import Shop
from tests.portal import backup_rig as rig

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"]),
]
RIGHTS = """
SELECT string_agg(concat_ws(' ', grantee, privilege_type, table_name), ',' ORDER BY grantee, table_name, privilege_type)
FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee LIKE 'konter%'
"""


@dataclass
class Restored:
    """The world that was dumped, the backup, and what the restore said."""

    shop: Shop
    backup: Path
    said: list[str]


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    shop = factories.shop()
    shop.buy()
    backup = rig.take(tmp_path)
    shop.buy()
    with rig.second_database():
        yield Restored(shop, backup, rig.bring_back(backup, rig.second_environment()))


def test_a_dump_comes_back_whole(restored: Restored) -> None:
    app, owner = rig.second_url("konter_app"), rig.second_url("konter_owner")
    dealer = restored.shop.dealer.pk
    # The order of before the backup, and not the one after it.
    assert rig.ask(owner, "SELECT count(*) FROM orders") == 1
    assert rig.ask(app, "SELECT count(*) FROM orders", dealer=dealer) == 1
    assert rig.ask(app, "SELECT count(*) FROM orders", dealer=dealer + 1) == 0
    assert rig.ask(app, "SELECT count(*) FROM orders") == 0
    with pytest.raises(errors.InsufficientPrivilege):
        rig.ask(app, "UPDATE transfer SET amount = 1 RETURNING id", dealer=dealer)
    with pytest.raises(errors.InsufficientPrivilege):
        rig.ask(app, "CREATE TABLE mine (id int)")
    last = rig.ask(owner, "SELECT max(id) FROM orders")
    assert rig.ask(owner, "SELECT nextval(pg_get_serial_sequence('orders', 'id'))") > last
    assert any("audit: every invariant holds" in line for line in restored.said)
    assert rig.ask(owner, RIGHTS) == rig.ask(os.environ["DATABASE_OWNER_URL"], RIGHTS)


def test_only_its_user_reads_a_backup_and_no_key_is_in_it(tmp_path: Path) -> None:
    factories.shop()
    backup = rig.take(tmp_path)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (backup, *backup.iterdir())}
    assert modes == {backup.name: 0o700, "konter.dump": 0o600, "manifest.json": 0o600}
    key_id, _, key = rig.KEYS.partition(":")
    assert manifest.read(backup).keys == (key_id,)
    assert all(key.encode() not in path.read_bytes() for path in backup.iterdir())
