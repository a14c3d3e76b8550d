"""A supplier's price list as staff look through it: in our words, and which of it is sold already."""

import datetime as dt
from dataclasses import dataclass, field

from transactions import offers
from transactions.models import Product, Route, Supplier
from transactions.offers import Line
from transactions.sync import kept, mapping

_LONGEST_CODE = 40
"""Characters of a supplier's code that a route can hold."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which lines."""

    q: str = ""
    brand: str = ""
    kind: str = ""
    state: str = ""


@dataclass(frozen=True)
class Row:
    """One line, the product that is bought under it already, or the one that it surely is."""

    line: Line
    sold_as: Product | None
    suits: Product | None = None


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The whole list; `others` counts lines of kinds that are not sold here, `at` is when it was fetched."""

    rows: list[Row]
    others: int
    at: dt.datetime
    brands: list[str] = field(default_factory=list)

    @property
    def suggested(self) -> int:
        """How many lines that are not bought yet are surely one of the dealer's products."""
        return sum(row.suits is not None for row in self.rows)

    def matching(self, wanted: Wanted) -> list[Row]:
        """The lines that fit."""
        return [row for row in self.rows if _fits(row, wanted)]

    def lines(self, skus: list[str]) -> list[Line]:
        """The lines under these codes that are not sold yet, as the list orders them."""
        asked = set(skus)
        return [row.line for row in self.rows if row.line.offer.sku in asked and row.sold_as is None]


def shelf(supplier: Supplier) -> Shelf | None:
    """What the supplier offered when it was last asked; None when it never was."""
    found = kept.kept(supplier)
    if found is None:
        return None
    routes = Route.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier).select_related("product")
    sold = {route.supplier_sku: route.product for route in routes}
    lines = offers.read(found.offers)
    ours = [line for line in lines if _is_ours(line)]
    suits = mapping.suggest(supplier, [line for line in ours if line.offer.sku not in sold])
    rows = [Row(line, sold.get(line.offer.sku), suits.get(line.offer.sku)) for line in ours]
    brands = list(dict.fromkeys(row.line.brand_name for row in rows))
    return Shelf(rows=rows, others=len(lines) - len(rows), at=found.at, brands=brands)


def _is_ours(line: Line) -> bool:
    return line.kind is not None and len(line.offer.sku) <= _LONGEST_CODE


def _fits(row: Row, wanted: Wanted) -> bool:
    line = row.line
    words = f"{line.offer.name} {line.offer.sku}".casefold()
    states = {
        "": True,
        "new": row.sold_as is None,
        "sold": row.sold_as is not None,
        "open": line.offer.is_open,
        "suits": row.suits is not None,
    }
    return (
        all(word in words for word in wanted.q.casefold().split())
        and wanted.brand in {"", line.brand_name}
        and wanted.kind in {"", line.kind}
        and states.get(wanted.state, True)
    )
