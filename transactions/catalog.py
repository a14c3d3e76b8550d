"""What a dealer sells: brands by number, products with prices, and whether each can be had now.

A prefix hit is a default that the customer can change, never a refusal. A product is on sale when the
dealer sells it, it has a price, and some route is open at this hour.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from portal.lib import msisdn, roundtrip
from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions.models import Brand, ClosedBy, Kind, Prefix, Product, Route, Tier

WIB = ZoneInfo("Asia/Jakarta")
"""Suppliers give their cut-off hours in the time of Jakarta."""
_SHORTEST, _LONGEST = 4, 8
"""Digits of a prefix."""


@dataclass(frozen=True)
class Tile:
    """A product as a buyer sees it: its price in rupiah, and why it cannot be had now, if so."""

    product: Product
    price: int
    closed_note: str = ""
    reopens_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be bought now."""
        return not self.closed_note


_PREFIX = Prepared(
    lambda **starts: (
        Prefix.objects.filter(digits__in=list(starts.values()))
        .select_related("brand")
        .order_by(Length("digits").desc())[:1]
    ),
    **{f"start{n}": str for n in range(_SHORTEST, _LONGEST + 1)},
)


def prefix_of(number: str) -> Prefix | None:
    """The longest known prefix of this E.164 number, with its brand."""
    return _PREFIX.first(**{f"start{n}": start for n, start in enumerate(_starts(number), _SHORTEST)})


def detect_brand(number: str) -> Brand | None:
    """The brand that this E.164 number's prefix belongs to: the longest match wins."""
    prefix = prefix_of(number)
    return prefix.brand if prefix else None


def brands_of(numbers: list[str]) -> dict[str, Brand]:
    """The brands that these E.164 numbers' prefixes belong to, where one does: asked once for all of them."""
    starts = {number: _starts(number) for number in numbers}
    wanted = {start for options in starts.values() for start in options}
    rows = Prefix.objects.filter(digits__in=wanted).select_related("brand") if wanted else []
    known = {prefix.digits: prefix.brand for prefix in rows}
    return {
        number: next(known[start] for start in reversed(options) if start in known)
        for number, options in starts.items()
        if any(start in known for start in options)
    }


def fits(product: Product, number: str) -> bool:
    """Whether the number's prefix speaks for the product's brand; unknown prefixes fit everything."""
    longest = "SELECT brand_id FROM prefix WHERE digits = ANY(%s) ORDER BY length(digits) DESC LIMIT 1"
    found = roundtrip.ask(Statement(longest, [_starts(number)]))
    return found is None or found[0] == product.brand_id


def _starts(number: str) -> list[str]:
    """The prefixes that could speak for a number, the shortest first."""
    national = msisdn.national(number)
    return [national[:n] for n in range(_SHORTEST, _LONGEST + 1)]


def brands(dealer_id: int, kind: Kind) -> QuerySet[Brand]:
    """Brands of which the dealer sells this kind."""
    return Brand.objects.filter(product__dealer_id=dealer_id, product__kind=kind, product__is_open=True).distinct()


class _Offer(NamedTuple):
    """What of a route says whether it is open."""

    cost: int
    is_open: bool
    closed_by: str
    closed_note: str
    retry_at: datetime | None
    cut_off_start: time | None
    cut_off_end: time | None
    supplier__is_open: bool


def tiles(dealer_id: int, *, kind: Kind, brand: Brand | None, tier: Tier = Tier.RETAIL) -> list[Tile]:
    """What the dealer sells of this kind and brand, cheapest face value first, with today's price."""
    now = timezone.now()
    wanted = {"dealer": dealer_id, "kind": str(kind), "tier": str(tier)}
    rows = _OFFERED.all(**wanted) if brand is None else _OFFERED_OF_BRAND.all(**wanted, brand=brand.pk)
    found = []
    for _same, of_product in groupby(rows, key=attrgetter("id")):
        product, *others = of_product
        offers = [_Offer._make(_BESIDE(row)) for row in (product, *others)]
        if brand is not None:
            product.brand = brand
        found.append(_tile(product, [offer for offer in offers if offer.cost is not None], now))
    return found


