"""What a list means for the routes that buy from it: their cost, their hours, and whether they are open.

The list is the truth about cost and about being open, but a route that a person closed stays closed, and one that
was closed for its failures waits for its pause or for the list to close and open it. Hours follow the list only
when the list's hours change: what a person has set stands.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models.functions import Upper

from transactions.models import ClosedBy, Route, Supplier
from transactions.suppliers.base import Offer
from transactions.sync.lists import Diff

_SET = """
UPDATE route r SET cost = n.cost, cut_off_start = n.opens, cut_off_end = n.closes, is_open = n.is_open,
    closed_by = n.closed_by, retry_at = CASE WHEN n.closed_by = 'failures' THEN r.retry_at END
FROM unnest(%s::bigint[], %s::int[], %s::time[], %s::time[], %s::boolean[], %s::text[], %s::boolean[], %s::text[])
    AS n(id, cost, opens, closes, is_open, closed_by, was_open, was_by)
WHERE r.dealer_id = %s AND r.id = n.id AND r.is_open = n.was_open AND r.closed_by = n.was_by
RETURNING r.product_id
"""


class _Is(NamedTuple):
    """What the list decides about a route."""

    cost: int
    hours: tuple[dt.time | None, dt.time | None]
    is_open: bool
    closed_by: str


class Bought(NamedTuple):
    """A route as far as a list says something about it; `key` is the supplier's code in upper case."""

    id: int
    key: str
    cost: int
    opens: dt.time | None
    closes: dt.time | None
    is_open: bool
    closed_by: str


def of(supplier: Supplier) -> list[Bought]:
    """The routes that buy from this supplier."""
    rows = Route.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier).order_by()
    columns = ("pk", Upper("supplier_sku"), "cost", "cut_off_start", "cut_off_end", "is_open", "closed_by")
    return [Bought(*row) for row in rows.values_list(*columns)]


def follow(supplier: Supplier, bought: list[Bought], offers: Mapping[str, Offer], diff: Diff) -> list[int]:
    """Bring routes into line with the list; the ids of the products of those that changed.

    A route that a person has touched meanwhile is left to the next run.
    """
    gone = {sku.upper() for sku in diff.gone}
    changed = []
    for route in bought:
        now = _Is(route.cost, (route.opens, route.closes), route.is_open, route.closed_by)
        will = _wanted(now, offers.get(route.key), diff, is_gone=route.key in gone)
        if will != now:
            changed.append((route, will))
    if not changed:
        return []
    columns: list[list[Any]] = [
        [route.id for route, _w in changed],
        [will.cost for _r, will in changed],
        [will.hours[0] for _r, will in changed],
        [will.hours[1] for _r, will in changed],
        [will.is_open for _r, will in changed],
        [will.closed_by for _r, will in changed],
        [route.is_open for route, _w in changed],
        [route.closed_by for route, _w in changed],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SET, [*columns, supplier.dealer_id])
        return [row[0] for row in cursor.fetchall()]


def _wanted(now: _Is, offer: Offer | None, diff: Diff, *, is_gone: bool) -> _Is:
    by_person = not now.is_open and now.closed_by == ClosedBy.NOBODY
    if offer is None:
        closes = is_gone and not by_person
        return _Is(now.cost, now.hours, *((False, ClosedBy.GONE) if closes else (now.is_open, now.closed_by)))
    if by_person:
        state: tuple[bool, str] = (False, ClosedBy.NOBODY)
    elif not offer.is_open:
        state = (False, ClosedBy.LIST)
    elif now.closed_by == ClosedBy.FAILURES:
        state = (now.is_open, now.closed_by)
    else:
        state = (True, ClosedBy.NOBODY)
    return _Is(offer.price, _hours(now, offer, diff), *state)


def _hours(now: _Is, offer: Offer, diff: Diff) -> tuple[dt.time | None, dt.time | None]:
    was = diff.was.get(offer.sku.upper())
    offered = (offer.cut_off_start, offer.cut_off_end)
    moved = was is not None and was.hours != offered
    if moved or (diff.is_first and now.hours == (None, None)):
        return _time(offered[0]), _time(offered[1])
    return now.hours


def _time(clock: str) -> dt.time | None:
    return dt.time.fromisoformat(clock) if clock else None
