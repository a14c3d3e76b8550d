"""Tasks by deadline, closed by hand only where nothing else closes them; incidents ended by a person's word."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import tenancy
from tests.transactions.desk_rig import NO, YES, Desk, desk
from tests.transactions.refund_rig import handed_out
from transactions import accounts, ledger, queue, todo
from transactions.models import Due, DueKind, Incident, Refund, Task, TaskKind

pytestmark = pytest.mark.django_db

WORD = {"note": "sudah ditanyakan ke pemasok", "sure": "on"}


@pytest.fixture
def here() -> Desk:
    return desk()


def task(here: Desk, kind: TaskKind, subject: str, *, hours: int = 1) -> Task:
    with tenancy.inside(here.shop.dealer.pk):
        todo.ask(here.shop.dealer.pk, kind, subject, within=timedelta(hours=hours))
        return Task.objects.get(kind=kind, subject=subject)


def is_open(here: Desk, pk: int) -> bool:
    with tenancy.inside(here.shop.dealer.pk):
        return Task.objects.filter(pk=pk, closed_at__isnull=True).exists()


def test_the_most_urgent_task_comes_first_and_a_kind_can_be_chosen(here: Desk) -> None:
    task(here, TaskKind.SUPPLIER, "lambat", hours=3)
    task(here, TaskKind.PARKED, "payment:7", hours=1)
    browser = here.as_()
    every = browser.get(reverse("desk:tasks")).context["items"]
    assert [item.task.subject for item in every] == ["payment:7", "lambat"]
    chosen = browser.get(reverse("desk:tasks"), {"kind": "supplier"}).context["items"]
    assert [item.task.subject for item in chosen] == ["lambat"]


def test_a_task_about_a_supplier_is_closed_by_hand(here: Desk) -> None:
    pk = task(here, TaskKind.SUPPLIER, "konter-a").pk
    here.as_(Role.CS).post(reverse("desk:task_close", args=[pk]))
    assert not is_open(here, pk)


def test_a_task_about_an_order_is_not_closed_by_hand(here: Desk) -> None:
    pk = task(here, TaskKind.UNDECIDED, "7K3MQ9XA2B4").pk
    answer = here.as_().post(reverse("desk:task_close", args=[pk]), follow=True)
    assert "selesai sendiri" in answer.content.decode()
    assert is_open(here, pk)


def test_parked_work_is_tried_again_when_its_task_is_closed(here: Desk) -> None:
    queue.set_due(here.shop.dealer.pk, DueKind.PAYMENT, 7)
    Due.objects.filter(target=7).update(parked=True)
    here.as_().post(reverse("desk:task_close", args=[task(here, TaskKind.PARKED, "payment:7").pk]))
    assert not Due.objects.get(target=7).parked


def incident(here: Desk) -> Incident:
    """A guest's order failed and its refund is due; now the supplier says that it was delivered."""
    attempt = here.sent(here.paid_by_guest(), NO)
    here.said(attempt.pk, YES)
    return now(here)


def now(here: Desk) -> Incident:
    with tenancy.inside(here.shop.dealer.pk):
        return Incident.objects.select_related("order").get()


def test_an_incident_says_what_it_would_book(here: Desk) -> None:
    address = reverse("desk:incident", args=[incident(here).pk])
    shown = here.as_().get(address).content.decode()
    for part in ("Rp11.000", "Rp10.200", "penjualan", "0031889077129"):
        assert part in shown
    assert now(here).state == Incident.State.OPEN


def test_approving_books_it_and_closes_its_task(here: Desk) -> None:
    address = reverse("desk:incident", args=[incident(here).pk])
    here.as_().post(address, {**WORD, "verdict": "approve"})
    assert now(here).state == Incident.State.BOOKED
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.SALES) == 11_000
        assert not Task.objects.filter(kind=TaskKind.INCIDENT, closed_at__isnull=True).exists()


def test_dismissing_books_nothing(here: Desk) -> None:
    address = reverse("desk:incident", args=[incident(here).pk])
    here.as_().post(address, {**WORD, "verdict": "dismiss"})
    assert now(here).state == Incident.State.DISMISSED
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.SALES) == 0


def test_without_a_note_and_a_tick_nothing_is_decided(here: Desk) -> None:
    address = reverse("desk:incident", args=[incident(here).pk])
    for missing in WORD:
        here.as_().post(address, {k: v for k, v in WORD.items() if k != missing} | {"verdict": "approve"})
    assert now(here).state == Incident.State.OPEN


def test_an_incident_that_the_supplier_withdrew_can_only_be_dismissed(here: Desk) -> None:
    attempt = here.sent(here.paid_by_guest(), NO)
    here.said(attempt.pk, YES)
    here.said(attempt.pk, NO)
    address = reverse("desk:incident", args=[now(here).pk])
    assert "menarik kembali jawaban ini" in here.as_().get(address).content.decode()
    here.as_().post(address, {**WORD, "verdict": "approve"})
    assert now(here).state == Incident.State.OPEN
    here.as_().post(address, {**WORD, "verdict": "dismiss"})
    assert now(here).state == Incident.State.DISMISSED


def test_an_incident_says_what_it_would_book_now(here: Desk) -> None:
    found = incident(here)
    with tenancy.inside(here.shop.dealer.pk):
        due = Refund.objects.get()
    handed_out(here.shop.dealer, due, here.person(Role.OWNER))
    shown = here.as_().get(reverse("desk:incident", args=[found.pk])).content.decode()
    assert "toko rugi Rp10.200" in shown


def test_a_booking_that_changed_since_it_was_seen_is_shown_again(here: Desk) -> None:
    found = incident(here)
    address = reverse("desk:incident", args=[found.pk])
    browser = here.as_()
    assert 'name="seen" value="recapture"' in browser.get(address).content.decode()
    with tenancy.inside(here.shop.dealer.pk):
        due = Refund.objects.get()
    handed_out(here.shop.dealer, due, here.person(Role.OWNER))
    answer = browser.post(address, {**WORD, "verdict": "approve", "seen": "recapture"}, follow=True)
    assert "berubah sejak dilihat" in answer.content.decode()
    assert now(here).state == Incident.State.OPEN
    browser.post(address, {**WORD, "verdict": "approve", "seen": "late_loss"})
    assert now(here).proposal == "late_loss"
