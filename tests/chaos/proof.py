"""What must be true when the dust has settled, read from three places that do not know each other.

Konter's own audit as `konter_audit`, the simulator's record of deliveries and of payments, and what the
buyers were told.
"""

import json
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2

from portal.processes import wait_until
from tests.chaos.buyers import Bought
from tests.chaos.portal import Portal

_OPEN = "SELECT count(*) FROM orders WHERE status IN ('paid', 'processing')"
_ORDERS = "SELECT code, status FROM orders"
_CAPTURED = """
SELECT o.code, EXISTS (
        SELECT FROM transfer h JOIN transfer r ON r.dealer_id = h.dealer_id AND r.resolves_id = h.id
        WHERE h.dealer_id = o.dealer_id AND h.order_id = o.id AND h.to_kind = 'held' AND r.to_kind = 'sales'
    ), EXISTS (SELECT FROM incident i WHERE i.dealer_id = o.dealer_id AND i.order_id = o.id),
    (SELECT array_agg(a.reference) FROM attempt a WHERE a.dealer_id = o.dealer_id AND a.order_id = o.id)
FROM orders o WHERE o.partner_id IS NULL
"""
_REFERENCES = "SELECT reference FROM attempt"
_UNENDED = {"awaiting_payment", "paid", "processing"}
_PAID = {"paid", "processing", "succeeded", "failed"}
_RECEIPTS = "SELECT gateway_tx, amount FROM receipt WHERE gateway IN ('sandbox', 'qris', 'transfer')"
_RESALE = """
SELECT a.reference, array_agg(b.reference) FROM attempt a
JOIN orders o ON o.ref_id = a.reference JOIN attempt b ON b.dealer_id = o.dealer_id AND b.order_id = o.id
GROUP BY a.reference
"""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What was found, in numbers, and every sentence that should not be there."""

    orders: int
    deliveries: int
    captured: int
    receipts: int
    undecided: int
    faults: Sequence[str]


def quiet(portal: Portal, *, seconds: float) -> bool:
    """Wait until no paid order is under way, at most so long; whether that came about."""

    def settled() -> bool:
        try:
            return bool(_rows(portal, _OPEN)[0][0] == 0)
        except psycopg2.OperationalError:
            return False

    return wait_until(settled, seconds=seconds)


def prove(portal: Portal, told: Sequence[Bought], *, restored: bool = False) -> Proof:
    """Look at everything once; nothing may be under way any more.

    Of a `restored` database the simulator knows more than the books: what was sold and paid after the backup.
    """
    faults: list[str] = []
    audited = portal.manage("audit_ledger", "--simulator", "" if restored else portal.simulator)
    if audited.returncode != 0:
        faults.append(f"the audit: {(audited.stdout + audited.stderr).strip()[-1500:]}")
    statuses = dict(_rows(portal, _ORDERS))
    faults += [f"{one.code} was acknowledged and is not there" for one in told if one.code not in statuses]
    faults += [
        f"{one.code} was seen paid and stands as {statuses.get(one.code)}"
        for one in told
        if one.is_paid and statuses.get(one.code) not in _PAID
    ]
    delivered = Counter(row["ref"] for row in _log(portal))
    faults += [f"{ref} was delivered {count} times" for ref, count in delivered.items() if count > 1]
    if restored:
        faults += _unasked(portal, delivered, statuses)
    captured = _captured(portal, delivered, faults)
    receipts = _payments(portal, faults, lost=restored)
    undecided = sum(status in {"paid", "processing"} for status in statuses.values())
    return Proof(
        orders=len(statuses),
        deliveries=sum(delivered.values()),
        captured=captured,
        receipts=receipts,
        undecided=undecided,
        faults=faults,
    )


def _unasked(portal: Portal, delivered: Counter[str], statuses: dict[str, str]) -> list[str]:
    """An order that has ended knows of every delivery under its code; one under way may still learn of it."""
    asked = {reference for (reference,) in _rows(portal, _REFERENCES)}
    codes = {ref: ref.rpartition("-")[0] for ref in delivered.keys() - asked}
    ended = {ref: statuses[code] for ref, code in codes.items() if code in statuses and statuses[code] not in _UNENDED}
    return [f"{ref} was delivered, and the order has {status} without it" for ref, status in ended.items()]


def _captured(portal: Portal, delivered: Counter[str], faults: list[str]) -> int:
    """Delivered = captured, order by order, except orders with an incident."""
    resale = dict(_rows(portal, _RESALE))
    count = 0
    for code, is_captured, has_incident, references in _rows(portal, _CAPTURED):
        count += is_captured
        deliveries = sum(
            delivered[real] for reference in references or [] for real in resale.get(reference) or [reference]
        )
        if deliveries != int(is_captured) and not has_incident:
            faults.append(f"{code}: delivered {deliveries} times, {'captured' if is_captured else 'not captured'}")
    return count


def _payments(portal: Portal, faults: list[str], *, lost: bool) -> int:
    """Whatever the gateway took stands in the books (unless `lost`), to the rupiah, once; and nothing else does."""
    booked = _rows(portal, _RECEIPTS)
    path = portal.home / "simulator" / "payments.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    taken = {row["gateway_tx"]: row["amount"] for row in map(json.loads, lines) if "amount" in row}
    if len(booked) != len(dict(booked)):
        faults.append("a payment stands in the books more than once")
    strange = dict(booked).keys() - taken.keys() if lost else taken.keys() ^ dict(booked).keys()
    for transaction in strange:
        where = "was taken and is not in the books" if transaction in taken else "is in the books and was never taken"
        faults.append(f"payment {transaction} of {taken.get(transaction) or dict(booked)[transaction]} {where}")
    faults += [
        f"payment {tx}: {taken[tx]} taken, {amount} booked" for tx, amount in booked if taken.get(tx, amount) != amount
    ]
    return len(booked)


def _log(portal: Portal) -> list[dict[str, str]]:
    with urllib.request.urlopen(portal.simulator, timeout=60) as answer:
        rows: list[dict[str, str]] = json.load(answer)
    return rows


def _rows(portal: Portal, query: str) -> list[tuple[Any, ...]]:
    """As the auditor, who sees every dealer."""
    with closing(psycopg2.connect(portal.told["DATABASE_AUDIT_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
