"""How long a dealer's orders take, and what may be promised from that: the dealer's own numbers, or an honest guess.

A promise is of news. It comes from the last seven days: from the brand's own orders if there were enough, else
from all of the dealer's, else from nothing but experience, and then it is called a guess. Each is worked out by
one query now and then, never while somebody waits for a page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from portal.lib import tenancy
from transactions.models import Order, Pace

LEAST_ORDERS = 20
"""Fewer deliveries than this say nothing about the next one."""
GUESS = timedelta(minutes=2)
SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(minutes=8)
"""Sooner than a minute no clock on a page is honest; later than this staff have been asked to look already."""
_SLACK = 1.5
"""One order in twenty takes longer than p95: a promise leaves room for most of them."""
_TOO_OLD = timedelta(days=2)

_WORK_OUT = """
INSERT INTO pace (dealer_id, brand_id, orders, p50, p95, at)
SELECT %(dealer)s, brand_id, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
    percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds), now()
FROM (
    SELECT p.brand_id, greatest(0, extract(epoch FROM o.finished_at - o.paid_at)::float8) AS seconds
    FROM orders o JOIN product p ON p.dealer_id = o.dealer_id AND p.id = o.product_id
    -- An order lives a day unpaid and some hours more: by `created_at` there is an index.
    WHERE o.dealer_id = %(dealer)s AND o.status = 'succeeded' AND o.created_at >= now() - interval '9 days'
      AND o.finished_at >= now() - interval '7 days' AND o.paid_at IS NOT NULL
) delivered
GROUP BY GROUPING SETS ((brand_id), ()) HAVING count(*) >= %(least)s
"""


@dataclass(frozen=True)
class Promise:
    """By when there is news of an order. `pace` is what it rests on; None: a guess."""

    pace: Pace | None
    until: datetime

    @property
    def is_of_brand(self) -> bool:
        """Whether it rests on orders of the same brand."""
        return self.pace is not None and self.pace.brand_id is not None

    @property
    def usual(self) -> timedelta:
        """How long half of the orders take, at most."""
        return GUESS if self.pace is None else timedelta(seconds=self.pace.p50)


def work_out(dealer_id: int) -> None:
    """Read the last seven days anew."""
    with tenancy.inside(dealer_id), connection.cursor() as cursor:
        Pace.objects.filter(dealer_id=dealer_id).delete()
        cursor.execute(_WORK_OUT, {"dealer": dealer_id, "least": LEAST_ORDERS})


def paces(dealer_id: int) -> dict[int | None, Pace]:
    """What is known, by brand; None is all brands together. Inside the dealer's transaction."""
    fresh = Pace.objects.filter(dealer_id=dealer_id, at__gte=timezone.now() - _TOO_OLD)
    return {pace.brand_id: pace for pace in fresh}


def promise(order: Order) -> Promise:
    """What was promised about this order, to the full minute. Inside the dealer's transaction."""
    known = Pace.objects.filter(dealer_id=order.dealer_id, at__gte=timezone.now() - _TOO_OLD)
    fitting = known.filter(Q(brand_id=order.product.brand_id) | Q(brand=None))
    pace = fitting.order_by(F("brand").desc(nulls_last=True)).first()
    return Promise(pace, until(order.paid_at or order.created_at, pace))


def until(since: datetime, pace: Pace | None) -> datetime:
    """By when there is news of what was paid at `since`: a full minute, because that is what clocks show."""
    exact = since + _room(pace)
    minute = exact.replace(second=0, microsecond=0)
    return minute if minute == exact else minute + timedelta(minutes=1)


def is_late(dealer_id: int) -> Q:
    """Orders whose promise has passed, whatever has become of them: a condition on orders."""
    minute, known = timezone.now().replace(second=0, microsecond=0), paces(dealer_id)
    brands = {brand: pace for brand, pace in known.items() if brand is not None}
    late = Q(paid_at__lte=minute - _room(known.get(None))) & ~Q(product__brand_id__in=list(brands))
    for brand, pace in brands.items():
        late |= Q(product__brand_id=brand, paid_at__lte=minute - _room(pace))
    return late


def _room(pace: Pace | None) -> timedelta:
    wanted = GUESS if pace is None else timedelta(seconds=pace.p95 * _SLACK)
    return min(max(wanted, SHORTEST), _LONGEST)
