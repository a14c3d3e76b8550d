"""The desk's first page: how today goes, what waits for somebody, and what was sold last.

Sales and profit are read from the ledger, so that a reversal counts on the day it happened; the
number of orders and how many succeeded are read from the orders placed today.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from dealers import days
from dealers.models import Dealer
from transactions import pace
from transactions.models import AccountKind, Order, Status, Task, Transfer

_SPENT = (AccountKind.COST, AccountKind.LATE_LOSS, AccountKind.GATEWAY_FEE, AccountKind.GOODWILL, AccountKind.PROMO)
_EARNED = (AccountKind.SALES, AccountKind.FEE_INCOME, AccountKind.SHARE_EARNED)


@dataclass(frozen=True, kw_only=True)
class Today:
    """The day so far; sums in rupiah, `at` is when they were read."""

    sales: int
    profit: int
    orders: int
    succeeded: int
    failed: int
    at: dt.datetime

    @property
    def ended(self) -> int:
        """Orders with a verdict."""
        return self.succeeded + self.failed

    @property
    def success(self) -> str:
        """`98,9 %`; nothing while nothing has ended."""
        if not self.ended:
            return ""
        tenths = self.succeeded * 1000 // self.ended
        return f"{tenths // 10},{tenths % 10} %"


def today(dealer: Dealer) -> Today:
    """Today's numbers in the dealer's zone."""
    start = days.begins(dealer, days.today(dealer))
    moved = Transfer.objects.filter(dealer=dealer, at__gte=start).aggregate(
        sales=_net(AccountKind.SALES), earned=_net(*_EARNED), spent=_net(*_SPENT)
    )
    placed = Order.objects.filter(dealer=dealer, created_at__gte=start, paid_at__isnull=False).aggregate(
        orders=Count("id"),
        succeeded=Count("id", filter=Q(status=Status.SUCCEEDED)),
        failed=Count("id", filter=Q(status=Status.FAILED)),
    )
    return Today(sales=moved["sales"], profit=moved["earned"] + moved["spent"], at=timezone.now(), **placed)


def _net(*kinds: AccountKind) -> Coalesce:
    """Σ in − Σ out of these accounts: what was spent is negative."""
    came = Sum(Case(When(to_kind__in=kinds, then=F("amount")), default=Value(0)))
    went = Sum(Case(When(frm_kind__in=kinds, then=F("amount")), default=Value(0)))
    return Coalesce(came - went, Value(0))


def open_tasks(dealer: Dealer) -> QuerySet[Task]:
    """What waits for a person, the most urgent first."""
    return Task.objects.filter(dealer=dealer, closed_at__isnull=True).select_related("order", "incident")


def late_orders(dealer: Dealer) -> QuerySet[Order]:
    """Orders that are with a supplier for longer than promised and have no task yet."""
    rows = Order.objects.filter(pace.is_late(dealer.pk), dealer=dealer, status=Status.PROCESSING)
    rows = rows.exclude(pk__in=open_tasks(dealer).filter(order__isnull=False).values("order_id"))
    return rows.select_related("product__brand").order_by("sent_at")


def last_orders(dealer: Dealer) -> QuerySet[Order]:
    """The newest orders of the people who bought here."""
    return Order.objects.filter(dealer=dealer).select_related("product__brand")[:8]
