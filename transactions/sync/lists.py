"""A fetched list made usable, and what differs between it and the list in force.

Each line has a digest, so that ten thousand lines are compared by reading one number of each. Codes are compared
in any case, as suppliers take them; where a list names one twice, the dearer line counts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from transactions.suppliers.base import Offer

MOST_ROWS = 50_000
"""Lines of a list that are looked at; a longer one is refused whole."""
_MOST_RUPIAH = 100_000_000
_LONGEST_SKU = 64
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_64_BITS = 2**64 - 1


class TooLong(Exception):
    """More lines than any supplier has: nothing of the list is used."""


@dataclass(frozen=True)
class Checked:
    """Usable lines by their code in upper case, and how many were refused."""

    offers: dict[str, Offer]
    refused: int

    @property
    def digest(self) -> str:
        """The same for the same lines in any order."""
        together = sum(offer.digest for offer in self.offers.values())
        return f"{len(self.offers)}-{together & _64_BITS:016x}"


def check(offers: Iterable[Offer]) -> Checked:
    """The usable lines. Raises `TooLong`."""
    found: dict[str, Offer] = {}
    refused = 0
    for seen, offer in enumerate(offers):
        if seen >= MOST_ROWS:
            raise TooLong
        if not (0 < offer.price <= _MOST_RUPIAH and 0 < len(offer.sku) <= _LONGEST_SKU and _has_hours(offer)):
            refused += 1
            continue
        key = offer.sku.upper()
        twin = found.get(key)
        if twin is not None:
            refused += 1
            if twin.price >= offer.price:
                continue
        found[key] = offer
    return Checked(found, refused)


def _has_hours(offer: Offer) -> bool:
    return _are_hours(offer.cut_off_start, offer.cut_off_end)


@lru_cache(maxsize=1024)
def _are_hours(start: str, end: str) -> bool:
    return (not start and not end) or bool(_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end))


@dataclass(frozen=True)
class Was:
    """What a line that changed or is gone said before; price in rupiah."""

    sku: str
    price: int
    is_open: bool
    hours: tuple[str, str]


@dataclass(frozen=True)
class Diff:
    """What differs: lines that are new or say something else, codes that are gone, and what both were before.

    `known` counts the lines in force; 0 means that this is the first list. Keys of `was` are in upper case.
    """

    changed: list[Offer]
    gone: list[str]
    known: int
    was: Mapping[str, Was] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether nothing was known of the supplier."""
        return self.known == 0


def compare(checked: Checked, known: Mapping[str, int]) -> tuple[list[Offer], list[str]]:
    """Lines that are new or differ, and codes (as they are written down) that are gone.

    `known` has the digest of each line in force, by its code. A code whose spelling changed is both.
    """
    offers = checked.offers
    changed = [offer for offer in offers.values() if known.get(offer.sku) != offer.digest]
    gone = [sku for sku in known if (now := offers.get(sku.upper())) is None or now.sku != sku]
    return changed, gone
