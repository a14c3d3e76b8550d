"""Booking what came too late: each incident ends by a person's word, never by itself."""

from collections.abc import Callable

from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import contradictions, late_paybacks, postings, refunds, states, todo
from transactions.late_paybacks import OtherBooking
from transactions.models import Incident, IncidentKind, Order, TaskKind

Booking = Callable[[Order, Incident], str]


class AlreadyDecided(Exception):
    """Somebody else ended this incident."""


class Withdrawn(Exception):
    """The supplier has taken back what this incident speaks of: there is nothing to book, only to dismiss."""


def approve(dealer: Dealer, incident_id: int, *, actor: User, note: str, seen: str = "") -> Incident:
    """Book what the incident asks for: the booking that was `seen`, where somebody saw one.

    Raises `AlreadyDecided`, `Withdrawn`, `OtherBooking`, `Incident.DoesNotExist`.
    """
    return _end(dealer, incident_id, actor, note, lambda order, incident: _book(order, incident, actor, seen))


def dismiss(dealer: Dealer, incident_id: int, *, actor: User, note: str) -> Incident:
    """The supplier withdrew it, or it was a mistake: nothing is booked. Raises `AlreadyDecided`, `DoesNotExist`."""
    return _end(dealer, incident_id, actor, note, None)


def _end(dealer: Dealer, incident_id: int, actor: User, note: str, book: Booking | None) -> Incident:
    state = Incident.State.DISMISSED if book is None else Incident.State.BOOKED

    def once() -> Incident:
        with tenancy.inside(dealer.pk):
            order_id = Incident.objects.values_list("order_id", flat=True).get(pk=incident_id, dealer=dealer)
            order = states.lock(dealer.pk, order_id)
            rows = Incident.objects.select_for_update(of=("self",)).select_related("attempt__supplier")
            incident = rows.get(pk=incident_id, dealer=dealer)
            if incident.state != Incident.State.OPEN:
                raise AlreadyDecided
            if book is not None:
                incident.proposal = book(order, incident)
            incident.state, incident.decided_by = state, actor
            incident.decided_at, incident.note = timezone.now(), note[:200]
            incident.save(update_fields=["state", "decided_by", "decided_at", "note", "proposal"])
            states.log(order, "incident", old=Incident.State.OPEN, new=state, actor=actor)
            todo.done(dealer.pk, TaskKind.INCIDENT, str(incident.pk), by=actor)
            return incident

    return retry.on_conflict(once)


def _book(order: Order, incident: Incident, actor: User, seen: str) -> str:
    """Book by what is true now, not by what was true when the incident opened; returns the booking's name."""
    if incident.withdrawn_at is not None:
        raise Withdrawn
    if incident.refund_id is not None:
        return late_paybacks.book(incident, actor=actor, seen=seen)
    attempt = incident.attempt
    assert attempt is not None  # noqa: S101  a constraint says so
    word = contradictions.proposal(order, attempt, IncidentKind(incident.kind))
    if seen not in {"", word}:
        raise OtherBooking
    due = refunds.whole_due(order)
    if word == "recapture" and due is not None:
        postings.recapture(order, attempt.supplier, cost=incident.cost)
        refunds.void(due, actor=actor)
    elif word == "late_loss":
        postings.late_loss(order, attempt.supplier, cost=incident.cost)
    elif word == "reversal":
        refunds.record(order, postings.reverse_sale(order))
    elif word == "cost_back":
        postings.give_cost_back(order, attempt.supplier)
    return word
