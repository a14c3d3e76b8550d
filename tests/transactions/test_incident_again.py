"""A supplier that changes its word again and again: each turn against the books is an incident of its own."""

import pytest
from django.db import IntegrityError

from dealers.models import User
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.postings_rig import Booked, attempt, booked, paid
from tests.transactions.refund_rig import handed_out
from tests.transactions.scripted import verdict
from transactions import audit, contradictions, fulfilment, incidents, postings, states
from transactions.models import (
    Attempt,
    Incident,
    IncidentKind,
    Order,
    OrderEvent,
    Refund,
    RefundState,
    Status,
    Task,
    TaskKind,
)

pytestmark = pytest.mark.django_db

YES, NO = "00", "02"


@pytest.fixture
def shop() -> Shop:
    """One supplier."""
    return factories.shop()


@pytest.fixture
def staff(shop: Shop) -> User:
    """Who decides."""
    return factories.member(shop.dealer)


def _sent(shop: Shop, code: str) -> Attempt:
    """A guest's order that was sent, and what the supplier said first."""
    order = paid(shop)
    with tenancy.inside(shop.dealer.pk):
        states.move(states.lock(shop.dealer.pk, order.pk), Status.PROCESSING)
    asked = attempt(order, shop.supplier)
    _say(asked, code)
    return asked


def _say(asked: Attempt, code: str, price: int | None = None) -> None:
    fulfilment.record(asked.dealer_id, asked.pk, verdict(code, price), source="callback")


def _open(shop: Shop) -> list[Incident]:
    with tenancy.inside(shop.dealer.pk):
        return list(Incident.objects.filter(state=Incident.State.OPEN))


def _kinds(shop: Shop) -> list[str]:
    with tenancy.inside(shop.dealer.pk):
        return list(Incident.objects.order_by("pk").values_list("kind", flat=True))


def _approve(shop: Shop, staff: User) -> Booked:
    """Book the one open incident; what it changed, with every invariant holding afterwards."""
    (incident,) = _open(shop)
    done = booked(shop.dealer.pk, lambda: incidents.approve(shop.dealer, incident.pk, actor=staff, note="benar"))
    with tenancy.inside(shop.dealer.pk):
        assert [str(v) for v in audit.violations("default") if v.dealer_id == shop.dealer.pk] == []
    return done


def test_a_booked_late_success_that_is_taken_back_opens_a_reversal(shop: Shop, staff: User) -> None:
    asked = _sent(shop, NO)
    _say(asked, YES)
    _approve(shop, staff)
    _say(asked, NO)
    assert [incident.kind for incident in _open(shop)] == [IncidentKind.REVERSAL]
    assert _approve(shop, staff).changes == {
        "sales": -11_000,
        "refunds_due": 11_000,
        "cost": 10_200,
        "supplier:konter-a": -10_200,
    }


def test_a_booked_loss_that_is_taken_back_opens_a_reversal(shop: Shop, staff: User) -> None:
    asked = _sent(shop, NO)
    with tenancy.inside(shop.dealer.pk):
        due = Refund.objects.get()
    handed_out(shop.dealer, due, staff)
    _say(asked, YES)
    _approve(shop, staff)
    _say(asked, NO)
    assert [incident.kind for incident in _open(shop)] == [IncidentKind.REVERSAL]
    assert _approve(shop, staff).changes == {"late_loss": 10_200, "supplier:konter-a": -10_200}


def test_a_booked_reversal_that_is_taken_back_opens_a_late_success(shop: Shop, staff: User) -> None:
    asked = _sent(shop, YES)
    _say(asked, NO)
    _approve(shop, staff)
    _say(asked, YES)
    assert [incident.kind for incident in _open(shop)] == [IncidentKind.LATE_SUCCESS]
    _approve(shop, staff)
    with tenancy.inside(shop.dealer.pk):
        assert list(Refund.objects.values_list("state", flat=True)) == [RefundState.VOID]


def test_a_sale_rests_on_whoever_delivered_it_last_and_on_nobody_once_it_is_taken_back(shop: Shop, staff: User) -> None:
    asked, rests = _sent(shop, YES), []
    for said in (NO, YES, NO):
        with tenancy.inside(shop.dealer.pk):
            rests.append(contradictions.sale_rests_on(Order.objects.get()))
        _say(asked, said)
        _approve(shop, staff)
    with tenancy.inside(shop.dealer.pk):
        rests.append(contradictions.sale_rests_on(Order.objects.get()))
    assert rests == [asked.pk, None, asked.pk, None]


def test_every_turn_is_booked_under_a_reference_of_its_own(shop: Shop, staff: User) -> None:
    asked = _sent(shop, NO)
    with tenancy.inside(shop.dealer.pk):
        code = Order.objects.get().code
    references: list[str] = []
    for said in (YES, NO, YES, NO, YES):
        _say(asked, said)
        references += _approve(shop, staff).references
    assert [reference.removeprefix(f"{code}:") for reference in references] == [
        "recapture",
        "cost",
        "cost-returned",
        "reversal",
        "recapture:2",
        "cost:2",
        "cost:2-returned",
        "reversal:2",
        "recapture:3",
        "cost:3",
    ]


