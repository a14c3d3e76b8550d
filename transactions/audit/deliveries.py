"""Invariant 18: the supplier's own record of deliveries, where we can read it, agrees with our books.

Only the simulator shows its record. Per reference at most one delivery; captured is delivered and
released is not, except for orders with an incident, which is what an incident is for.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.db import connections

from portal.lib import outbound
from transactions.audit.base import Violation

NUMBER = 18
SENTENCE = "the simulator delivered each reference at most once; captured is delivered, released is not"
LOG_LIMIT = 256 * 1024 * 1024
"""Bytes of a record: some hundred per delivery, and every delivery there ever was."""
_ATTEMPTS = """
SELECT a.dealer_id, o.code, array_agg(a.reference), max(r.to_kind) = 'sales',
    EXISTS (SELECT FROM incident i WHERE i.dealer_id = a.dealer_id AND i.order_id = a.order_id
        AND i.attempt_id IS NOT NULL)
FROM attempt a JOIN supplier s ON s.id = a.supplier_id
JOIN orders o ON o.id = a.order_id
LEFT JOIN transfer h ON h.dealer_id = a.dealer_id AND h.order_id = a.order_id AND h.to_kind = 'held'
LEFT JOIN transfer r ON r.dealer_id = h.dealer_id AND r.resolves_id = h.id
GROUP BY a.dealer_id, a.order_id, o.code
HAVING bool_and(starts_with(s.base_url, %s))
"""


class NoRecord(Exception):
    """The simulator's record could not be read."""


def read_log(url: str) -> list[dict[str, str]]:
    """What the simulator says it delivered: `[{"ref", "number", "delivered_at"}]`. Raises `NoRecord`."""
    try:
        answer = outbound.get(url, total_seconds=30.0, answer_limit=LOG_LIMIT)
        rows = json.loads(answer.body)
    except (outbound.NotSent, outbound.Unanswered, ValueError) as error:
        raise NoRecord(f"{url}: {error}") from error
    if answer.status != 200 or not isinstance(rows, list):
        raise NoRecord(f"{url} answered {answer.status}")
    return rows


def check(log: Sequence[Mapping[str, str]], *, url: str, using: str) -> list[Violation]:
    """Compare a record with the orders whose suppliers all lie at the same address as `url`."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    with connections[using].cursor() as cursor:
        cursor.execute(_ATTEMPTS, [origin])
        orders = cursor.fetchall()
        cursor.execute("SELECT coalesce(min(created_at), now()) FROM dealer")
        began: datetime = cursor.fetchone()[0]
    delivered = Counter(row["ref"] for row in log)
    found = [
        _violation(dealer_id, code, finding)
        for dealer_id, code, references, is_captured, has_incident in orders
        for finding in _judge(
            [delivered[reference] for reference in references], is_captured=is_captured, has_incident=has_incident
        )
    ]
    known = {reference for _, _, references, _, _ in orders for reference in references}
    return found + _strangers(log, known=known, began=began, using=using)


def _judge(deliveries: list[int], *, is_captured: bool | None, has_incident: bool) -> list[str]:
    total, most = sum(deliveries), max(deliveries)
    found = []
    if most > 1:
        found.append(f"delivered {most} times under one reference")
    if has_incident or is_captured is None:
        return found
    if is_captured and not total:
        found.append("captured, and never delivered")
    if not is_captured and total:
        found.append("released, and delivered")
    if total > most:
        found.append("delivered under several references")
    return found


def _strangers(log: Sequence[Mapping[str, str]], *, known: set[str], began: datetime, using: str) -> list[Violation]:
    """Deliveries since this database began that no attempt asked for."""
    strange = {row["ref"] for row in log if row["ref"] not in known and _at(row["delivered_at"]) > began}
    if not strange:
        return []
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT reference FROM attempt WHERE reference = ANY(%s)", [list(strange)])
        strange -= {reference for (reference,) in cursor.fetchall()}
    return [_violation(0, reference, "delivered, and no attempt asked for it") for reference in sorted(strange)]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _violation(dealer_id: int, reference: str, finding: str) -> Violation:
    return Violation(number=NUMBER, dealer_id=dealer_id, reference=reference, finding=finding)
