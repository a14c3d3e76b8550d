"""Celery tasks: each loads what it needs and calls one function; losing one loses nothing."""

import time
from datetime import timedelta

import structlog
from celery import shared_task
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from dealers import authentication, call_log
from dealers.models import Dealer
from portal.lib import tenancy, vault
from transactions import deposit_tickets, fulfilment, mirrors, pace, refund_ways, rollups, sandbox, todo, webhooks
from transactions.models import Order, Status, Supplier, TaskKind
from transactions.reconcile import opening
from transactions.reconcile import runs as reconcile_runs
from transactions.suppliers.base import SupplierUnavailable
from transactions.sync import runs

log = structlog.get_logger(__name__)


@shared_task(soft_time_limit=45, time_limit=60)
def roll_up() -> None:
    """Bring every book's roll-ups up to date."""
    for dealer_id in _dealers():
        rollups.roll_up(dealer_id)


@shared_task(soft_time_limit=45, time_limit=60)
def seal() -> None:
    """Seal every book's past once a night."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            due = rollups.seal_is_due(dealer_id)
        if due:
            rollups.seal(dealer_id)


@shared_task(soft_time_limit=45, time_limit=60)
def supplier_balances() -> None:
    """Ask every supplier for our balance, and compare it with the book."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            suppliers = list(Supplier.objects.filter(dealer_id=dealer_id, is_open=True))
        for supplier in suppliers:
            try:
                mirrors.refresh(supplier)
            except SupplierUnavailable as error:
                log.warning("supplier balance unknown", supplier=supplier.code, error=str(error)[:200])


@shared_task(soft_time_limit=45, time_limit=60)
def price_lists() -> None:
    """Have every list fetched whose turn it is, each by a task of its own; one that is lost is due again."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            ids = [supplier.pk for supplier in runs.due(dealer_id)]
        for supplier_id in ids:
            price_list.apply_async((dealer_id, supplier_id), expires=55)


@shared_task(soft_time_limit=45, time_limit=60)
def price_list(dealer_id: int, supplier_id: int) -> None:
    """Take one supplier's list over."""
    with tenancy.inside(dealer_id):
        supplier = next((row for row in runs.due(dealer_id) if row.pk == supplier_id), None)
    if supplier is None:
        return
    try:
        runs.run(supplier)
    except (SupplierUnavailable, vault.CannotOpen, runs.Busy, runs.TooSoon) as no:
        log.info("price list not taken over", supplier=supplier.code, dealer=dealer_id, why=repr(no)[:200])


@shared_task(soft_time_limit=45, time_limit=60)
def forget_runs() -> None:
    """Remove old runs of the sync that brought nothing."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            runs.forget(dealer_id, older_than=timedelta(days=30))


@shared_task(soft_time_limit=45, time_limit=60)
def reconcile() -> None:
    """Open the days that are over, and have each worked on whose turn it is; one that is lost is due again."""
    for dealer in Dealer.objects.order_by("pk"):
        with tenancy.inside(dealer.pk):
            opening.open_days(dealer)
            ids = reconcile_runs.due(dealer.pk)
        for day_id in ids:
            reconcile_day.apply_async((dealer.pk, day_id), expires=280)


@shared_task(soft_time_limit=45, time_limit=60)
def reconcile_day(dealer_id: int, day_id: int) -> None:
    """Do the next part of one day's reconciliation."""
    dealer = Dealer.objects.get(pk=dealer_id)
    with tenancy.inside(dealer_id):
        if day_id not in reconcile_runs.due(dealer_id):
            return
    try:
        reconcile_runs.work(dealer, day_id)
    except reconcile_runs.Busy:
        log.info("day is being compared already", dealer=dealer_id, day=day_id)


@shared_task(soft_time_limit=45, time_limit=60)
def forget_statements() -> None:
    """Forget the numbers in statements of long ago."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            opening.forget(dealer_id, older_than=timedelta(days=90))


@shared_task(soft_time_limit=45, time_limit=60)
def overdue() -> None:
    """Orders without a verdict for too long get their task even if nobody asks the supplier any more."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            late = Order.objects.filter(pace.is_late(dealer_id), dealer_id=dealer_id, status=Status.PROCESSING)
            for order in [o for o in late.select_related("product") if fulfilment.staff_look_at(o) < timezone.now()]:
                todo.ask(dealer_id, TaskKind.UNDECIDED, order.code, within=fulfilment.STAFF_WITHIN, order=order)


@shared_task(soft_time_limit=45, time_limit=60)
def paces() -> None:
    """Read anew how long each dealer's orders take."""
    for dealer_id in _dealers():
        pace.work_out(dealer_id)


@shared_task(soft_time_limit=45, time_limit=60)
def partitions() -> None:
    """Make room for next month's raw calls and drop those older than 90 days."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT exchange_partitions_v1()")


@shared_task(soft_time_limit=45, time_limit=60)
def refund_destinations() -> None:
    """Forget whose accounts refunds went to that ended long ago."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            refund_ways.forget(dealer_id, now=timezone.now())


@shared_task(soft_time_limit=45, time_limit=60)
def partner_leftovers() -> None:
    """Forget nonces that nobody can use again, and what they tried out or were told long ago."""
    for dealer in Dealer.objects.order_by("pk"):
        with tenancy.inside(dealer.pk):
            authentication.forget_nonces(dealer)
            sandbox.forget(dealer.pk)
            webhooks.forget(dealer.pk)


@shared_task(soft_time_limit=45, time_limit=60)
def forget_calls() -> None:
    """Forget partners' calls of more than 30 days ago, for half a minute; the rest is found at the next turn."""
    ends = time.monotonic() + 30
    for dealer_id in _dealers():
        goes_on = True
        while goes_on and time.monotonic() < ends:
            with tenancy.inside(dealer_id):
                goes_on = call_log.forget(dealer_id)


@shared_task(soft_time_limit=45, time_limit=60)
def clear_sessions() -> None:
    """Remove sessions that have expired."""
    call_command("clearsessions")


def _dealers() -> list[int]:
    return list(Dealer.objects.order_by("pk").values_list("pk", flat=True))


@shared_task(soft_time_limit=45, time_limit=60)
def deposit_tickets_over() -> None:
    """Write down which deposit tickets have run out; whoever looks before that sees it all the same."""
    for dealer_id in _dealers():
        with tenancy.inside(dealer_id):
            deposit_tickets.expire(dealer_id)
