"""A base backup of a running server comes back into a home of its own, proven, and is what `make run` starts from."""

import os
from pathlib import Path

import pytest

from portal.backups.manifest import Kind, NoBackup
from portal.embedded.services import Services
from tests import factories
from tests.portal import backup_rig as rig

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"]),
]


def test_a_base_backup_comes_back_into_an_empty_home(tmp_path: Path) -> None:
    factories.shop().buy()
    backup = rig.take(tmp_path, kind=Kind.BASE)
    embedded = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    with rig.empty_home() as home:
        rig.bring_back(backup, embedded, home=home)
        with pytest.raises(NoBackup, match="--replace"):
            rig.bring_back(backup, embedded, home=home)
        assert not (home / "restoring").exists()
        with Services(home, redis=False, durable=False) as services:
            assert rig.ask(services.environment()["DATABASE_AUDIT_URL"], "SELECT count(*) FROM orders") == 1
        rig.bring_back(backup, embedded, home=home, replace=True)
        assert len(list(home.glob("cluster/replaced-*"))) == 1


def test_a_base_backup_does_not_go_into_ones_own_server(tmp_path: Path) -> None:
    factories.shop()
    backup = rig.take(tmp_path, kind=Kind.BASE)
    with pytest.raises(NoBackup, match="goes a dump"):
        rig.bring_back(backup, dict(os.environ))
