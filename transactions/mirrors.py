"""Our picture of each supplier's balance, and how far it is from what the supplier says.

The mirror is the deposit account turned round (opening + top-ups − booked cost) less the cost of
attempts that are still pending. A drift beyond what is pending opens a task.
"""

from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from portal.lib import tenancy
from transactions import accounts, rollups, todo
from transactions.models import Attempt, Status, Supplier, TaskKind
from transactions.suppliers import connections

LOW_BALANCE = 200_000
"""Rupiah below which somebody should top the deposit up."""
LOOK_WITHIN = timedelta(hours=4)


def expected(supplier: Supplier) -> int:
    """What should be left at the supplier, in rupiah."""
    booked = -rollups.balance(supplier.dealer_id, accounts.supplier_of(supplier))
    return booked - pending_cost(supplier)


def pending_cost(supplier: Supplier) -> int:
    """The cost of attempts without a verdict, in rupiah; where staff said *succeeded* it is booked already."""
    rows = Attempt.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier, outcome=Attempt.Outcome.PENDING)
    return int(rows.exclude(order__status=Status.SUCCEEDED).aggregate(n=Sum("cost"))["n"] or 0)


def drift(supplier: Supplier) -> int | None:
    """Reported less expected balance, in rupiah, 0 while pending attempts explain it; None while unknown."""
    if supplier.reported_balance is None:
        return None
    gap = supplier.reported_balance - expected(supplier)
    return 0 if 0 <= gap <= pending_cost(supplier) else gap


def refresh(supplier: Supplier) -> None:
    """Ask the supplier for our balance and write it down. Raises `SupplierUnavailable`."""
    balance = connections.connect(supplier).balance()
    with tenancy.inside(supplier.dealer_id):
        supplier.reported_balance, supplier.reported_at = balance, timezone.now()
        supplier.save(update_fields=["reported_balance", "reported_at"])
        if drift(supplier) or balance < LOW_BALANCE:
            todo.ask(supplier.dealer_id, TaskKind.SUPPLIER, supplier.code, within=LOOK_WITHIN)
        else:
            todo.done(supplier.dealer_id, TaskKind.SUPPLIER, supplier.code)
