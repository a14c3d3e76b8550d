"""How well a dealer's brands and routes work right now, read from its own orders of the last day.

Refusals that speak of the number (wrong, blocked, another region) do not count against anybody. Too few orders
make no figure: that is said instead. The numbers are read at most every half minute, by few queries for all brands.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from dealers.models import Dealer
from portal.lib import tenancy
from transactions import catalog, pace
from transactions.models import Brand, Kind, Order, Pace, Product, Status, Supplier
from transactions.suppliers.base import BUYERS_OWN

HOURS = 24
LEAST = 5
"""Fewer verdicts than this are shown as they are, without a rate."""
RECENT = timedelta(minutes=30)
_FAILING_BELOW = 0.8
_STUCK = 3
"""So many orders past their promise are no coincidence."""
_SLOW_FACTOR, _SLOW_SECONDS = 2, 60
_KEPT_SECONDS = 30


class Trouble(enum.StrEnum):
    """What is wrong with a brand or a route now."""

    NONE = "none"
    CLOSED = "closed"
    FAILING = "failing"
    STUCK = "stuck"
    SLOW = "slow"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Orders (or requests) with a verdict; times in seconds, None while nothing arrived."""

    succeeded: int = 0
    failed: int = 0
    p50: float | None = None
    p95: float | None = None

    @property
    def verdicts(self) -> int:
        """How many of them say something about the service."""
        return self.succeeded + self.failed

    @property
    def is_enough(self) -> bool:
        """Whether a rate means anything."""
        return self.verdicts >= LEAST

    @property
    def rate(self) -> float:
        """Which part succeeded, 0 to 1; 1 where nothing was asked."""
        return self.succeeded / self.verdicts if self.verdicts else 1.0


@dataclass(frozen=True, kw_only=True)
class Hour:
    """One hour of the day."""

    start: datetime
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Now:
    """The trouble of this half hour, with the numbers that show it."""

    trouble: Trouble
    figures: Figures
    stuck: int = 0


@dataclass(frozen=True, kw_only=True)
class BrandService:
    """One brand of the dealer's."""

    code: str
    name: str
    colour: str
    day: Figures
    hours: tuple[Hour, ...]
    now: Now


@dataclass(frozen=True, kw_only=True)
class RouteService:
    """One supplier, by its number in the dealer's list only: whom a dealer buys from is the dealer's business."""

    number: int
    day: Figures
    trouble: Trouble


@dataclass(frozen=True, kw_only=True)
class Service:
    """Everything, as it was at `at`."""

    at: datetime
    brands: tuple[BrandService, ...]
    routes: tuple[RouteService, ...]

    @property
    def busy(self) -> list[BrandService]:
        """Brands of which there is something to say, those in trouble first."""
        said = [brand for brand in self.brands if brand.day.verdicts or brand.now.trouble != Trouble.NONE]
        return sorted(said, key=lambda brand: brand.now.trouble == Trouble.NONE)

    @property
    def quiet(self) -> list[BrandService]:
        """Brands of which nothing was bought, and nothing is wrong that we know of."""
        return [brand for brand in self.brands if brand not in self.busy]


_COUNTED = """
    count(*) FILTER (WHERE x.good) AS succeeded, count(*) FILTER (WHERE NOT x.good) AS failed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY x.seconds) FILTER (WHERE x.good) AS p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY x.seconds) FILTER (WHERE x.good) AS p95
"""
_BY_BRAND = f"""
SELECT x.brand_id, x.hour, {_COUNTED}
FROM (
    SELECT p.brand_id, date_trunc('hour', o.finished_at) AS hour, o.status = 'succeeded' AS good,
        greatest(0, extract(epoch FROM o.finished_at - o.paid_at))::float8 AS seconds
    FROM orders o JOIN product p ON p.dealer_id = o.dealer_id AND p.id = o.product_id
    WHERE o.dealer_id = %(dealer)s AND o.status IN ('succeeded', 'failed') AND o.paid_at IS NOT NULL
      AND o.created_at >= %(since)s - interval '1 day' AND o.finished_at >= %(since)s
      AND NOT (o.status = 'failed' AND o.reason = ANY(%(buyers)s))
) x GROUP BY GROUPING SETS ((x.brand_id), (x.brand_id, x.hour))
"""  # noqa: S608  built from the constant above
_BY_SUPPLIER = f"""
SELECT x.supplier_id, {_COUNTED}
FROM (
    SELECT a.supplier_id, a.outcome = 'succeeded' AS good,
        greatest(0, extract(epoch FROM a.finished_at - a.first_sent_at))::float8 AS seconds
    FROM orders o JOIN attempt a ON a.dealer_id = o.dealer_id AND a.order_id = o.id
    WHERE o.dealer_id = %(dealer)s AND o.created_at >= %(since)s - interval '1 day'
      AND a.outcome IN ('succeeded', 'failed') AND a.finished_at >= %(since)s
      AND NOT (a.outcome = 'failed' AND a.reason = ANY(%(buyers)s))
) x GROUP BY x.supplier_id
"""  # noqa: S608  built from the constant above


