"""Our side of a day, as the books have it: attempts at a supplier, or orders of a partner, with what stands booked.

Costs are read from the transfers, not from the attempt's first answer: an incident or an earlier reconciliation may
have corrected them.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from dealers import days
from dealers.models import Dealer
from transactions import accounts, ledger
from transactions.models import ReconcileDay, Status
from transactions.reconcile.matching import Ours
from transactions.suppliers.base import Outcome

TURN = timedelta(hours=3)
"""Sales of the last hours of a day may be counted to the next one by a clock that goes ahead of the dealer's."""
_ATTEMPTS = """
SELECT a.id, a.order_id, a.reference, a.outcome, o.status, a.cost, a.supplier_sku, o.destination, a.sn,
    a.first_sent_at, coalesce(b.net, 0) + coalesce(c.net, 0)
FROM attempt a JOIN orders o ON o.id = a.order_id
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN t.to_id = %(account)s THEN t.amount ELSE -t.amount END) AS net FROM transfer t
    WHERE t.dealer_id = a.dealer_id AND t.order_id = a.order_id AND %(account)s IN (t.frm_id, t.to_id)
) b ON true
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN t.to_id = %(account)s THEN t.amount ELSE -t.amount END) AS net
    FROM reconcile_difference d JOIN transfer t ON t.dealer_id = d.dealer_id AND t.id = d.transfer_id
    WHERE d.dealer_id = a.dealer_id AND d.attempt_id = a.id AND t.order_id IS NULL AND d.kind <> 'duplicate'
) c ON true
WHERE a.dealer_id = %(dealer)s AND a.supplier_id = %(who)s AND {which} ORDER BY a.id
"""
_ORDERS = """
SELECT o.id, o.id, o.ref_id, o.status, o.status, o.price, p.sku, o.destination, o.sn, o.created_at,
    coalesce(b.net, 0) + coalesce(c.net, 0)
FROM orders o JOIN product p ON p.id = o.product_id
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN t.frm_id = %(account)s THEN t.amount ELSE -t.amount END) AS net FROM transfer t
    WHERE t.dealer_id = o.dealer_id AND t.order_id = o.id AND %(account)s IN (t.frm_id, t.to_id)
) b ON true
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN t.frm_id = %(account)s THEN t.amount ELSE -t.amount END) AS net
    FROM reconcile_difference d JOIN transfer t ON t.dealer_id = d.dealer_id AND t.id = d.transfer_id
    WHERE d.dealer_id = o.dealer_id AND d.order_id = o.id AND t.order_id IS NULL AND d.kind <> 'duplicate'
) c ON true
WHERE o.dealer_id = %(dealer)s AND o.partner_id = %(who)s AND {which} ORDER BY o.id
"""
_OPEN = frozenset({Status.AWAITING_PAYMENT, Status.PAID, Status.PROCESSING})


def of_day(dealer: Dealer, row: ReconcileDay) -> list[Ours]:
    """Everything that belongs to the day here. Inside the dealer's transaction."""
    begins, ends = days.begins(dealer, row.day), days.ends(dealer, row.day)
    column = "a.first_sent_at" if row.supplier_id else "o.created_at"
    which = f"{column} >= %(begins)s AND {column} < %(ends)s"
    found = _read(row, which, {"begins": begins, "ends": ends})
    return [_ours(row, values, turns_at=ends - TURN) for values in found]


def named(row: ReconcileDay, references: Collection[str]) -> list[Ours]:
    """What these references stand for, of whatever day; none of it belongs to the day."""
    if not references:
        return []
    column = "a.reference" if row.supplier_id else "o.ref_id"
    found = _read(row, f"{column} = ANY(%(references)s)", {"references": sorted(references)})
    return [_ours(row, values, is_of_day=False) for values in found]


def _read(row: ReconcileDay, which: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    query = _ATTEMPTS if row.supplier_id else _ORDERS
    with connection.cursor() as cursor:
        cursor.execute(query.format(which=which), {**_who(row), **given})
        return list(cursor.fetchall())


def _who(row: ReconcileDay) -> dict[str, int]:
    if row.supplier is not None:
        acc = accounts.supplier_of(row.supplier)
        return {"dealer": row.dealer_id, "who": row.supplier.pk, "account": ledger.account_id(row.dealer_id, acc)}
    assert row.partner is not None  # noqa: S101  the table's own constraint
    acc = accounts.wallet(row.partner.wallet_key)
    return {"dealer": row.dealer_id, "who": row.partner.pk, "account": ledger.account_id(row.dealer_id, acc)}


def _ours(
    row: ReconcileDay, values: Iterable[Any], *, is_of_day: bool = True, turns_at: datetime | None = None
) -> Ours:
    pk, order_id, reference, said, status, price, sku, destination, sn, at, booked = values
    judge: Callable[..., Outcome] = _bought if row.supplier_id else _sold
    outcome = judge(said, status, price=price, booked=int(booked))
    return Ours(
        pk=pk,
        order_id=order_id,
        reference=reference,
        outcome=outcome,
        cost=int(booked) if outcome == Outcome.SUCCEEDED else 0,
        sku=sku,
        destination=destination,
        sn=sn,
        at=at.astimezone(UTC),
        is_of_day=is_of_day,
        may_be_tomorrows=turns_at is not None and at >= turns_at,
    )


def _bought(said: str, status: str, *, price: int, booked: int) -> Outcome:
    """What became of an attempt by the book; where the order is still open, by what the supplier said."""
    if booked > 0:
        return Outcome.SUCCEEDED
    if status in _OPEN:
        return Outcome(said)
    return Outcome.SUCCEEDED if said == Outcome.SUCCEEDED and not price else Outcome.FAILED


def _sold(said: str, status: str, *, price: int, booked: int) -> Outcome:
    """What became of a partner's order: money that stayed here is a sale."""
    del said, price
    if status in _OPEN:
        return Outcome.PENDING
    return Outcome.SUCCEEDED if booked > 0 else Outcome.FAILED
