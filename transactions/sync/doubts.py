"""Which lists are not believed: half of it missing, prices that jump. They wait for a person.

What is sold is guarded line by line; of the rest only a great part together raises doubt. A supplier that closes
everything is believed: closing loses nobody's money.
"""

from collections.abc import Iterable, Mapping

from transactions.models import Doubt
from transactions.suppliers.base import Offer
from transactions.sync.lists import Diff

WILD_FACTOR = 3
"""A price of something sold that is this many times what it was, or its part, is not believed."""
MOVED_PERCENT = 50
"""A price that moved further than this, up or down …"""
MOVED_SHARE = 20
"""… in one of so many lines …"""
MOVED_LEAST = 3
"""… and in at least so many makes a list doubtful."""
MISSING_SHARE, MISSING_LEAST = 5, 20
"""One of five codes gone, when that is at least twenty; half of a shorter list."""


def of(diff: Diff, *, costs: Mapping[str, int]) -> Doubt | None:
    """Why the list is not believed; `costs` are the rupiah of what is sold from here, by code in upper case."""
    if _is_missing(diff):
        return Doubt.MISSING
    moves = [(key, old, offer.price) for key, offer in _keyed(diff.changed) if (old := _before(key, diff, costs))]
    sold_wild = any(key in costs and _is_wild(old, new) for key, old, new in moves)
    moved = sum(abs(new - old) * 100 > old * MOVED_PERCENT for _key, old, new in moves)
    if sold_wild or (moved >= MOVED_LEAST and moved * MOVED_SHARE >= max(diff.known, len(moves))):
        return Doubt.WILD
    return None


def _is_missing(diff: Diff) -> bool:
    back = {offer.sku.upper() for offer in diff.changed}
    gone = sum(sku.upper() not in back for sku in diff.gone)
    is_empty = not diff.changed and 0 < gone == diff.known
    is_half = gone > 1 and gone * 2 >= diff.known
    return is_empty or is_half or (gone >= MISSING_LEAST and gone * MISSING_SHARE >= diff.known)


def _keyed(offers: Iterable[Offer]) -> Iterable[tuple[str, Offer]]:
    return ((offer.sku.upper(), offer) for offer in offers)


def _before(key: str, diff: Diff, costs: Mapping[str, int]) -> int | None:
    """What it cost: by the list in force, or by what the route says when there was none."""
    was = diff.was.get(key)
    return was.price if was else costs.get(key)


def _is_wild(old: int, new: int) -> bool:
    return new >= old * WILD_FACTOR or new * WILD_FACTOR <= old
