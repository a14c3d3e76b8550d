"""A simulated supplier per test, on loopback, and another portal that buys from one."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.transactions.faults import driving
from tests.transactions.suppliers.konter_rig import KonterRig
from tests.transactions.suppliers.spoiler import Spoiler
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    with override_settings(OUTBOUND_ALLOW_NETWORKS=["127.0.0.0/8"]), Simulator(folder=tmp_path) as running:
        yield running


@pytest.fixture
def rig(live_server: LiveServer, tmp_path: Path, settings: Settings) -> Iterator[KonterRig]:
    """Another portal, over HTTP; suites of other connectors have rigs of their own."""
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    settings.SUPPLIER_CALL_SECONDS = 1.0
    address = urlsplit(live_server.url)
    with (
        Simulator(folder=tmp_path / "simulator", accounts=driving.accounts()) as simulator,
        Spoiler(address.hostname or "", address.port or 0) as line,
    ):
        yield KonterRig(simulator, line)
