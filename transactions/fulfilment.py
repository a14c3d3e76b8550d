"""What happens to a paid order: which supplier is asked, and what each answer means.

`decide` looks at one order under its row lock, writes down what is to be done and when to look again,
and hands back a `Call`; the call runs with no transaction open; `record` takes every verdict,
whichever way it came: answer, status check, callback, or dealer zero's own result. Unknown is not
failed: only a certain no leads to another supplier or gives the money back.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from dealers.models import User
from portal.lib import crash, msisdn, roundtrip, tenancy
from portal.lib.roundtrip import Statement
from transactions import (
    attempts,
    catalog,
    contradictions,
    health,
    pace,
    postings,
    queue,
    refunds,
    states,
    todo,
    webhooks,
)
from transactions.models import (
    Attempt,
    DueKind,
    Kind,
    Order,
    Route,
    Status,
    TaskKind,
)
from transactions.suppliers import connections
from transactions.suppliers.base import Connector, Outcome, Reason, TopUp, Verdict

START_WITHIN = timedelta(seconds=5)
"""A call begins this soon after its decision, or not at all."""
NEVER_ASK_AFTER = timedelta(days=7)
LOOK_AFTER = timedelta(minutes=10)
"""An order without a verdict for this long gets a task, if its promise has not brought one earlier."""
PROMISE_MARGIN = timedelta(minutes=2)
"""How long after a promise was missed staff are asked to look."""
TOLD_WITHIN = timedelta(minutes=1)
"""A supplier that cannot forget to tell is not asked before this."""
STAFF_WITHIN = timedelta(hours=2)
UNKNOWN = Verdict(outcome=Outcome.PENDING, rc="", reason=Reason.NO_ANSWER, message="no usable answer")
"""What a call that broke down on our side has taught us: nothing."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call to be made, decided and written down; `token` is the lease under which it was."""

    dealer_id: int
    order_id: int
    attempt_id: int
    supplier: str
    connector: Connector
    ask: TopUp
    is_check: bool
    token: uuid.UUID | None

    def __str__(self) -> str:
        return f"order {self.order_id} at {self.supplier}"

    @property
    def is_in_house(self) -> bool:
        """Whether it talks to nobody but our own database."""
        return bool(getattr(self.connector, "is_in_house", False))

    def run(self) -> "Answer":
        """Talk to the supplier; no transaction is open."""
        crash.point("before_http")
        began = time.monotonic()
        verdict = self.connector.check(self.ask) if self.is_check else self.connector.top_up(self.ask)
        crash.point("after_http")
        return Answer(call=self, verdict=verdict, seconds=time.monotonic() - began)

    def broken(self) -> "Answer":
        """What a call that broke down on our side has taught us: nothing."""
        return Answer(call=self, verdict=UNKNOWN, seconds=0.0)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a call brought, and how long it took in seconds."""

    call: Call
    verdict: Verdict
    seconds: float

    def __str__(self) -> str:
        return str(self.call)


def decide(order: Order, *, token: uuid.UUID | None = None) -> Call | None:
    """Do the next thing for a locked order that was paid; a call, if that is what it needs."""
    if order.status == Status.PAID:
        return _send_first(order, token)
    if order.status == Status.PROCESSING:
        return _go_on(order, token)
    queue.finish(order.dealer_id, DueKind.ORDER, order.pk)
    return None


def _send_first(order: Order, token: uuid.UUID | None) -> Call | None:
    route = _next_route(order, [])
    if route is None:
        fail(order, reason=Reason.DISTURBED, rc="no_route")
        return None
    begun = states.moved(order, Status.PROCESSING, sent_at=timezone.now())
    return _send(order, route, token, number=1, begun=begun)


def _go_on(order: Order, token: uuid.UUID | None) -> Call | None:
    live = attempts.live(order)
    if live is not None:
        return _ask_again(order, live, token)
    tried = _tried(order)
    route = _next_route(order, tried)
    if route is not None:
        return _send(order, route, token, number=len(tried) + 1)
    last = order.attempts.order_by("-number").first()
    fail(order, reason=Reason(last.reason) if last else Reason.DISTURBED, rc=last.rc if last else "")
    return None


def _tried(order: Order) -> list[int]:
    """The suppliers that were asked already."""
    return list(order.attempts.order_by().values_list("supplier_id", flat=True))


def _next_route(order: Order, tried: list[int]) -> Route | None:
    """The route to send to: the first that takes it, since a closed one takes a single sale for a trial."""
    return next((route for route in _routes_left(order, tried) if health.may_send(route)), None)


def _routes_left(order: Order, tried: list[int]) -> list[Route]:
    """Routes not tried yet whose cost the price still bears, in the dealer's order."""
    if not order.product.is_open:
        return []
    routes = catalog.open_routes(order.product, max_cost=order.max_cost)
    return [route for route in routes if route.supplier_id not in tried]


