"""A shop whose suppliers are the simulator, and a check of the whole ledger after every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests import factories
from tests.transactions.faults import driving
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
