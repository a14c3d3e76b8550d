"""Back to where it came from: the dispatcher has the gateway pay, and asks again until it knows.

A due row stands for each refund whose guest chose this way. `decide` writes down that it is sent before
anything is; the call runs with no transaction open; `record` takes the answer. While the answer is unknown the
same reference is asked again, and no other way can be taken: only a certain no opens the choice anew.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.utils import timezone

from portal.lib import crash, retry, tenancy
from transactions import late_paybacks, queue, refund_ways, refunds
from transactions.gateways.base import Gateway, Payback, PaybackAnswer, PaybackOutcome
from transactions.models import DueKind, Refund, RefundState, RefundWay
from transactions.queue import Claim, LostLease

log = structlog.get_logger(__name__)

LONGEST_CALL = timedelta(seconds=30)
"""After this long a call is surely over, and may be made again."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One payback to be asked for, decided and written down."""

    dealer_id: int
    refund_id: int
    gateway: Gateway
    wish: Payback

    def __str__(self) -> str:
        return f"refund {self.wish.reference} at {self.gateway.code}"

    def run(self) -> "Told":
        """Talk to the gateway; no transaction is open."""
        answer = self.gateway.refund(self.wish)
        crash.point("after_payback")
        if answer.outcome != PaybackOutcome.PAID:
            log.warning("gateway did not pay back", refund=self.wish.reference, said=answer.outcome, why=answer.note)
        return Told(self, answer)

    def broken(self) -> "Told":
        """What a call that broke down on our side has taught us: nothing."""
        return Told(self, PaybackAnswer(outcome=PaybackOutcome.UNKNOWN))


@dataclass(frozen=True)
class Told:
    """What the gateway said."""

    call: Call
    answer: PaybackAnswer

    def __str__(self) -> str:
        return str(self.call)


def decide(held: Claim) -> Call | None:
    """What is to be asked for a refund that is due; None when it goes another way by now, or is over."""

    def once() -> Call | None:
        with tenancy.inside(held.dealer_id):
            refund = refunds.lock(held.dealer_id, held.target)
            if refund.way != RefundWay.SOURCE or refund.state not in {RefundState.DUE, RefundState.SENT}:
                queue.finish(held.dealer_id, DueKind.REFUND, held.target)
                return None
            queue.keep_until(held.dealer_id, DueKind.REFUND, refund.pk, after=LONGEST_CALL, token=held.token)
            refund.asked += 1
            if refund.state == RefundState.DUE:
                refund.begun_at = timezone.now()
                refunds.move(refund, RefundState.SENT, "begun_at", "asked")
            else:
                refund.save(update_fields=["asked"])
            return _call(refund)

    try:
        return retry.on_conflict(once)
    except LostLease:
        log.warning("lease was lost before the decision", refund=held.target)
        return None


def _call(refund: Refund) -> Call:
    gateway = refund_ways.gateway_of(refund)
    wish = Payback(
        reference=refund_ways.our_reference(refund),
        payment_code=refund.payment.code if refund.payment else "",
        amount=refund.amount,
    )
    return Call(dealer_id=refund.dealer_id, refund_id=refund.pk, gateway=gateway, wish=wish)


def record(told: Told) -> None:
    """Take the answer in: paid once, refused once, or to be asked again. A late yes is a person's business."""
    call, answer = told.call, told.answer
    with tenancy.inside(call.dealer_id):
        refund = refunds.lock(call.dealer_id, call.refund_id)
        if refund.state != RefundState.SENT:
            if answer.outcome == PaybackOutcome.PAID:
                late_paybacks.weigh(refund, answer.gateway_tx)
            return
        if answer.outcome == PaybackOutcome.PAID:
            refunds.settle(refund, to=refund_ways.account_of(refund), reference=answer.gateway_tx)
        elif answer.outcome == PaybackOutcome.REFUSED:
            refunds.follow(refund)
        else:
            queue.set_due(call.dealer_id, DueKind.REFUND, refund.pk, after=pause(refund))


def pause(refund: Refund) -> timedelta:
    """How long until a silent gateway is asked again: longer each time."""
    doublings = min(max(refund.asked - 1, 0), 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
