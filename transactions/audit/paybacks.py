"""Invariant 12, seen from outside: what a gateway says it paid back, where we can read it, agrees with our books.

Only the sandbox's till shows its record. Each reference stands there at most once; what we call paid stands
there with its amount and its transaction, and what stands there is a refund of ours that was sent.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import connections

from transactions.audit import deliveries
from transactions.audit.base import Violation

NUMBER = 12
SENTENCE = "the till paid back each refund at most once; what is done by it stands there, and nothing else does"
_SENT = """
SELECT f.dealer_id, o.code || '-R' || f.number, f.amount, f.state, f.reference, p.id IS NOT NULL,
    (SELECT min(i.raw_reference) FROM incident i
        WHERE i.dealer_id = f.dealer_id AND i.refund_id = f.id AND i.state = 'booked')
FROM refund f JOIN orders o ON o.dealer_id = f.dealer_id AND o.id = f.order_id
JOIN payment y ON y.id = f.payment_id
LEFT JOIN transfer p ON p.dealer_id = f.dealer_id AND p.reference = o.code || ':refund:' || f.number
WHERE f.way = 'source' AND y.gateway = 'sandbox' AND f.begun_at IS NOT NULL
"""
Row = Mapping[str, Any]


def log_of(url: str) -> str:
    """Where the till of the simulator at `url` shows its record."""
    return "{0.scheme}://{0.netloc}/gateway/refunds".format(urlsplit(url))


def read_log(url: str) -> list[dict[str, Any]]:
    """`[{"reference", "payment_code", "amount", "gateway_tx", "at"}]`. Raises `deliveries.NoRecord`."""
    rows: list[dict[str, Any]] = deliveries.read_log(log_of(url))
    return rows


def check(log: Sequence[Row], *, using: str) -> list[Violation]:
    """Compare a record with the refunds that went back by the sandbox."""
    with connections[using].cursor() as cursor:
        cursor.execute(_SENT)
        sent = cursor.fetchall()
        cursor.execute("SELECT coalesce(min(created_at), now()), now() FROM dealer")
        began, looked = cursor.fetchone()
    times = Counter(row["reference"] for row in log)
    there = {row["reference"]: row for row in log}
    found = [_violation(0, reference, f"paid back {n} times") for reference, n in times.items() if n > 1]
    for dealer_id, reference, amount, state, tx, is_booked, late in sent:
        row = there.pop(reference, None)
        if wrong := _judge(row, amount=amount, tx=late or tx, state=state, is_booked=is_booked or late is not None):
            found.append(_violation(dealer_id, reference, wrong))
    # Since this database began, and not while it was looked at: a guest may have chosen in this very moment.
    strange = [reference for reference, row in there.items() if began < datetime.fromisoformat(row["at"]) < looked]
    return found + [_violation(0, reference, "paid back, and no refund asked for it") for reference in strange]


def _judge(row: Row | None, *, amount: int, tx: str, state: str, is_booked: bool) -> str:
    if row is None:
        return f"{state} and booked, and the till never paid it" if is_booked else ""
    if not is_booked:
        return "" if state == "sent" else f"{state} and not booked, and the till paid it"
    if (row["amount"], row["gateway_tx"]) != (amount, tx):
        return f"the till paid {row['amount']} under another transaction than we booked"
    return ""


def _violation(dealer_id: int, reference: str, finding: str) -> Violation:
    return Violation(number=NUMBER, dealer_id=dealer_id, reference=reference, finding=finding)