_ATTEMPT = """
WITH made AS (
    INSERT INTO attempt (dealer_id, order_id, route_id, supplier_id, supplier_sku, number, reference, cost, outcome,
        sends, first_sent_at, sent_at, rc, reason, message, sn)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'pending', 1, %s, %s, '', '', '', '') RETURNING *
), told AS (
    INSERT INTO order_event (dealer_id, order_id, kind, old, new, attempt_id, note, at)
    SELECT dealer_id, order_id, 'attempt', '', outcome, id, '', sent_at FROM made
), kept AS ({keeping} RETURNING id)
SELECT made.id, kept.id, dealer.slug FROM made JOIN dealer ON dealer.id = made.dealer_id LEFT JOIN kept ON true
"""
_AGAIN = """
WITH asked AS (UPDATE attempt SET sends = %s, sent_at = %s WHERE dealer_id = %s AND id = %s),
    kept AS ({keeping} RETURNING id)
SELECT kept.id, dealer.slug FROM dealer LEFT JOIN kept ON true WHERE dealer.id = %s
"""


def _send(order: Order, route: Route, token: uuid.UUID | None, *, number: int, begun: Sequence[Statement] = ()) -> Call:
    """Write down that a supplier is asked now, and when to look again. Raises `queue.LostLease`."""
    now = timezone.now()
    attempt = Attempt(
        dealer_id=order.dealer_id,
        order=order,
        route=route,
        supplier=route.supplier,
        supplier_sku=route.supplier_sku,
        number=number,
        reference=f"{order.code}-{number}",
        cost=route.cost,
        sends=1,
        first_sent_at=now,
        sent_at=now,
    )
    keeping = queue.keeping(order.dealer_id, DueKind.ORDER, order.pk, after=_rest(attempt), token=token)
    who = [order.dealer_id, order.pk, route.pk, route.supplier_id, route.supplier_sku]
    what = [number, attempt.reference, route.cost, now, now]
    made = Statement(_ATTEMPT.format(keeping=keeping.sql), [*who, *what, *keeping.values])
    attempt.pk, kept, slug = roundtrip.ask(*begun, made) or (None, None, "")
    if kept is None and token is not None:
        raise queue.LostLease
    return _call(order, attempt, token, slug=slug)


def _ask_again(order: Order, attempt: Attempt, token: uuid.UUID | None) -> Call | None:
    age = timezone.now() - attempt.first_sent_at
    if age > LOOK_AFTER or _is_for_staff(order):
        todo.ask(order.dealer_id, TaskKind.UNDECIDED, order.code, within=STAFF_WITHIN, order=order)
    if age > NEVER_ASK_AFTER:
        queue.finish(order.dealer_id, DueKind.ORDER, order.pk)
        return None
    attempt.sends += 1
    attempt.sent_at = timezone.now()
    keeping = queue.keeping(order.dealer_id, DueKind.ORDER, order.pk, after=_rest(attempt), token=token)
    asked = [attempt.sends, attempt.sent_at, order.dealer_id, attempt.pk]
    again = Statement(_AGAIN.format(keeping=keeping.sql), [*asked, *keeping.values, order.dealer_id])
    kept, slug = roundtrip.ask(again) or (None, "")
    if kept is None and token is not None:
        raise queue.LostLease
    return _call(order, attempt, token, slug=slug, is_check=True)