def now(dealer: Dealer) -> Service:
    """The service of this half minute."""
    key = f"service:{dealer.pk}"
    found: Service | None = cache.get(key)
    if found is None:
        found = read(dealer)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def trouble_with(dealer: Dealer, brand: Brand) -> BrandService | None:
    """The brand's service if something is wrong with it that its closed tiles do not say already."""
    told = {Trouble.FAILING, Trouble.STUCK, Trouble.SLOW}
    found = (service for service in now(dealer).brands if service.code == brand.code)
    return next((service for service in found if service.now.trouble in told), None)


def read(dealer: Dealer) -> Service:
    """The service as the orders show it now."""
    at = timezone.now()
    first = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    with tenancy.inside(dealer.pk):
        day, hours = _by_brand(dealer.pk, since=first)
        recent, _hours = _by_brand(dealer.pk, since=at - RECENT)
        paces, stuck, closed = pace.paces(dealer.pk), _stuck(dealer.pk), _closed(dealer.pk)
        sold = Brand.objects.filter(product__dealer=dealer, product__prices__isnull=False).distinct()
        brands = [
            BrandService(
                code=brand.code,
                name=brand.name,
                colour=brand.colour,
                day=day.get(brand.pk, Figures()),
                hours=tuple(_whole_day(first, hours.get(brand.pk, {}))),
                now=_judged(
                    recent.get(brand.pk, Figures()),
                    stuck=stuck.get(brand.pk, 0),
                    is_closed=brand.pk in closed,
                    usual=paces.get(brand.pk) or paces.get(None),
                ),
            )
            for brand in sold
        ]
        return Service(at=at, brands=tuple(brands), routes=_routes(dealer.pk, day=first, recent=at - RECENT))


def _judged(recent: Figures, *, stuck: int, is_closed: bool, usual: Pace | None) -> Now:
    slow = max(_SLOW_SECONDS, _SLOW_FACTOR * usual.p95 if usual else 0)
    trouble = Trouble.NONE
    if is_closed:
        trouble = Trouble.CLOSED
    elif recent.is_enough and recent.rate < _FAILING_BELOW:
        trouble = Trouble.FAILING
    elif stuck >= _STUCK:
        trouble = Trouble.STUCK
    elif recent.is_enough and recent.p50 is not None and recent.p50 > slow:
        trouble = Trouble.SLOW
    return Now(trouble=trouble, figures=recent, stuck=stuck)


def _by_brand(dealer_id: int, *, since: datetime) -> tuple[dict[int, Figures], dict[int, dict[datetime, Figures]]]:
    whole: dict[int, Figures] = {}
    hours: dict[int, dict[datetime, Figures]] = {}
    for brand_id, hour, *numbers in _rows(_BY_BRAND, dealer_id, since):
        if hour is None:
            whole[brand_id] = _figures(numbers)
        else:
            hours.setdefault(brand_id, {})[hour] = _figures(numbers)
    return whole, hours


def _whole_day(first: datetime, hours: dict[datetime, Figures]) -> list[Hour]:
    starts = [first + timedelta(hours=n) for n in range(HOURS)]
    return [Hour(start=start, figures=hours.get(start, Figures())) for start in starts]


def _stuck(dealer_id: int) -> dict[int, int]:
    """How many orders wait beyond their promise, by brand."""
    waiting = Order.objects.filter(
        pace.is_late(dealer_id), dealer_id=dealer_id, status__in=[Status.PAID, Status.PROCESSING]
    )
    found: dict[int, int] = {}
    for brand_id in waiting.values_list("product__brand_id", flat=True)[:1000]:
        found[brand_id] = found.get(brand_id, 0) + 1
    return found


def _closed(dealer_id: int) -> set[int]:
    """Brands of which nothing can be bought now."""
    tiles = [tile for kind in Kind for tile in catalog.tiles(dealer_id, kind=kind, brand=None)]
    return {tile.product.brand_id for tile in tiles} - {tile.product.brand_id for tile in tiles if tile.is_open}


def of_suppliers(dealer_id: int, *, since: datetime) -> dict[int, Figures]:
    """How sure and how fast each supplier was, by its id. Inside the dealer's transaction."""
    return {row[0]: _figures(row[1:]) for row in _rows(_BY_SUPPLIER, dealer_id, since)}


def _routes(dealer_id: int, *, day: datetime, recent: datetime) -> tuple[RouteService, ...]:
    by_day, lately = of_suppliers(dealer_id, since=day), of_suppliers(dealer_id, since=recent)
    selling = Product.objects.filter(dealer_id=dealer_id, is_open=True)
    used = Supplier.objects.filter(dealer_id=dealer_id, routes__product__in=selling).distinct().order_by("pk")
    return tuple(
        RouteService(
            number=number,
            day=by_day.get(supplier.pk, Figures()),
            trouble=_judged(
                lately.get(supplier.pk, Figures()), stuck=0, is_closed=not supplier.is_open, usual=None
            ).trouble,
        )
        for number, supplier in enumerate(used, start=1)
    )


def _figures(numbers: Any) -> Figures:
    succeeded, failed, p50, p95 = numbers
    return Figures(succeeded=succeeded, failed=failed, p50=p50, p95=p95)


def _rows(sql: str, dealer_id: int, since: datetime) -> list[tuple[Any, ...]]:
    given: dict[str, Any] = {"dealer": dealer_id, "since": since, "buyers": [str(reason) for reason in BUYERS_OWN]}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
