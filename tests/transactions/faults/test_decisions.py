"""Staff end an order about which the supplier stays silent: with a task, a reason, and four eyes."""

from datetime import timedelta

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from tests.transactions.faults.test_callbacks import report
from transactions import decisions, dispatch, fulfilment, queue
from transactions.models import Decision, Due, Incident, Order, Status
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def silent(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order that was without a verdict for too long, with its task."""
    monkeypatch.setattr(fulfilment, "LOOK_AFTER", timedelta())
    order = shop.buy("241")
    driving.step()
    driving.pass_time(order)
    driving.step()
    return order


def decide(shop: Shop, order: Order, verdict: Decision.Verdict) -> None:
    decisions.propose(
        shop.dealer, order.pk, verdict=verdict, reason="bukti dari operator", actor=factories.member(shop.dealer)
    )


def test_a_decision_without_an_open_task_is_refused(shop: Shop) -> None:
    order = shop.buy("241")
    driving.step()
    with pytest.raises(decisions.NotOpen):
        decide(shop, order, Decision.Verdict.FAILED)


def test_decided_as_failed_the_money_goes_back_and_nobody_asks_again(shop: Shop, silent: Order) -> None:
    decide(shop, silent, Decision.Verdict.FAILED)
    assert shop.order(silent).status == Status.FAILED
    assert shop.balance() == 1_000_000
    assert driving.attempts(shop, silent)[0].outcome == "pending"
    assert not Due.objects.filter(kind="order", target=silent.pk).exists()


def test_decided_as_delivered_the_price_is_a_sale(shop: Shop, silent: Order) -> None:
    decide(shop, silent, Decision.Verdict.SUCCEEDED)
    assert shop.order(silent).status == Status.SUCCEEDED


@pytest.mark.parametrize(
    ("verdict", "rc", "incidents"),
    [("failed", "02", 0), ("failed", "00", 1), ("succeeded", "02", 1), ("succeeded", "00", 0)],
)
def test_what_the_supplier_says_later_sets_the_outcome_and_opens_an_incident_when_contrary(
    shop: Shop, simulator: Simulator, silent: Order, verdict: str, rc: str, incidents: int
) -> None:
    decide(shop, silent, Decision.Verdict(verdict))
    report(shop, simulator, silent, rc)
    assert shop.order(silent).status == verdict
    assert driving.attempts(shop, silent)[0].outcome == ("succeeded" if rc == "00" else "failed")
    with tenancy.inside(shop.dealer.pk):
        assert Incident.objects.count() == incidents


def test_above_the_limit_a_second_person_must_agree(shop: Shop, silent: Order) -> None:
    shop.dealer.four_eyes_above = 10_000
    shop.dealer.save(update_fields=["four_eyes_above"])
    first = factories.member(shop.dealer)
    decisions.propose(shop.dealer, silent.pk, verdict=Decision.Verdict.FAILED, reason="diam", actor=first)
    assert shop.order(silent).status == Status.PROCESSING
    with pytest.raises(decisions.SecondPersonNeeded):
        decisions.approve(shop.dealer, silent.pk, actor=first)
    decisions.approve(shop.dealer, silent.pk, actor=factories.member(shop.dealer))
    assert shop.order(silent).status == Status.FAILED


def test_nobody_decides_while_a_call_may_be_under_way(shop: Shop, silent: Order) -> None:
    driving.pass_time(silent)
    (held,) = queue.claim(1)
    assert dispatch.advance(held) is not None
    with pytest.raises(decisions.StillRunning):
        decide(shop, silent, Decision.Verdict.FAILED)