def test_the_same_contrary_verdict_again_changes_nothing(shop: Shop, staff: User) -> None:
    asked = _sent(shop, NO)
    for _ in range(3):
        _say(asked, YES)
    assert _kinds(shop) == [IncidentKind.LATE_SUCCESS]
    _approve(shop, staff)
    for _ in range(3):
        _say(asked, YES)
    assert _kinds(shop) == [IncidentKind.LATE_SUCCESS]


def test_each_turn_has_a_task_of_its_own(shop: Shop, staff: User) -> None:
    asked = _sent(shop, YES)
    for said in (NO, YES, NO):
        _say(asked, said)
        with tenancy.inside(shop.dealer.pk):
            assert Task.objects.filter(kind=TaskKind.INCIDENT, closed_at__isnull=True).count() == 1
        _approve(shop, staff)
    with tenancy.inside(shop.dealer.pk):
        assert Task.objects.filter(kind=TaskKind.INCIDENT).count() == 3


def test_a_verdict_that_was_dismissed_and_is_said_again_opens_again(shop: Shop, staff: User) -> None:
    asked = _sent(shop, YES)
    _say(asked, NO)
    (incident,) = _open(shop)
    incidents.dismiss(shop.dealer, incident.pk, actor=staff, note="salah lapor")
    _say(asked, YES)
    assert _open(shop) == []
    _say(asked, NO)
    assert [again.kind for again in _open(shop)] == [IncidentKind.REVERSAL]


def test_an_open_incident_that_the_supplier_withdraws_cannot_be_booked(shop: Shop, staff: User) -> None:
    asked = _sent(shop, YES)
    _say(asked, NO)
    _say(asked, YES)
    (incident,) = _open(shop)
    assert incident.withdrawn_at is not None
    with pytest.raises(incidents.Withdrawn):
        incidents.approve(shop.dealer, incident.pk, actor=staff, note="benar")
    incidents.dismiss(shop.dealer, incident.pk, actor=staff, note="ditarik lagi")
    assert _kinds(shop) == [IncidentKind.REVERSAL]


def test_a_supplier_that_insists_after_withdrawing_is_heard(shop: Shop, staff: User) -> None:
    asked = _sent(shop, NO)
    _say(asked, YES)
    _say(asked, NO)
    _say(asked, YES, price=10_300)
    (incident,) = _open(shop)
    assert (incident.withdrawn_at, incident.cost) == (None, 10_300)
    assert _approve(shop, staff).changes["cost"] == -10_300
    with tenancy.inside(shop.dealer.pk):
        told = OrderEvent.objects.filter(kind__startswith="incident").values_list("kind", "new")
        assert list(told) == [
            ("incident", "late_success"),
            ("incident_withdrawn", ""),
            ("incident_insisted", ""),
            ("incident", "booked"),
        ]


def test_what_staff_decided_is_what_the_books_say(shop: Shop, staff: User) -> None:
    asked = _sent(shop, "03")
    with tenancy.inside(shop.dealer.pk):
        order = states.lock(shop.dealer.pk, asked.order_id)
        states.move(order, Status.SUCCEEDED, cost=asked.cost)
        postings.capture(order, asked)
    _say(asked, NO)
    (incident,) = _open(shop)
    incidents.dismiss(shop.dealer, incident.pk, actor=staff, note="pulsa sudah dilihat masuk")
    _say(asked, YES)
    assert _open(shop) == []
    _say(asked, NO)
    assert [again.kind for again in _open(shop)] == [IncidentKind.REVERSAL]


def test_the_database_keeps_one_open_incident_per_attempt(shop: Shop) -> None:
    asked = _sent(shop, YES)
    _say(asked, NO)
    (incident,) = _open(shop)
    incident.pk = None
    with (
        tenancy.inside(shop.dealer.pk),
        pytest.raises(IntegrityError, match="one_open_incident_per_attempt"),
    ):
        incident.save(force_insert=True)


def test_a_free_delivery_of_another_supplier_is_not_taken_back() -> None:
    shop = factories.shop(suppliers=2)
    staff, first = factories.member(shop.dealer), _sent_to_both(shop)
    _say(first, YES, price=0)
    _approve(shop, staff)
    _say(first, NO)
    assert _approve(shop, staff).changes == {}


def _sent_to_both(shop: Shop) -> Attempt:
    """The first supplier refused, the second delivered for nothing; the first attempt."""
    order = paid(shop)
    with tenancy.inside(shop.dealer.pk):
        states.move(states.lock(shop.dealer.pk, order.pk), Status.PROCESSING)
    first = attempt(order, shop.supplier)
    _say(first, NO)
    _say(attempt(order, shop.more[0], number=2), YES, price=0)
    return first
