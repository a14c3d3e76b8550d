"""Digiflazz keeps the contract of all connectors."""

import pytest

from tests.transactions.suppliers.contract import CallbackContract, ConnectorContract, WireContract
from tests.transactions.suppliers.digiflazz_rig import DigiflazzRig
from transactions.suppliers.base import ChecksPln
from transactions.suppliers.simulator import Simulator


class TestDigiflazz(ConnectorContract, CallbackContract, WireContract):
    @pytest.fixture
    def rig(self, simulator: Simulator) -> DigiflazzRig:
        return DigiflazzRig(simulator)

    def test_it_knows_the_name_behind_a_meter_and_says_when_there_is_none(self, rig: DigiflazzRig) -> None:
        assert isinstance(rig.connector, ChecksPln)
        found = rig.connector.inquire_pln("12345678901")
        assert found is not None
        assert (found.customer_no, found.name, found.segment_power) == ("12345678901", "BUDI SANTOSO", "R1/1300VA")
        assert rig.connector.inquire_pln("123") is None
