"""A guest's money goes back to where it came from: once at the till, whatever happens to the till's answers."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions import refund_rig
from tests.transactions.refund_rig import BCA, PRICE, Unhappy
from transactions import accounts, ledger, paybacks, queue, refund_choices, refund_ways
from transactions.gateways.base import Payback, PaybackOutcome
from transactions.gateways.sandbox import Sandbox
from transactions.models import Due, DueKind, RefundState, RefundWay, Task, TaskKind
from transactions.refund_choices import AlreadyBegun
from transactions.suppliers.simulator import Simulator


@pytest.fixture(autouse=True)
def _till(simulator: Simulator, settings: Settings) -> None:
    settings.SIMULATOR_PORT = simulator.port
    settings.SANDBOX_SECRET = "secret-of-the-test"
    settings.KONTER_BASE_URL = "http://127.0.0.1:9"


@pytest.fixture
def guest(shop: Shop, simulator: Simulator, _till: None) -> Unhappy:
    return refund_rig.unhappy(shop, simulator)


def clearing(guest: Unhappy) -> int:
    with tenancy.inside(guest.dealer.pk):
        return ledger.balance(guest.dealer.pk, accounts.clearing("sandbox"))


def test_the_till_pays_back_and_the_books_say_so(guest: Unhappy) -> None:
    guest.chooses(RefundWay.SOURCE)
    assert guest.refund.state == RefundState.DUE
    guest.time_passes()
    refund = guest.refund
    (row,) = guest.simulator.paybacks()
    assert (row["reference"], row["amount"]) == (f"{guest.order.code}-R1", PRICE)
    assert (refund.state, refund.reference) == (RefundState.DONE, row["gateway_tx"])
    assert guest.paid_out() == [("clearing", PRICE)]
    assert clearing(guest) == 0


def test_the_task_and_the_due_row_are_gone_when_it_is_paid(guest: Unhappy) -> None:
    guest.chooses(RefundWay.SOURCE)
    guest.time_passes()
    assert not Due.objects.filter(kind=DueKind.REFUND).exists()
    with tenancy.inside(guest.dealer.pk):
        assert not Task.objects.filter(kind=TaskKind.REFUND, closed_at=None).exists()


@pytest.mark.parametrize("answer", ["cut", "drop", "html500", "empty", "truncated"])
def test_a_lost_answer_is_asked_for_again_and_paid_once(guest: Unhappy, answer: str) -> None:
    guest.simulator.script(till={"answer": answer, "times": 2})
    guest.chooses(RefundWay.SOURCE)
    guest.time_passes()
    assert guest.refund.state == RefundState.SENT
    assert guest.paid_out() == []
    guest.time_passes()
    guest.time_passes()
    assert guest.refund.state == RefundState.DONE
    assert len(guest.simulator.paybacks()) == 1
    assert guest.paid_out() == [("clearing", PRICE)]


def test_while_the_answer_is_unknown_no_other_way_can_be_taken(guest: Unhappy) -> None:
    guest.simulator.script(till={"answer": "cut"})
    guest.chooses(RefundWay.SOURCE)
    guest.time_passes()
    with pytest.raises(AlreadyBegun):
        guest.chooses(RefundWay.BANK, BCA)
    with pytest.raises(AlreadyBegun):
        refund_choices.claim(guest.dealer, guest.refund.pk, user=guest.shop.customer)


def test_a_till_that_has_not_decided_yet_is_asked_again(guest: Unhappy) -> None:
    guest.simulator.script(till={"says": "pending"})
    guest.chooses(RefundWay.SOURCE)
    guest.time_passes()
    assert guest.refund.state == RefundState.SENT
    guest.time_passes()
    assert guest.refund.state == RefundState.DONE


def test_a_silent_till_is_asked_less_and_less_often(guest: Unhappy, settings: Settings) -> None:
    settings.SIMULATOR_PORT = 9
    guest.chooses(RefundWay.SOURCE)
    rests, pauses = [], []
    for _ in range(3):
        guest.time_passes()
        rests.append(Due.objects.get(kind=DueKind.REFUND).due_at)
        pauses.append(paybacks.pause(guest.refund).total_seconds())
    assert pauses == [5, 10, 20]
    assert rests == sorted(rests)
    assert rests[-1] - rests[0] == timedelta(seconds=15)
    refund = guest.refund
    refund.asked = 500
    assert paybacks.pause(refund) == paybacks.LONGEST_PAUSE >= timedelta(minutes=1)


def test_a_certain_no_opens_the_choice_anew_without_the_till(guest: Unhappy) -> None:
    guest.simulator.script(till={"says": "refused"})
    guest.chooses(RefundWay.SOURCE)
    guest.time_passes()
    first, second = guest.refunds()
    assert (first.state, second.state, second.follows_id) == (RefundState.RETURNED, RefundState.DUE, first.pk)
    assert guest.simulator.paybacks() == []
    with tenancy.inside(guest.dealer.pk):
        assert RefundWay.SOURCE not in refund_ways.offered(second)
        (task,) = Task.objects.filter(kind=TaskKind.REFUND, closed_at=None)
        assert task.subject.endswith(":2")


def test_a_choice_that_changed_before_the_dispatcher_came_is_not_paid_by_the_till(guest: Unhappy) -> None:
    guest.chooses(RefundWay.SOURCE)
    guest.chooses(RefundWay.BANK, BCA)
    guest.time_passes()
    assert guest.simulator.paybacks() == []
    assert (guest.refund.state, guest.refund.way) == (RefundState.DUE, RefundWay.BANK)


def test_a_claim_that_was_taken_before_the_choice_changed_pays_nothing(guest: Unhappy) -> None:
    guest.chooses(RefundWay.SOURCE)
    (held,) = queue.claim(10)
    guest.chooses(RefundWay.CASH)
    assert paybacks.decide(held) is None


def test_what_was_paid_twice_goes_back_twice_and_never_more(shop: Shop, simulator: Simulator, _till: None) -> None:
    guest = refund_rig.unhappy(shop, simulator, times=2)
    for refund in guest.refunds():
        refund_choices.choose(guest.dealer, refund.pk, refund_choices.Choice(way=RefundWay.SOURCE))
    guest.time_passes()
    assert [refund.state for refund in guest.refunds()] == [RefundState.DONE, RefundState.DONE]
    assert sum(row["amount"] for row in simulator.paybacks()) == 2 * PRICE


def test_a_till_gives_back_no_more_than_it_received(guest: Unhappy) -> None:
    with tenancy.inside(guest.dealer.pk):
        code = guest.order.payments.get().code
    said = Sandbox().refund(Payback(reference="X-R1", payment_code=code, amount=PRICE + 1))
    assert said.outcome == PaybackOutcome.REFUSED
    assert guest.simulator.paybacks() == []


def test_a_reference_that_stands_for_another_amount_is_never_called_paid(guest: Unhappy) -> None:
    with tenancy.inside(guest.dealer.pk):
        code = guest.order.payments.get().code
    first = Payback(reference="X-R1", payment_code=code, amount=1_000)
    assert Sandbox().refund(first).outcome == "paid"
    assert Sandbox().refund(Payback(reference="X-R1", payment_code=code, amount=2_000)).outcome == "unknown"
    assert Sandbox().refund(first).outcome == "paid"
    assert [row["amount"] for row in guest.simulator.paybacks()] == [1_000]


def test_the_till_remembers_after_a_restart(guest: Unhappy, simulator: Simulator) -> None:
    guest.chooses(RefundWay.SOURCE)
    guest.time_passes()
    with Simulator(folder=simulator._folder) as again:
        assert [row["reference"] for row in again.paybacks()] == [f"{guest.order.code}-R1"]
