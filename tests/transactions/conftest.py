"""A simulated supplier per test, on loopback, and a dispatcher that is turned by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from transactions.suppliers.simulator import Simulator


@pytest.fixture
def simulator(tmp_path: Path, settings: Settings) -> Iterator[Simulator]:
    """A supplier that speaks HTTP; what it did is its own log."""
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    with Simulator(folder=tmp_path / "simulator") as running:
        yield running
