"""The audit reads a real simulator's record and holds it against the books."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests import factories
from tests.transactions.faults import driving
from transactions import audit
from transactions.audit import Scope
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "audit"])


@pytest.fixture
def simulator(tmp_path: Path, settings: Settings) -> Iterator[Simulator]:
    """A supplier that knows the factories' accounts."""
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    with Simulator(folder=tmp_path / "simulator", accounts=driving.accounts()) as running:
        yield running


@pytest.fixture
def shop(simulator: Simulator) -> factories.Shop:
    """A shop whose supplier is the simulator, with one order delivered and one refused."""
    shop = factories.shop(url=simulator.url)
    shop.buy()
    shop.buy("232")
    driving.step()
    return shop


def test_deliveries_and_books_that_agree_hold(shop: factories.Shop, simulator: Simulator) -> None:
    out = StringIO()
    call_command("audit_ledger", simulator=f"{_origin(simulator)}/log", stdout=out)
    assert "18 0 violations" in out.getvalue()
    assert len(simulator.log()) == 1


def test_a_record_that_must_be_read_and_cannot_be_fails_the_audit(shop: factories.Shop) -> None:
    with pytest.raises(CommandError, match="record cannot be read"):
        call_command("audit_ledger", simulator="http://127.0.0.1:9/log")


def test_a_record_that_happens_not_to_answer_is_said_to_be_unchecked(shop: factories.Shop) -> None:
    report = audit.run(Scope(simulator="http://127.0.0.1:9/log"))
    (result,) = [result for result in report.results if result.number == 18]
    assert "not checked" in result.skipped
    assert report.broken == []


def _origin(simulator: Simulator) -> str:
    return simulator.url.removesuffix("/v1").rstrip("/")
