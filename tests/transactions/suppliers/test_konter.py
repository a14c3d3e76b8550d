"""A connector to another Konter portal keeps the contract of all connectors, against a real server of ours."""

import pytest

from tests.transactions.suppliers.contract import CallbackContract, ConnectorContract, WireContract


@pytest.mark.django_db(transaction=True)
class TestKonter(ConnectorContract, CallbackContract, WireContract):
    """All of it; the rig comes from the conftest."""
