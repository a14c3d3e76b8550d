"""An incident is booked by what the books say now, and by which supplier it speaks of."""

import pytest

from dealers.models import User
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.postings_rig import attempt, booked, paid
from tests.transactions.refund_rig import handed_out
from tests.transactions.scripted import verdict
from transactions import fulfilment, incidents, states
from transactions.models import Attempt, Incident, IncidentKind, Order, Refund, Status
from transactions.suppliers.base import Reason

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """Two suppliers."""
    return factories.shop(suppliers=2)


@pytest.fixture
def staff(shop: Shop) -> User:
    """Who decides."""
    return factories.member(shop.dealer)


def _sent(shop: Shop, *codes: str) -> tuple[Order, list[Attempt]]:
    """A guest's order that was sent to one supplier after the other, who answered like this."""
    order, asked = paid(shop), []
    with tenancy.inside(shop.dealer.pk):
        states.move(states.lock(shop.dealer.pk, order.pk), Status.PROCESSING)
    for number, (supplier, code) in enumerate(zip([shop.supplier, *shop.more], codes, strict=False), start=1):
        asked.append(attempt(order, supplier, cost=10_199 + number, number=number))
        _say(shop, asked[-1], code)
    return shop.order(order), asked


def _say(shop: Shop, asked: Attempt, code: str) -> None:
    fulfilment.record(shop.dealer.pk, asked.pk, verdict(code, None), source="callback")


def _approve(shop: Shop, kind: IncidentKind, staff: User) -> tuple[str, dict[str, int]]:
    """Approve the open incident of a kind; the name of its booking, and what it changed."""
    with tenancy.inside(shop.dealer.pk):
        incident = Incident.objects.get(kind=kind, state=Incident.State.OPEN)
    done = booked(shop.dealer.pk, lambda: incidents.approve(shop.dealer, incident.pk, actor=staff, note="benar"))
    with tenancy.inside(shop.dealer.pk):
        return Incident.objects.get(pk=incident.pk).proposal, done.changes


def test_a_late_loss_that_the_supplier_takes_back_is_no_loss_any_more(shop: Shop, staff: User) -> None:
    order, (only,) = _sent(shop, "03")
    with tenancy.inside(shop.dealer.pk):
        fulfilment.fail(states.lock(shop.dealer.pk, order.pk), reason=Reason.OTHER, rc="staff")
        due = Refund.objects.get(order=order)
    handed_out(shop.dealer, due, staff)
    _say(shop, only, "00")
    assert _approve(shop, IncidentKind.LATE_SUCCESS, staff)[0] == "late_loss"
    _say(shop, only, "02")
    assert _approve(shop, IncidentKind.REVERSAL, staff) == (
        "cost_back",
        {"late_loss": 10_200, "supplier:konter-a": -10_200},
    )


def test_a_success_confirmed_after_a_dismissed_reversal_books_nothing(shop: Shop, staff: User) -> None:
    order, (only,) = _sent(shop, "00")
    with tenancy.inside(shop.dealer.pk):
        # As after a decision of staff: the order is a sale, and its attempt failed later.
        Incident.objects.create(
            dealer=shop.dealer,
            order=order,
            attempt=only,
            kind=IncidentKind.LATE_SUCCESS,
            cost=10_200,
            proposal="late_loss",
        )
    assert _approve(shop, IncidentKind.LATE_SUCCESS, staff) == ("nothing", {})


def test_a_reversal_of_what_was_never_booked_books_nothing(shop: Shop, staff: User) -> None:
    _, (first, second) = _sent(shop, "02", "02")
    for late in (first, second):
        _say(shop, late, "00")
    with tenancy.inside(shop.dealer.pk):
        for incident in Incident.objects.all():
            incidents.dismiss(shop.dealer, incident.pk, actor=staff, note="salah lapor")
        Incident.objects.create(
            dealer=shop.dealer,
            order=first.order,
            attempt=first,
            kind=IncidentKind.REVERSAL,
            cost=0,
            proposal="reversal",
        )
    assert _approve(shop, IncidentKind.REVERSAL, staff) == ("nothing", {})
