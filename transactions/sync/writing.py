"""The list in force as rows, written in sets: read by digest, changed by one statement each, told by one more."""

from collections import Counter
from collections.abc import Iterator

from django.db import connection

from transactions.models import EventKind, SyncRun
from transactions.suppliers.base import Offer
from transactions.sync.lists import Checked, Diff, Was, compare

_KNOWN = "SELECT sku, digest FROM supplier_offer WHERE dealer_id = %s AND supplier_id = %s"
_WAS = """
SELECT sku, price, is_open, cut_off_start, cut_off_end FROM supplier_offer
WHERE dealer_id = %s AND supplier_id = %s AND sku = ANY(%s)
"""
_UPSERT = """
INSERT INTO supplier_offer (dealer_id, supplier_id, sku, name, category, brand, kind, price, is_open,
    cut_off_start, cut_off_end, description, multi, nominal, digest, changed_at)
SELECT %s, %s, n.*, now() FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[],
    %s::boolean[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::int[], %s::bigint[]) AS n
ON CONFLICT (dealer_id, supplier_id, sku) DO UPDATE SET
    name = EXCLUDED.name, category = EXCLUDED.category, brand = EXCLUDED.brand, kind = EXCLUDED.kind,
    price = EXCLUDED.price, is_open = EXCLUDED.is_open, cut_off_start = EXCLUDED.cut_off_start,
    cut_off_end = EXCLUDED.cut_off_end, description = EXCLUDED.description, multi = EXCLUDED.multi,
    nominal = EXCLUDED.nominal, digest = EXCLUDED.digest, changed_at = EXCLUDED.changed_at
"""
_GONE = "DELETE FROM supplier_offer WHERE dealer_id = %s AND supplier_id = %s AND sku = ANY(%s)"
_TELL = """
WITH base AS MATERIALIZED (SELECT next_versions(%(dealer)s, %(count)s) AS n)
INSERT INTO sync_event (dealer_id, version, kind, supplier_id, run_id, sku, tier, old, new)
SELECT %(dealer)s, base.n + e.place, e.kind, %(supplier)s, %(run)s, e.sku, '', e.old, e.new
FROM base, unnest(%(kind)s::text[], %(sku)s::text[], %(old)s::int[], %(new)s::int[])
    WITH ORDINALITY AS e(kind, sku, old, new, place)
"""
Event = tuple[EventKind, str, int | None, int | None]


def differences(dealer_id: int, supplier_id: int, checked: Checked) -> Diff:
    """What differs between a list and the one in force."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [dealer_id, supplier_id])
        known = dict(cursor.fetchall())
        changed, gone = compare(checked, known)
        asked = [offer.sku for offer in changed if offer.sku in known] + gone
        cursor.execute(_WAS, [dealer_id, supplier_id, asked])
        rows = cursor.fetchall() if asked else []
    was = {sku.upper(): Was(sku, price, is_open, (start, end)) for sku, price, is_open, start, end in rows}
    return Diff(changed, gone, len(known), was)


def put_in_force(dealer_id: int, supplier_id: int, diff: Diff) -> None:
    """Write lines that are new or changed, and remove those that are gone."""
    with connection.cursor() as cursor:
        if diff.gone:
            cursor.execute(_GONE, [dealer_id, supplier_id, diff.gone])
        if diff.changed:
            cursor.execute(_UPSERT, [dealer_id, supplier_id, *_columns(diff.changed)])


def _columns(offers: list[Offer]) -> list[list[object]]:
    return [
        [offer.sku for offer in offers],
        [offer.name[:200] for offer in offers],
        [offer.category[:60] for offer in offers],
        [offer.brand[:60] for offer in offers],
        [offer.kind[:60] for offer in offers],
        [offer.price for offer in offers],
        [offer.is_open for offer in offers],
        [offer.cut_off_start for offer in offers],
        [offer.cut_off_end for offer in offers],
        [offer.description[:500] for offer in offers],
        [offer.multi for offer in offers],
        [offer.nominal for offer in offers],
        [offer.digest for offer in offers],
    ]


def events(diff: Diff) -> list[Event]:
    """What happened to offers; a first list is no news."""
    return [] if diff.is_first else list(_events(diff))


def _events(diff: Diff) -> Iterator[Event]:
    back = set()
    for offer in diff.changed:
        key = offer.sku.upper()
        was = diff.was.get(key)
        if was is None:
            yield EventKind.NEW, offer.sku, None, offer.price
            continue
        back.add(key)
        if offer.price != was.price:
            kind = EventKind.PRICE_UP if offer.price > was.price else EventKind.PRICE_DOWN
            yield kind, offer.sku, was.price, offer.price
        if offer.is_open != was.is_open:
            yield EventKind.OPENED if offer.is_open else EventKind.CLOSED, offer.sku, was.price, offer.price
    for sku in diff.gone:
        if sku.upper() not in back:
            yield EventKind.GONE, sku, diff.was[sku.upper()].price, None


def tell(run: SyncRun, told: list[Event]) -> None:
    """Write events down, numbered; the last thing in a transaction, since the counter stays locked."""
    if not told:
        return
    kinds, skus, old, new = (list(column) for column in zip(*told, strict=True))
    columns = {"kind": [str(kind) for kind in kinds], "sku": skus, "old": old, "new": new}
    about = {"dealer": run.dealer_id, "supplier": run.supplier_id, "run": run.pk, "count": len(told)}
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {**about, **columns})


def counts(told: list[Event]) -> Counter[EventKind]:
    """How many events of each kind."""
    return Counter(kind for kind, *_rest in told)