def _is_for_staff(order: Order) -> bool:
    """Whether staff are to look already; what was promised is looked up only once that can be."""
    soonest = _since(order) + pace.SHORTEST + PROMISE_MARGIN
    return timezone.now() > soonest and timezone.now() > staff_look_at(order)


def staff_look_at(order: Order) -> datetime:
    """When staff are asked to look at an order without a verdict. Inside the dealer's transaction."""
    return min(_since(order) + LOOK_AFTER, pace.promise(order).until + PROMISE_MARGIN)


def _since(order: Order) -> datetime:
    return order.sent_at or order.paid_at or order.created_at


def _rest(attempt: Attempt) -> timedelta:
    """When to look again if nobody reports before."""
    return longest_call() + check_interval(attempt)


def _call(order: Order, attempt: Attempt, token: uuid.UUID | None, *, slug: str, is_check: bool = False) -> Call:
    supplier = attempt.supplier
    is_phone = order.product.kind != Kind.PLN
    ask = TopUp(
        reference=attempt.reference,
        supplier_sku=attempt.supplier_sku,
        destination=msisdn.national(order.destination) if is_phone else order.destination,
        max_price=order.max_cost,
        not_after=time.monotonic() + START_WITHIN.total_seconds(),
        callback_url=connections.callback_url(supplier, dealer_slug=slug),
        asked_ago=max(0.0, (timezone.now() - attempt.first_sent_at).total_seconds()),
    )
    return Call(
        dealer_id=order.dealer_id,
        order_id=order.pk,
        attempt_id=attempt.pk,
        supplier=supplier.code,
        connector=connections.connect(supplier),
        ask=ask,
        is_check=is_check,
        token=token,
    )


def longest_call() -> timedelta:
    """How long after its decision a call may still be under way."""
    return START_WITHIN + timedelta(seconds=settings.SUPPLIER_CALL_SECONDS)


