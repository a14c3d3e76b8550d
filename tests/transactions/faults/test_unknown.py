"""Unknown is not failed: whatever is no clear answer leaves the order, the money and the other suppliers alone."""

import pytest
from pytest_django import Settings

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import accounts, dispatch, ledger, queue
from transactions.models import Order, Status
from transactions.suppliers.simulator import Simulator

FIRST = {
    "time-out": {"answer": "silence"},
    "cut after sending": {"answer": "cut"},
    "cut in the answer": {"answer": "cut_body"},
    "never arrived": {"answer": "drop"},
    "5xx": {"answer": "html500"},
    "HTML": {"answer": "html200"},
    "empty": {"answer": "empty"},
    "truncated": {"answer": "truncated"},
    "wrong types": {"answer": "wrong_types"},
    "huge": {"answer": "huge"},
    "one byte a second": {"answer": "trickle"},
    "gzip bomb": {"answer": "gzip_bomb"},
    "redirect": {"answer": "redirect"},
    "rc 03": {"rc": "03", "fate": "pending"},
    "rc 85": {"rc": "85", "fate": "pending"},
    "rc 99": {"rc": "99", "fate": "pending"},
}
SECOND = ("85", "41", "44", "45", "50", "84", "40")


@pytest.fixture
def production(settings: Settings) -> None:
    """The patience of production."""
    settings.CHECK_INTERVAL_SECONDS = 60


def _nothing_happened(shop: Shop, order: Order) -> None:
    assert shop.order(order).status == Status.PROCESSING
    assert [a.outcome for a in driving.attempts(shop, order)] == ["pending"]
    assert shop.balance() == 1_000_000 - order.price
    with tenancy.inside(shop.dealer.pk):
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == order.price
    assert 60 <= driving.seconds_until_due(order) <= 66


@pytest.mark.parametrize("script", FIRST.values(), ids=FIRST.keys())
def test_an_unclear_first_answer_decides_nothing(
    two: Shop, simulator: Simulator, production: None, script: dict[str, str]
) -> None:
    simulator.script(on="first", **script)
    order = two.buy()
    driving.step()
    _nothing_happened(two, order)


@pytest.mark.parametrize("rc", SECOND)
def test_on_a_repeat_a_code_about_the_request_decides_nothing(
    two: Shop, simulator: Simulator, production: None, rc: str
) -> None:
    simulator.script(on="first", rc="03", fate="pending")
    simulator.script(on="again", rc=rc)
    order = two.buy()
    driving.step()
    driving.pass_time(order)
    driving.step()
    _nothing_happened(two, order)


def test_the_next_check_never_runs_while_the_call_does(shop: Shop, simulator: Simulator, production: None) -> None:
    simulator.script(on="first", answer="silence")
    order = shop.buy()
    driving.step()
    driving.pass_time(order)
    driving.step()
    first, second = simulator.requests(f"{order.code}-1")
    assert second[0] >= first[1]


def test_a_call_that_nobody_reported_is_not_repeated_before_its_deadline(shop: Shop, production: None) -> None:
    order = shop.buy()
    (held,) = queue.claim(1)
    assert dispatch.advance(held) is not None
    assert driving.seconds_until_due(order) > 60
    assert driving.step() == 0


def test_a_success_without_a_serial_number_is_asked_again(shop: Shop, simulator: Simulator) -> None:
    simulator.script(on="first", patch={"sn": ""})
    order = shop.buy()
    driving.step()
    assert shop.order(order).status == Status.PROCESSING
    driving.pass_time(order)
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
