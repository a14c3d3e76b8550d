"""A final verdict against what the books say: written down for a person, and never swallowed.

The books are the measure, not the attempt's first outcome: a supplier that takes back what was booked
by an earlier incident contradicts them anew. An attempt has one open incident at a time; while it is
open, the same word again changes nothing, and the opposite word withdraws it until the supplier insists.
"""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from transactions import postings, refunds, states, todo
from transactions.models import (
    Attempt,
    Incident,
    IncidentKind,
    Order,
    Status,
    TaskKind,
)
from transactions.suppliers.base import Outcome, Verdict

LOOK_WITHIN = timedelta(hours=2)
_SAYS = {IncidentKind.LATE_SUCCESS: Outcome.SUCCEEDED, IncidentKind.REVERSAL: Outcome.FAILED}
_KIND = {outcome: kind for kind, outcome in _SAYS.items()}


def weigh(order: Order, attempt: Attempt, verdict: Verdict) -> None:
    """Hold a verdict about a concluded attempt against the books. Call with the order's row locked."""
    if verdict.outcome == Outcome.PENDING:
        return
    incident = Incident.objects.filter(dealer_id=order.dealer_id, attempt=attempt, state=Incident.State.OPEN).first()
    if incident is not None:
        _listen(order, incident, verdict)
    elif verdict.outcome != booked(order, attempt):
        _open(order, attempt, verdict)


def booked(order: Order, attempt: Attempt) -> Outcome:
    """How the books treat an attempt now: by its last booked incident, else as the order ended."""
    last = _booked(order).filter(attempt=attempt).order_by("-pk").first()
    if last is not None:
        return _SAYS[IncidentKind(last.kind)]
    return Outcome.SUCCEEDED if attempt.pk == _delivered_by(order) else Outcome.FAILED


def sale_rests_on(order: Order) -> int | None:
    """The attempt whose delivery makes the order a sale now: its own, or a late one; None when it is no sale."""
    turns = _booked(order).filter(proposal__in=["recapture", "reversal"])
    last = turns.order_by("-decided_at", "-pk").first()
    if last is None:
        return _delivered_by(order)
    return last.attempt_id if last.proposal == "recapture" else None


def proposal(order: Order, attempt: Attempt, kind: IncidentKind) -> str:
    """What booking an incident would book by what the books say now.

    `recapture`, `late_loss`, `reversal`, `cost_back`, or `nothing` when they say the same already.
    """
    supplier = attempt.supplier
    if kind == IncidentKind.REVERSAL:
        # Only the attempt on whose delivery the sale rests takes the sale back with it; another, its own cost.
        if postings.sold(order) and sale_rests_on(order) == attempt.pk:
            return "reversal"
        return "cost_back" if postings.is_booked_with(order, supplier) else "nothing"
    if postings.is_booked_with(order, supplier):
        return "nothing"
    return "recapture" if not postings.sold(order) and refunds.whole_due(order) is not None else "late_loss"


def _booked(order: Order) -> QuerySet[Incident]:
    return Incident.objects.filter(dealer_id=order.dealer_id, order=order, state=Incident.State.BOOKED)


def _delivered_by(order: Order) -> int | None:
    """The attempt with which the order succeeded: its last, since nothing is sent after a success."""
    if order.status != Status.SUCCEEDED:
        return None
    return order.attempts.order_by("-number").values_list("pk", flat=True).first()


def _listen(order: Order, incident: Incident, verdict: Verdict) -> None:
    insists = verdict.outcome == _SAYS[IncidentKind(incident.kind)]
    if insists == (incident.withdrawn_at is None):
        return
    if insists:
        incident.withdrawn_at, incident.raw_reference = None, _raw(verdict)
        incident.cost = verdict.price if verdict.price is not None else incident.cost
    else:
        incident.withdrawn_at = timezone.now()
    incident.save(update_fields=["withdrawn_at", "raw_reference", "cost"])
    states.log(order, "incident_insisted" if insists else "incident_withdrawn", attempt_id=incident.attempt_id)


def _open(order: Order, attempt: Attempt, verdict: Verdict) -> None:
    kind = _KIND[verdict.outcome]
    incident = Incident.objects.create(
        dealer_id=order.dealer_id,
        order=order,
        attempt=attempt,
        kind=kind,
        raw_reference=_raw(verdict),
        proposal=proposal(order, attempt, kind),
        cost=verdict.price if verdict.price is not None else attempt.cost,
    )
    states.log(order, "incident", new=kind, attempt_id=attempt.pk)
    todo.ask(order.dealer_id, TaskKind.INCIDENT, str(incident.pk), within=LOOK_WITHIN, order=order, incident=incident)


def _raw(verdict: Verdict) -> str:
    return f"rc {verdict.rc} SN {verdict.sn or '-'} {verdict.message}"[:120]
