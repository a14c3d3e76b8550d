"""A gateway that says "paid" after the refund was decided otherwise is an incident, booked by a person's word."""

from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions import refund_rig
from tests.transactions.refund_rig import PRICE, Unhappy, handed_out
from transactions import incidents, late_paybacks, paybacks, payouts, queue
from transactions.audit import paybacks as till
from transactions.desk_selectors import waiting
from transactions.gateways.base import PaybackAnswer, PaybackOutcome
from transactions.models import Incident, RefundState, RefundWay, Task, TaskKind, Transfer
from transactions.paybacks import Told
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def guest(shop: Shop, simulator: Simulator, settings: Settings) -> Unhappy:
    settings.SIMULATOR_PORT = simulator.port
    settings.SANDBOX_SECRET = "secret-of-the-test"
    settings.KONTER_BASE_URL = "http://127.0.0.1:9"
    return refund_rig.unhappy(shop, simulator)


@pytest.fixture
def late(guest: Unhappy) -> Told:
    """The till has paid, and before that is written down, another answer says that it never will."""
    guest.chooses(RefundWay.SOURCE)
    (held,) = [claim for claim in queue.claim(10) if claim.target == guest.refund.pk]
    call = paybacks.decide(held)
    assert call is not None
    told = call.run()
    assert told.answer.outcome == PaybackOutcome.PAID
    paybacks.record(Told(call, PaybackAnswer(outcome=PaybackOutcome.REFUSED)))
    assert [row.state for row in guest.refunds()] == [RefundState.RETURNED, RefundState.DUE]
    return told


def opened(guest: Unhappy) -> list[Incident]:
    with tenancy.inside(guest.dealer.pk):
        return list(waiting.incidents(guest.dealer))


def moved(guest: Unhappy) -> list[tuple[str, str, int]]:
    with tenancy.inside(guest.dealer.pk):
        rows = Transfer.objects.filter(order_id=guest.order.pk, reference__contains=":late:")
        return list(rows.values_list("frm_kind", "to_kind", "amount"))


def at_the_till(guest: Unhappy) -> list[str]:
    with tenancy.inside(guest.dealer.pk):
        return [found.finding for found in till.check(guest.simulator.paybacks(), using="default")]


def test_a_late_yes_is_one_incident_with_its_task_however_often_it_comes(guest: Unhappy, late: Told) -> None:
    for _ in range(3):
        paybacks.record(late)
    (incident,) = opened(guest)
    assert (incident.proposal, incident.cost) == ("payback_due", PRICE)
    assert incident.raw_reference == late.answer.gateway_tx
    with tenancy.inside(guest.dealer.pk):
        assert Task.objects.filter(kind=TaskKind.INCIDENT, incident=incident, closed_at=None).count() == 1
    assert moved(guest) == []
    assert at_the_till(guest) == ["returned and not booked, and the till paid it"]


def test_while_the_money_is_still_due_the_late_yes_pays_it(guest: Unhappy, late: Told) -> None:
    paybacks.record(late)
    incidents.approve(guest.dealer, opened(guest)[0].pk, actor=guest.person(), note="seen in the till")
    paybacks.record(late)
    assert moved(guest) == [("refunds_due", "clearing", PRICE)]
    assert [row.state for row in guest.refunds()] == [RefundState.RETURNED, RefundState.VOID]
    assert (len(opened(guest)), at_the_till(guest), guest.faults()) == (1, [], [])


def test_what_was_paid_another_way_meanwhile_is_a_loss(guest: Unhappy, late: Told) -> None:
    handed_out(guest.dealer, guest.refund, guest.person())
    paybacks.record(late)
    (incident,) = opened(guest)
    assert incident.proposal == "payback_loss"
    incidents.approve(guest.dealer, incident.pk, actor=guest.person(), note="seen in the till")
    assert moved(guest) == [("late_loss", "clearing", PRICE)]
    assert (at_the_till(guest), guest.faults()) == ([], [])


def test_while_the_same_money_is_on_its_way_nothing_is_booked(guest: Unhappy, late: Told) -> None:
    guest.chooses(RefundWay.BANK, refund_rig.BCA)
    payouts.begin(guest.dealer, guest.refund.pk, way=RefundWay.BANK, payer=refund_rig.owner(guest.person()))
    assert [row.state for row in guest.refunds()] == [RefundState.RETURNED, RefundState.SENT]
    paybacks.record(late)
    (incident,) = opened(guest)
    assert incident.proposal == "payback_wait"
    with pytest.raises(late_paybacks.OtherBooking):
        incidents.approve(guest.dealer, incident.pk, actor=guest.person(), note="seen", seen="payback_wait")
    assert moved(guest) == []


def test_a_booking_that_changed_since_it_was_seen_is_not_made(guest: Unhappy, late: Told) -> None:
    paybacks.record(late)
    handed_out(guest.dealer, guest.refund, guest.person())
    with pytest.raises(late_paybacks.OtherBooking):
        incidents.approve(guest.dealer, opened(guest)[0].pk, actor=guest.person(), note="as seen", seen="payback_due")
    assert moved(guest) == []


def test_the_desk_says_what_the_gateway_said_and_what_it_would_book(guest: Unhappy, late: Told) -> None:
    paybacks.record(late)
    (incident,) = opened(guest)
    with tenancy.inside(guest.dealer.pk):
        word = waiting.booking(incident)
        facts = {"incident": incident, "booking": waiting.sentences(incident, word), "tz": ZoneInfo("Asia/Jakarta")}
        shown = render_to_string("desk/_late_payback.html", facts)
    assert word == "payback_due"
    assert late.answer.gateway_tx in shown
    assert "Rp11.000" in shown
