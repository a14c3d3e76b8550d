"""One request to one supplier: locked together with its order, and what is written down about it.

The order's row comes first, as everywhere; both are read as they are once both are ours.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions import states
from transactions.models import Attempt, Order
from transactions.suppliers.base import Verdict


def _locked() -> QuerySet[Attempt]:
    rows = Attempt.objects.select_for_update(no_key=True, of=("order", "self"))
    return rows.select_related("order__product", "order__wallet", "supplier", "route").order_by()


_BY_ID = Prepared(lambda dealer, attempt: _locked().filter(dealer_id=dealer, pk=attempt), dealer=int, attempt=int)
_BY_REFERENCE = Prepared(
    lambda dealer, reference: _locked().filter(dealer_id=dealer, reference=reference), dealer=int, reference=str
)
_AT = Prepared(
    lambda dealer, supplier, reference: _locked().filter(dealer_id=dealer, supplier_id=supplier, reference=reference),
    dealer=int,
    supplier=int,
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


def lock(dealer_id: int, attempt_id: int) -> Attempt:
    """The attempt and its order, both locked, for a decision. Raises `Attempt.DoesNotExist`."""
    return _BY_ID.get(dealer=dealer_id, attempt=attempt_id)


def lock_by_reference(dealer_id: int, reference: str) -> Attempt | None:
    """The same for the attempt of this reference, if there is one."""
    return _BY_REFERENCE.first(dealer=dealer_id, reference=reference)


def lock_at(dealer_id: int, supplier_id: int, reference: str) -> Attempt | None:
    """The same, if it was sent to this supplier."""
    return _AT.first(dealer=dealer_id, supplier=supplier_id, reference=reference)


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
