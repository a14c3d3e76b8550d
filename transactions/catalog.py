"""What a dealer sells: brands by number, products with prices, and whether each can be had now.

A prefix hit is a default that the customer can change, never a refusal. A product is on sale when the
dealer sells it, it has a price, and some route is open at this hour.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.utils import timezone

from portal.lib import msisdn, roundtrip
from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions.models import Brand, ClosedBy, Kind, Prefix, Product, Route, Supplier, Tier

WIB = ZoneInfo("Asia/Jakarta")
"""Suppliers give their cut-off hours in the time of Jakarta."""


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


def detect_brand(number: str) -> Brand | None:
    """The brand that this E.164 number's prefix belongs to: the longest match wins."""
    return brands_of([number]).get(number)


def brands_of(numbers: list[str]) -> dict[str, Brand]:
    """The brands that these E.164 numbers' prefixes belong to, where one does."""
    hits = prefixes_of(numbers)
    return {number: prefix.brand for number, prefix in hits.items()}


def prefixes_of(numbers: list[str]) -> dict[str, Prefix]:
    """The longest known prefix of each of these numbers, with its brand."""
    starts = {number: _starts(number) for number in numbers}
    wanted = {start for options in starts.values() for start in options}
    rows = Prefix.objects.filter(digits__in=wanted).select_related("brand") if wanted else []
    known = {prefix.digits: prefix for prefix in rows}
    found = {}
    for number, options in starts.items():
        if fitting := [known[start] for start in options if start in known]:
            found[number] = fitting[-1]
    return found


def fits(product: Product, number: str) -> bool:
    """Whether the number's prefix speaks for the product's brand; unknown prefixes fit everything."""
    longest = "SELECT brand_id FROM prefix WHERE digits = ANY(%s) ORDER BY length(digits) DESC LIMIT 1"
    found = roundtrip.ask(Statement(longest, [_starts(number)]))
    return found is None or found[0] == product.brand_id


def _starts(number: str) -> list[str]:
    """The prefixes that could speak for a number, the shortest first."""
    national = msisdn.national(number)
    return [national[:n] for n in range(4, 9)]


def brands(dealer_id: int, kind: Kind) -> QuerySet[Brand]:
    """Brands of which the dealer sells this kind."""
    return Brand.objects.filter(product__dealer_id=dealer_id, product__kind=kind, product__is_open=True).distinct()


def tiles(dealer_id: int, *, kind: Kind, brand: Brand | None, tier: Tier = Tier.RETAIL) -> list[Tile]:
    """What the dealer sells of this kind and brand, cheapest face value first, with today's price."""
    now = timezone.now()
    wanted = {"dealer": dealer_id, "kind": str(kind)}
    rows = (
        _PRICED.all(**wanted, tier=str(tier))
        if brand is None
        else _OF_BRAND.all(**wanted, tier=str(tier), brand=brand.pk)
    )
    routes: dict[int, list[Route]] = {}
    for route in _ROUTES.all(**wanted) if brand is None else _ROUTES_OF_BRAND.all(**wanted, brand=brand.pk):
        routes.setdefault(route.product_id, []).append(route)
    return [_tile(product, routes.get(product.pk, []), now) for product in rows]


def _priced(dealer: int, kind: str, tier: str) -> QuerySet[Product]:
    rows = Product.objects.filter(dealer_id=dealer, kind=kind, prices__tier=tier).select_related("brand")
    return rows.annotate(amount=F("prices__amount"))


def _routes(dealer: int, kind: str) -> QuerySet[Route]:
    """What of a route says whether it is open; a page shows many."""
    rows = Route.objects.filter(dealer_id=dealer, product__kind=kind).select_related("supplier")
    return rows.only(
        "product_id",
        "cost",
        "is_open",
        "closed_by",
        "closed_note",
        "retry_at",
        "cut_off_start",
        "cut_off_end",
        "supplier__is_open",
    )


_PRICED = Prepared(_priced, dealer=int, kind=str, tier=str)
_OF_BRAND = Prepared(
    lambda brand, **wanted: _priced(**wanted).filter(brand_id=brand), dealer=int, kind=str, tier=str, brand=int
)
_ROUTES = Prepared(_routes, dealer=int, kind=str)
_ROUTES_OF_BRAND = Prepared(
    lambda brand, **wanted: _routes(**wanted).filter(product__brand_id=brand), dealer=int, kind=str, brand=int
)


def _tile(product: Product, routes: list[Route], now: datetime) -> Tile:
    price: int = product.amount  # type: ignore[attr-defined]  # annotated
    if not product.is_open:
        return Tile(product, price, product.closed_note or "closed", product.reopens_at)
    bears = max(price, product.accepted_cost)  # as an order is taken: a dearer route is none
    if any(is_open(route, now) and route.cost <= bears for route in routes):
        return Tile(product, price)
    reopens = [at for at in (_reopens(route, now) for route in routes if route.cost <= bears) if at is not None]
    note = "cut_off" if reopens else next((r.closed_note for r in routes if r.closed_note), "closed")
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
    supplier: Supplier = route.supplier
    return (route.is_open or _is_on_trial(route, now)) and supplier.is_open and not _in_cut_off(route, now)


def _is_on_trial(route: Route, now: datetime) -> bool:
    """Whether a route that was closed for its failures has rested and takes one sale."""
    return route.closed_by == ClosedBy.FAILURES and route.retry_at is not None and route.retry_at <= now


def _in_cut_off(route: Route, now: datetime) -> bool:
    start, end = route.cut_off_start, route.cut_off_end
    if start is None or end is None or start == end:
        return False
    clock: time = now.astimezone(WIB).time()
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def _reopens(route: Route, now: datetime) -> datetime | None:
    if not (route.is_open and route.supplier.is_open) or route.cut_off_end is None:
        return None
    here = now.astimezone(WIB)
    end = here.replace(hour=route.cut_off_end.hour, minute=route.cut_off_end.minute, second=0, microsecond=0)
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
