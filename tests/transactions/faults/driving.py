"""Turning the dispatcher by hand: each step is one claim, and time passes when a test says so."""

from django.db import connection

from portal.lib import tenancy
from tests.factories import Shop
from transactions import dispatch
from transactions.models import Attempt, Due, Order
from transactions.suppliers.simulator import Simulator
from transactions.suppliers.simulator.accounts import Account


def accounts() -> list[Account]:
    """The simulator's accounts as `tests.factories` makes their suppliers."""
    names = ("konter-a", "konter-b", "berkah-a")
    return [Account(username=n, api_key=f"{n}-key", webhook_secret=f"{n}-secret") for n in names]


def step() -> int:
    """Do everything that is due now."""
    return dispatch.run_once()


def pass_time(order: Order) -> None:
    """Whatever the order waits for is over: it is due, and nobody holds a lease."""
    Due.objects.filter(kind="order", target=order.pk).update(due_at="2020-01-01T00:00:00Z", lease_until=None)


def seconds_until_due(order: Order) -> float:
    """When the order is looked at again, by the clock that set it: it stands still while a test's transaction lasts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM greatest(due_at, coalesce(lease_until, due_at)) - now()) "
            "FROM due WHERE kind = 'order' AND target = %s",
            [order.pk],
        )
        return float(cursor.fetchone()[0])


def attempts(shop: Shop, order: Order) -> list[Attempt]:
    """What was tried for an order, first to last."""
    with tenancy.inside(shop.dealer.pk):
        return list(Attempt.objects.filter(order=order).select_related("supplier").order_by("number"))


def delivered(simulator: Simulator, order: Order) -> int:
    """How often the supplier really delivered an order, over all its attempts."""
    return sum(row["ref"].startswith(f"{order.code}-") for row in simulator.log())
