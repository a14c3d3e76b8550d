"""One request to one supplier: locked behind its order, as everywhere, and what is written down about it."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions import states
from transactions.models import Attempt, Order
from transactions.suppliers.base import Verdict


def _locked() -> QuerySet[Attempt]:
    rows = Attempt.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("supplier", "route").order_by()


_BY_ID = Prepared(lambda attempt: _locked().filter(pk=attempt), attempt=int)
_BY_REFERENCE = Prepared(
    lambda dealer, reference: (
        Attempt.objects.filter(dealer_id=dealer, reference=reference).only("order_id", "supplier_id").order_by()
    ),
    dealer=int,
    reference=str,
)
_LIVE = Prepared(
    lambda dealer, order: (
        Attempt.objects.filter(dealer_id=dealer, order_id=order)
        .exclude(outcome=Attempt.Outcome.FAILED)
        .select_related("supplier")
        .order_by()[:1]
    ),
    dealer=int,
    order=int,
)


def lock(dealer_id: int, order_id: int, attempt_id: int) -> Attempt:
    """The attempt with its order, both locked, for a decision. Raises `Order.DoesNotExist`, `Attempt.DoesNotExist`."""
    order = states.lock(dealer_id, order_id)
    attempt = _BY_ID.get(attempt=attempt_id)
    attempt.order = order
    return attempt


def lock_by_reference(dealer_id: int, reference: str, *, supplier_id: int | None = None) -> Attempt | None:
    """The same for the attempt of this reference, if there is one, and if it was sent to this supplier."""
    found = _BY_REFERENCE.first(dealer=dealer_id, reference=reference)
    if found is None or supplier_id not in {None, found.supplier_id}:
        return None
    return lock(dealer_id, found.order_id, found.pk)


def live(order: Order) -> Attempt | None:
    """The attempt of a locked order that has not failed; there is one at most."""
    return _LIVE.first(dealer=order.dealer_id, order=order.pk)


_CONCLUDE = """
UPDATE attempt SET outcome = %s, finished_at = %s, rc = %s, reason = %s, message = %s, sn = %s, cost = %s
WHERE dealer_id = %s AND id = %s
"""


def concluded(attempt: Attempt, verdict: Verdict, outcome: Attempt.Outcome) -> list[Statement]:
    """Its outcome, which is final, as statements to be sent with others; the object has it at once."""
    attempt.outcome, attempt.finished_at = outcome, timezone.now()
    attempt.rc, attempt.reason, attempt.message = verdict.rc, verdict.reason, verdict.message
    attempt.sn = verdict.sn
    said = [outcome, attempt.finished_at, attempt.rc, attempt.reason, attempt.message, attempt.sn, attempt.cost]
    return [
        Statement(_CONCLUDE, [*said, attempt.dealer_id, attempt.pk]),
        states.event(attempt.order, "attempt", old=Attempt.Outcome.PENDING, new=outcome, attempt_id=attempt.pk),
    ]


def noted(attempt: Attempt, verdict: Verdict) -> Statement:
    """What was said without deciding anything."""
    attempt.rc, attempt.reason, attempt.message = verdict.rc, verdict.reason, verdict.message
    said = [attempt.rc, attempt.reason, attempt.message, attempt.dealer_id, attempt.pk]
    return Statement("UPDATE attempt SET rc = %s, reason = %s, message = %s WHERE dealer_id = %s AND id = %s", said)


_EXCHANGE = """
INSERT INTO exchange (dealer_id, attempt_id, direction, body, seconds, at) VALUES (%s, %s, %s, %s, %s, %s)
"""

# All orders at a supplier report its balance into one row. Who finds another at it does not wait: that one's is as new.
_BALANCE = """
UPDATE supplier SET reported_balance = %s, reported_at = %s
WHERE id IN (SELECT id FROM supplier WHERE dealer_id = %s AND id = %s FOR NO KEY UPDATE SKIP LOCKED)
"""


def kept(attempt: Attempt, direction: str, verdict: Verdict, *, seconds: float | None = None) -> list[Statement]:
    """What came, as it came, and the balance that it told of."""
    now: datetime = timezone.now()
    raw = Statement(_EXCHANGE, [attempt.dealer_id, attempt.pk, direction, verdict.raw[:8192], seconds, now])
    if verdict.balance is None:
        return [raw]
    return [raw, Statement(_BALANCE, [verdict.balance, now, attempt.dealer_id, attempt.supplier_id])]
