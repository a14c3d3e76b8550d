"""A simulated supplier per test, on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from transactions.suppliers.simulator import Simulator


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    with override_settings(OUTBOUND_ALLOW_NETWORKS=["127.0.0.0/8"]), Simulator(folder=tmp_path) as running:
        yield running
