"""Booking what came too late: each incident ends by a person's word, never by itself."""

from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import postings, refunds, states, todo
from transactions.models import Incident, IncidentKind, Order, Refund, RefundState, Supplier, TaskKind


class AlreadyDecided(Exception):
    """Somebody else ended this incident."""


def approve(dealer: Dealer, incident_id: int, *, actor: User, note: str) -> Incident:
    """Book what the incident asks for. Raises `AlreadyDecided`, `Incident.DoesNotExist`."""
    return _end(dealer, incident_id, actor, note, Incident.State.BOOKED)


def dismiss(dealer: Dealer, incident_id: int, *, actor: User, note: str) -> Incident:
    """The supplier withdrew it, or it was a mistake: nothing is booked. Raises as `approve`."""
    return _end(dealer, incident_id, actor, note, Incident.State.DISMISSED)


def _end(dealer: Dealer, incident_id: int, actor: User, note: str, state: Incident.State) -> Incident:
    def once() -> Incident:
        with tenancy.inside(dealer.pk):
            order_id = Incident.objects.values_list("order_id", flat=True).get(pk=incident_id, dealer=dealer)
            order = states.lock(dealer.pk, order_id)
            rows = Incident.objects.select_for_update(of=("self",)).select_related("attempt__supplier")
            incident = rows.get(pk=incident_id, dealer=dealer)
            if incident.state != Incident.State.OPEN:
                raise AlreadyDecided
            if state == Incident.State.BOOKED:
                incident.proposal = _book(order, incident, actor)
            incident.state, incident.decided_by = state, actor
            incident.decided_at, incident.note = timezone.now(), note[:200]
            incident.save(update_fields=["state", "decided_by", "decided_at", "note", "proposal"])
            states.log(order, "incident", old=Incident.State.OPEN, new=state, actor=actor)
            todo.done(dealer.pk, TaskKind.INCIDENT, str(incident.pk), by=actor)
            return incident

    return retry.on_conflict(once)


def _book(order: Order, incident: Incident, actor: User) -> str:
    """Book by what is true now, not by what was true when the incident opened; returns the booking's name.

    `nothing` when the books say already what the supplier says now.
    """
    supplier = incident.attempt.supplier
    if incident.kind == IncidentKind.REVERSAL:
        return _take_back(order, supplier)
    if postings.is_booked_with(order, supplier):
        return "nothing"
    due = Refund.objects.select_for_update().filter(
        dealer_id=order.dealer_id, order=order, state=RefundState.DUE, amount=order.price
    )
    refund = None if postings.sold(order) else due.first()
    if refund is not None:
        postings.recapture(order, supplier, cost=incident.cost)
        refunds.void(refund, actor=actor)
        return "recapture"
    postings.late_loss(order, supplier, cost=incident.cost)
    return "late_loss"


def _take_back(order: Order, supplier: Supplier) -> str:
    """Only the supplier on whose delivery the sale rests takes the sale back with it; another, its own cost."""
    if postings.rests_on(order, supplier):
        refunds.record(order, postings.reverse_sale(order))
        return "reversal"
    return "cost_back" if postings.give_cost_back(order, supplier) else "nothing"
