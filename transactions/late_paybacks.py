"""A gateway that says "paid" after the refund was decided otherwise: never swallowed, booked by a person's word.

The gateway's transaction is the incident's reference: said again, it changes nothing.
"""

from datetime import timedelta

from dealers.models import User
from transactions import accounts, postings, refund_ways, refunds, states, todo
from transactions.models import Incident, IncidentKind, Refund, RefundState, TaskKind

LOOK_WITHIN = timedelta(hours=2)


class OtherBooking(Exception):
    """By now something else would be booked than what the person saw; nothing was."""


def weigh(refund: Refund, tx: str) -> None:
    """Hold a late "paid" against the books. Call with the refund locked by `refunds.lock`."""
    if refund.state == RefundState.DONE and refund.reference == tx:
        return
    order = refund.order
    incident, is_new = Incident.objects.get_or_create(
        dealer_id=refund.dealer_id,
        refund=refund,
        raw_reference=tx[:120],
        defaults={
            "order": order,
            "kind": IncidentKind.LATE_PAYBACK,
            "proposal": proposal(refund),
            "cost": refund.amount,
        },
    )
    if is_new:
        states.log(order, "incident", new=incident.kind)
        todo.ask(
            order.dealer_id, TaskKind.INCIDENT, str(incident.pk), within=LOOK_WITHIN, order=order, incident=incident
        )


def proposal(refund: Refund) -> str:
    """`payback_due` while the same money is still owed, `payback_wait` while it is sent anew, else `payback_loss`."""
    words = {RefundState.DUE: "payback_due", RefundState.SENT: "payback_wait"}
    return words.get(RefundState(_last(refund).state), "payback_loss")


def book(incident: Incident, *, actor: User, seen: str) -> str:
    """Book by what is true now, with the order's row locked. Raises `OtherBooking`."""
    refund = refunds.lock(incident.dealer_id, incident.refund_id or 0)
    word = proposal(refund)
    if seen not in {"", word} or word == "payback_wait":
        raise OtherBooking
    frm = accounts.REFUNDS_DUE if word == "payback_due" else accounts.LATE_LOSS
    postings.late_payback(refund, frm=frm, gateway=refund_ways.account_of(refund), tx=incident.raw_reference)
    if word == "payback_due":
        last = _last(refund)
        refunds.void(refunds.lock(last.dealer_id, last.pk), actor=actor)
    return word


def _last(refund: Refund) -> Refund:
    """Where the same money is now: the last that follows."""
    while (after := Refund.objects.filter(dealer_id=refund.dealer_id, follows=refund).first()) is not None:
        refund = after
    return refund
