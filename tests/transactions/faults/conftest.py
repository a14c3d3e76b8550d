"""A shop whose suppliers are the simulator, and a check of the whole ledger after every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from dealers.models import Dealer
from portal.lib import tenancy
from tests import factories
from tests.transactions.faults import driving
from transactions import audit
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def simulator(tmp_path: Path, settings: Settings) -> Iterator[Simulator]:
    """A supplier that knows the factories' accounts."""
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    settings.SUPPLIER_CALL_SECONDS = 1.0
    with Simulator(folder=tmp_path / "simulator", accounts=driving.accounts()) as running:
        yield running


@pytest.fixture
def shop(db: None, simulator: Simulator) -> factories.Shop:
    """One supplier."""
    return factories.shop(url=simulator.url)


@pytest.fixture
def two(db: None, simulator: Simulator) -> factories.Shop:
    """Two suppliers: the second is asked when the first certainly refuses."""
    return factories.shop(url=simulator.url, suppliers=2)


@pytest.fixture(autouse=True)
def _audit_is_clean(db: None) -> Iterator[None]:
    """After every fault every invariant holds, in every book."""
    yield
    for dealer_id in Dealer.objects.values_list("pk", flat=True):
        with tenancy.inside(dealer_id):
            found = [str(v) for v in audit.violations("default") if v.dealer_id == dealer_id]
        assert found == []