def check_interval(attempt: Attempt) -> timedelta:
    """How long a pending attempt rests before it is asked about: longer the older it is, 30 times at most."""
    patience = min(1 + attempt.sends // 10, 30)
    return timedelta(seconds=settings.CHECK_INTERVAL_SECONDS) * patience


def record_answer(answer: Answer) -> None:
    """Take the answer of our own call; one whose lease is gone decides nothing that is still open."""
    record_answers([answer])


def record_answers(answers: Sequence[Answer]) -> None:
    """The same for several of one dealer, in one transaction and in the order of their rows."""
    crash.point("before_record")
    with tenancy.inside(answers[0].call.dealer_id):
        for answer in answers:
            _take(answer)
    crash.point("after_record")


def _take(answer: Answer) -> None:
    call = answer.call
    attempt = attempts.lock(call.dealer_id, call.order_id, call.attempt_id)
    order = attempt.order
    kept = attempts.kept(attempt, "answer", answer.verdict, seconds=answer.seconds)
    holds = roundtrip.ask(*kept, queue.holder(call.dealer_id, DueKind.ORDER, order.pk))
    still_ours = call.token is None or holds == (call.token,)
    if attempt.outcome == Attempt.Outcome.PENDING and not order.is_final and not still_ours:
        states.log(order, "late_answer", attempt_id=attempt.pk)
        return
    rest = max(check_interval(attempt), TOLD_WITHIN) if answer.verdict.will_tell else check_interval(attempt)
    again = queue.due_in(order.dealer_id, DueKind.ORDER, order.pk, after=rest)
    _record(attempt, answer.verdict, again=[] if order.is_final else [again])


def record(dealer_id: int, attempt_id: int, verdict: Verdict, *, source: str) -> None:
    """Take a verdict that came by itself: a supplier's callback, a line of its statement."""
    with tenancy.inside(dealer_id):
        order_id = Attempt.objects.values_list("order_id", flat=True).get(pk=attempt_id, dealer_id=dealer_id)
        record_for(attempts.lock(dealer_id, order_id, attempt_id), verdict, source=source)


def record_for(attempt: Attempt, verdict: Verdict, *, source: str) -> None:
    """The same for an attempt that the caller has locked with its order."""
    _record(attempt, verdict, kept=attempts.kept(attempt, source, verdict))


def _record(
    attempt: Attempt, verdict: Verdict, *, kept: Sequence[Statement] = (), again: Sequence[Statement] = ()
) -> None:
    """Say what a verdict means; `kept` is written before, `again` when it decides nothing."""
    if attempt.outcome != Attempt.Outcome.PENDING:
        if kept:
            roundtrip.send(*kept)
        contradictions.weigh(attempt.order, attempt, verdict)
    elif verdict.outcome == Outcome.PENDING or (verdict.outcome == Outcome.SUCCEEDED and not verdict.sn):
        # Delivered, they may say, but without the serial number that a customer can hold up: ask again.
        roundtrip.send(*kept, attempts.noted(attempt, verdict), *again)
    elif verdict.outcome == Outcome.SUCCEEDED:
        _succeeded(attempt.order, attempt, verdict, kept)
    else:
        _failed(attempt.order, attempt, verdict, kept)


def _succeeded(order: Order, attempt: Attempt, verdict: Verdict, kept: Sequence[Statement]) -> None:
    attempt.cost = verdict.price if verdict.price is not None else attempt.cost
    concluded = [*kept, *attempts.concluded(attempt, verdict, Attempt.Outcome.SUCCEEDED)]
    health.succeeded(attempt.route)
    if order.status == Status.PROCESSING:
        captured = postings.captured(order, attempt)
        now = timezone.now()
        moved = states.moved(order, Status.SUCCEEDED, finished_at=now, sn=verdict.sn, rc=verdict.rc, cost=attempt.cost)
        webhooks.tell(order, after=[*concluded, *moved, *captured, *_ended(order)])
    else:
        roundtrip.send(*concluded)
        contradictions.weigh(order, attempt, verdict)


def _failed(order: Order, attempt: Attempt, verdict: Verdict, kept: Sequence[Statement]) -> None:
    roundtrip.send(*kept, *attempts.concluded(attempt, verdict, Attempt.Outcome.FAILED))
    health.failed(attempt.route)
    if order.status == Status.PROCESSING:
        if _routes_left(order, _tried(order)):
            queue.set_due(order.dealer_id, DueKind.ORDER, order.pk)
        else:
            fail(order, reason=verdict.reason, rc=verdict.rc)
    else:
        contradictions.weigh(order, attempt, verdict)


def fail(order: Order, *, reason: Reason, rc: str, actor: User | None = None) -> None:
    """A certain no, and nobody left to ask: the order ends and its money goes back."""
    states.move(order, Status.FAILED, actor=actor, finished_at=timezone.now(), reason=reason, rc=rc)
    end(order)
    refunds.release(order)
    webhooks.tell(order)


def end(order: Order) -> None:
    """A final order needs no dispatcher; a stock order's buyer is told."""
    roundtrip.send(*_ended(order))


def _ended(order: Order) -> list[Statement]:
    told = [queue.due_in(order.dealer_id, DueKind.RESULT, order.pk)] if order.partner_id is not None else []
    return [
        queue.finished(order.dealer_id, DueKind.ORDER, order.pk),
        todo.closed(order, TaskKind.UNDECIDED, TaskKind.PARKED),
        *told,
    ]