def _offered(dealer: int, kind: str, tier: str) -> QuerySet[Product]:
    """Products with their price, each as often as it has routes, or once; in the order in which routes are tried.

    Beginning with the products: there are few of one kind and brand, and a dealer may have thousands of routes.
    """
    rows = Product.objects.filter(dealer_id=dealer, kind=kind, prices__tier=tier)
    rows = rows.annotate(
        amount=F("prices__amount"), **{f"offer_{name}": F(f"routes__{name}") for name in _Offer._fields}
    )
    return rows.order_by("position", "nominal", "sku", "routes__rank", "routes__cost", "routes__id")


_BESIDE = attrgetter(*(f"offer_{name}" for name in _Offer._fields))
_WANTED: dict[str, type] = {"dealer": int, "kind": str, "tier": str}
_OFFERED = Prepared(lambda **wanted: _offered(**wanted).select_related("brand"), **_WANTED)
_OFFERED_OF_BRAND = Prepared(lambda brand, **wanted: _offered(**wanted).filter(brand_id=brand), **_WANTED, brand=int)


def _tile(product: Product, offers: list[_Offer], now: datetime) -> Tile:
    price: int = product.amount  # type: ignore[attr-defined]  # annotated
    if not product.is_open:
        return Tile(product, price, product.closed_note or "closed", product.reopens_at)
    bears = max(price, product.accepted_cost)  # as an order is taken: a dearer route is none
    if any(offer.cost <= bears and _is_open(offer, now) for offer in offers):
        return Tile(product, price)
    reopens = [at for at in (_reopens(offer, now) for offer in offers if offer.cost <= bears) if at is not None]
    note = "cut_off" if reopens else next((offer.closed_note for offer in offers if offer.closed_note), "closed")
    return Tile(product, price, note, min(reopens, default=None))


_TO_TRY = Prepared(
    lambda dealer, product: (
        Route.objects.filter(dealer_id=dealer, product_id=product)
        .select_related("supplier")
        .order_by("rank", "cost", "id")
    ),
    dealer=int,
    product=int,
)


def open_routes(product: Product, *, max_cost: int, now: datetime | None = None) -> list[Route]:
    """The routes to try, in order: open at this hour, and not dearer than `max_cost` rupiah."""
    now = now or timezone.now()
    routes = _TO_TRY.all(dealer=product.dealer_id, product=product.pk)
    return [route for route in routes if route.cost <= max_cost and is_open(route, now)]


def is_open(route: Route, now: datetime) -> bool:
    """Whether the route can be used now: itself (or for a trial), its supplier, and the hour."""
    own = [getattr(route, name) for name in _Offer._fields[:-1]]
    return _is_open(_Offer._make([*own, route.supplier.is_open]), now)


def _is_open(offer: _Offer, now: datetime) -> bool:
    return (offer.is_open or _is_on_trial(offer, now)) and offer.supplier__is_open and not _in_cut_off(offer, now)


def _is_on_trial(offer: _Offer, now: datetime) -> bool:
    """Whether a route that was closed for its failures has rested and takes one sale."""
    return offer.closed_by == ClosedBy.FAILURES and offer.retry_at is not None and offer.retry_at <= now


def _in_cut_off(offer: _Offer, now: datetime) -> bool:
    start, end = offer.cut_off_start, offer.cut_off_end
    if start is None or end is None or start == end:
        return False
    clock: time = now.astimezone(WIB).time()
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def _reopens(offer: _Offer, now: datetime) -> datetime | None:
    if not (offer.is_open and offer.supplier__is_open) or offer.cut_off_end is None:
        return None
    here = now.astimezone(WIB)
    end = here.replace(hour=offer.cut_off_end.hour, minute=offer.cut_off_end.minute, second=0, microsecond=0)
    return end if end > here else end + timedelta(days=1)


_BY_SKU = Prepared(
    lambda dealer, sku: Product.objects.select_related("brand").filter(dealer_id=dealer, sku=sku).order_by()[:1],
    dealer=int,
    sku=str,
)


def product(dealer_id: int, sku: str) -> Product | None:
    """The dealer's product under this code, in any case."""
    return _BY_SKU.first(dealer=dealer_id, sku=sku.strip().upper()) or (
        Product.objects.select_related("brand").filter(dealer_id=dealer_id, sku__iexact=sku.strip()).first()
    )
