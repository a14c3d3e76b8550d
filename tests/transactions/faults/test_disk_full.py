"""The disk under the database is full: a sale is refused whole, the server lives, and with room the same form sells.

The cluster is a throw-away one whose data lies on a tmpfs of its own; mounting that takes root.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import OperationalError, connections

from portal.embedded.postgres import SUPERUSER
from portal.embedded.services import Services
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from tests.transactions.storefront_rig import PRICE, Storefront, text_of
from transactions import ledger
from transactions.models import Status
from transactions.suppliers.simulator import Simulator

ROLES = {"default": "konter_app", "owner": "konter_owner", "audit": "konter_audit"}
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=list(ROLES))]

MEGABYTES = 96
"""Room for a cluster with everything migrated (45 MB) and two segments of its log."""
MONEY = 1_000_000


class Disk:
    """A file system of its own that can be filled to the last page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Not a byte more fits."""
        with self._filler.open("wb", buffering=0) as file:
            for size in (1024 * 1024, 4096):
                try:
                    while file.write(bytes(size)) == size:
                        continue
                except OSError:
                    continue

    def free(self) -> None:
        """There is room again."""
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def disk() -> Iterator[Disk]:
    """The place of a cluster in a home that PostgreSQL's account can enter."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    home = Path(tempfile.mkdtemp(prefix="konter-disk-"))
    home.chmod(0o711)
    (home / "cluster").mkdir()
    try:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(home / "cluster")]
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
        try:
            yield Disk(home / "cluster")
        finally:
            subprocess.run(["umount", str(home / "cluster")], check=True)
    finally:
        shutil.rmtree(home)


@pytest.fixture
def cluster(disk: Disk, db: None) -> Iterator[Services]:
    """An empty portal on that disk, to which every connection of this process now leads."""
    with Services(disk.folder.parent, redis=False) as services:
        try:
            with _moved_to(services):
                call_command("migrate", database="owner", interactive=False, verbosity=0)
                yield services
        finally:
            disk.free()  # a server that stops writes a checkpoint


@contextmanager
def _moved_to(services: Services) -> Iterator[None]:
    assert services.postgres is not None
    kept = {alias: dict(connections[alias].settings_dict) for alias in ROLES}
    for alias, role in ROLES.items():
        connections[alias].close()
        there = {**kept[alias]["OPTIONS"], "host": str(services.postgres.sockets)}
        connections[alias].settings_dict.update(PASSWORD=services.secrets[role], OPTIONS=there)
    try:
        yield
    finally:
        for alias in ROLES:
            connections[alias].close()
            connections[alias].settings_dict.update(kept[alias])
        ContentType.objects.clear_cache()


def _begin_a_new_log_segment(services: Services) -> str:
    """The log's room is taken in advance, so that only data needs more; when the server was started."""
    assert services.postgres is not None
    there = psycopg2.connect(
        host=str(services.postgres.sockets), user=SUPERUSER, password=services.secrets[SUPERUSER], dbname="postgres"
    )
    with closing(there), there.cursor() as cursor:
        there.autocommit = True
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("CHECKPOINT")
        return _started(there)


def _started(there: Any) -> str:
    with there.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()::text")
        return str(cursor.fetchone()[0])


def _use_up(shop: Shop) -> int:
    """Put single rupiah into the wallet until no page has room for one more transfer; how many went in."""
    for count in range(1_000):
        try:
            factories.fund(shop.dealer, shop.customer, 1)
        except OperationalError as error:
            assert ledger.sqlstate(error) == "53100"
            return count
    raise AssertionError("the disk is never full")


def _audit(simulator: Simulator) -> str:
    out = StringIO()
    call_command("audit_ledger", simulator=f"{simulator.url.removesuffix('/v1')}/log", stdout=out)
    return out.getvalue()


def test_a_sale_on_a_full_disk_is_refused_whole_and_made_once_there_is_room(
    cluster: Services, disk: Disk, simulator: Simulator
) -> None:
    shop = factories.shop(url=simulator.url)
    here = Storefront(shop)
    here.browser.force_login(shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    before = here.bought(gateway="balance", destination="0812 3456 0001")
    started = _begin_a_new_log_segment(cluster)
    disk.fill()
    money = MONEY - PRICE + _use_up(shop)
    assert shop.balance() == money

    # The order's own rows still find room: it is the hold, at the very end, that does not.
    with pytest.raises(OperationalError) as full:
        shop.buy()
    assert "post_v1" in full.value.__cause__.diag.context  # type: ignore[union-attr]
    form = here.filled(gateway="balance")
    for _try in range(2):
        refused = here.browser.post(here.address, form)
        assert (refused.status_code, refused["Retry-After"]) == (503, "30")
        assert "Server sedang penuh." in text_of(refused)
        assert here.orders() == 1
        assert shop.balance() == money
    assert here.browser.get(here.address).status_code == 200

    disk.free()
    order = here.at(here.browser.post(here.address, form)["Location"])
    assert here.at(here.browser.post(here.address, form)["Location"]) == order
    assert here.orders() == 2
    assert shop.balance() == money - PRICE
    driving.step()
    for sold in (before, order):
        assert shop.order(sold).status == Status.SUCCEEDED
        assert driving.delivered(simulator, sold) == 1
    assert _started(connections["default"]) == started
    assert "18 0 violations" in _audit(simulator)
