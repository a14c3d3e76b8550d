"""Staff end an order about which the supplier stays silent.

It takes an open task, a reason, and above the dealer's limit a second person. The attempt stays
pending and is not asked again; what the supplier says later sets its outcome, and opens an incident
when it contradicts the decision.
"""

from datetime import timedelta

from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import fulfilment, postings, queue, states, todo, webhooks
from transactions.models import Attempt, Decision, Order, Status, Task, TaskKind
from transactions.suppliers.base import Reason


class NotOpen(Exception):
    """The order is not waiting for a person's decision."""


class StillRunning(Exception):
    """A request to the supplier may still be under way: decide in a minute."""


class SecondPersonNeeded(Exception):
    """Whoever proposed the decision cannot be the one to approve it."""


def propose(dealer: Dealer, order_id: int, *, verdict: Decision.Verdict, reason: str, actor: User) -> Decision:
    """Decide how an order ends; below the dealer's limit at once, above it once somebody else approves.

    Raises `NotOpen` without an open task, `StillRunning` while a call may be under way.
    """

    def once() -> Decision:
        with tenancy.inside(dealer.pk):
            order = _open_order(dealer, order_id)
            decision, _ = Decision.objects.update_or_create(
                dealer=dealer,
                order=order,
                done_at=None,
                defaults={
                    "verdict": verdict,
                    "reason": reason[:200],
                    "proposed_by": actor,
                    "approved_by": None,
                },
            )
            states.log(order, "decision_proposed", new=verdict, actor=actor, note=reason)
            if order.price <= dealer.four_eyes_above:
                _carry_out(order, decision, actor)
            return decision

    return retry.on_conflict(once)


def approve(dealer: Dealer, order_id: int, *, actor: User) -> Decision:
    """The second pair of eyes. Raises `NotOpen`, `StillRunning`, `SecondPersonNeeded`."""

    def once() -> Decision:
        with tenancy.inside(dealer.pk):
            order = _open_order(dealer, order_id)
            decision = Decision.objects.filter(dealer=dealer, order=order, done_at=None).first()
            if decision is None:
                raise NotOpen
            if decision.proposed_by_id == actor.pk:
                raise SecondPersonNeeded
            _carry_out(order, decision, actor)
            return decision

    return retry.on_conflict(once)


def _open_order(dealer: Dealer, order_id: int) -> Order:
    order = states.lock(dealer.pk, order_id)
    asked = Task.objects.filter(dealer=dealer, order=order, kind=TaskKind.UNDECIDED, closed_at__isnull=True)
    if order.status != Status.PROCESSING or not asked.exists():
        raise NotOpen
    live = _live_attempt(order)
    longest = fulfilment.longest_call() + queue.LEASE
    if live is not None and timezone.now() - live.sent_at < _quiet(live, longest):
        raise StillRunning
    return order


def _quiet(attempt: Attempt, longest: timedelta) -> timedelta:
    """How long after its last request an attempt certainly has no call under way."""
    answered = attempt.exchanges.filter(direction="answer", at__gte=attempt.sent_at).exists()
    return timedelta() if answered else longest


def _live_attempt(order: Order) -> Attempt | None:
    return order.attempts.exclude(outcome=Attempt.Outcome.FAILED).select_related("supplier").first()


def _carry_out(order: Order, decision: Decision, actor: User) -> None:
    if decision.verdict == Decision.Verdict.SUCCEEDED:
        attempt = _live_attempt(order)
        if attempt is None:
            raise NotOpen
        states.move(
            order, Status.SUCCEEDED, actor=actor, note=decision.reason, finished_at=timezone.now(), cost=attempt.cost
        )
        postings.capture(order, attempt)
        fulfilment.end(order)
        webhooks.tell(order)
    else:
        fulfilment.fail(order, reason=Reason.OTHER, rc="staff", actor=actor)
    decision.approved_by, decision.done_at = actor, timezone.now()
    decision.save(update_fields=["approved_by", "done_at"])
    todo.done_with(order, TaskKind.UNDECIDED, by=actor)
