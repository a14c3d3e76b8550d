"""How every supplier does, side by side: how sure and fast it is, how long its money lasts, how fresh its list.

Success and speed are of the last day; refusals that speak of the number count against nobody. The money lasts as
long as it would at the faster of two paces: the last day's, and that of the last three hours, so that an evening's
rush is seen before the deposit is empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Q, Sum
from django.utils import timezone

from dealers.models import Dealer
from transactions import service
from transactions.desk_selectors import catalogue
from transactions.desk_selectors.catalogue import Deposit
from transactions.desk_selectors.sync import STALE_AFTER
from transactions.models import Attempt, Route, RunState, Supplier, SyncRun, SyncState
from transactions.service import Figures

DAY, RUSH = timedelta(hours=24), timedelta(hours=3)
LONGEST = 30 * 24.0
"""Hours; more than a month is no forecast."""
SOON = 6.0
"""Hours below which somebody should top up now."""


class Freshness(StrEnum):
    """How a supplier's list stands."""

    HELD = "held"
    NEVER = "never"
    STALE = "stale"
    FRESH = "fresh"


@dataclass(frozen=True)
class Turn:
    """For how many products on sale a supplier is asked first, and for how many only after another."""

    first: int = 0
    later: int = 0
    closed: int = 0


@dataclass(frozen=True, kw_only=True)
class Line:
    """One supplier among the others; `hours_left` None where nothing was bought there lately."""

    deposit: Deposit
    day: Figures
    hours_left: float | None
    freshness: Freshness
    synced_at: datetime | None
    turn: Turn

    @property
    def supplier(self) -> Supplier:
        """Whose line it is."""
        return self.deposit.supplier

    @property
    def runs_out_soon(self) -> bool:
        """Whether the money there does not last the day's next quarter."""
        return self.hours_left is not None and self.hours_left < SOON

    @property
    def lasts(self) -> int | None:
        """Whole hours that the money lasts, rounded down, so that nobody is promised too much."""
        return None if self.hours_left is None else int(min(self.hours_left, LONGEST))

    @property
    def lasts_long(self) -> bool:
        """Whether that is further ahead than can be said."""
        return self.hours_left is not None and self.hours_left >= LONGEST


def lines(dealer: Dealer) -> list[Line]:
    """Every supplier of the dealer's. Inside its transaction."""
    now = timezone.now()
    day = service.of_suppliers(dealer.pk, since=now - DAY)
    spent, rush = _spent(dealer.pk, now - DAY), _spent(dealer.pk, now - RUSH)
    states = {state.supplier_id: state for state in SyncState.objects.filter(dealer=dealer)}
    held = set(SyncRun.objects.filter(dealer=dealer, state=RunState.HELD).values_list("supplier_id", flat=True))
    turns = _turns(dealer.pk)
    found = []
    for deposit in catalogue.suppliers(dealer):
        key = deposit.supplier.pk
        state = states.get(key)
        found.append(
            Line(
                deposit=deposit,
                day=day.get(key, Figures()),
                hours_left=_hours_left(deposit, spent.get(key, 0), rush.get(key, 0)),
                freshness=Freshness.HELD if key in held else _freshness(state, now),
                synced_at=state.synced_at if state else None,
                turn=turns.get(key, Turn()),
            )
        )
    return found


def _spent(dealer_id: int, since: datetime) -> Mapping[int, int]:
    """What went to each supplier, in rupiah; an order lives a day unpaid and some hours more."""
    rows = Attempt.objects.filter(dealer_id=dealer_id, outcome=Attempt.Outcome.SUCCEEDED, finished_at__gte=since)
    rows = rows.filter(order__created_at__gte=since - timedelta(days=2))
    return dict(rows.values("supplier_id").annotate(sum=Sum("cost")).values_list("supplier_id", "sum"))


def _hours_left(deposit: Deposit, day: int, rush: int) -> float | None:
    """At the faster pace; None while nothing was spent."""
    an_hour = max(day / (DAY / timedelta(hours=1)), rush / (RUSH / timedelta(hours=1)))
    return max(deposit.left, 0) / an_hour if an_hour else None


def _freshness(state: SyncState | None, now: datetime) -> Freshness:
    if state is None or state.synced_at is None:
        return Freshness.NEVER
    return Freshness.STALE if now - state.synced_at > STALE_AFTER else Freshness.FRESH


def _turns(dealer_id: int) -> dict[int, Turn]:
    """Who is asked first and who later, over the products on sale; ranks and costs decide, as in a sale."""
    rows = Route.objects.filter(dealer_id=dealer_id, product__is_open=True)
    openly = rows.filter(is_open=True, supplier__is_open=True).order_by("product_id", "rank", "cost", "id")
    first: dict[int, int] = {}
    later: dict[int, int] = {}
    before = 0
    for product, supplier in openly.values_list("product_id", "supplier_id"):
        counted = later if product == before else first
        counted[supplier] = counted.get(supplier, 0) + 1
        before = product
    closed = dict(
        rows.values("supplier_id")
        .annotate(n=Count("pk", filter=Q(is_open=False)))
        .order_by()
        .values_list("supplier_id", "n")
    )
    return {key: Turn(first.get(key, 0), later.get(key, 0), closed[key]) for key in closed}
