"""The rows of the days that are over, opened by the clock or by hand; a row is found again whatever is lost.

Dealer zero is left out: its statement is this same database.
"""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from dealers import days
from dealers.models import Dealer, Partner, PartnerState
from transactions.models import Attempt, Order, ReconcileDay, ReconcileStatement, Supplier
from transactions.suppliers.registry import CONNECTORS

HOUR = 3
"""Of the dealer's day: by then it is past midnight in every zone of the country, and yesterday's sales are told."""
LOOKS_BACK = 3
"""Days for which a row is made if there is none, so that a night without a worker skips nothing."""
_OURSELVES = "zero"
_MASK = """
UPDATE reconcile_difference d SET ours = d.ours || '{"destination": ""}', theirs = d.theirs || '{"destination": ""}'
FROM reconcile_day r WHERE r.dealer_id = d.dealer_id AND r.id = d.day_id AND d.dealer_id = %s AND r.day < %s
  AND coalesce(nullif(d.ours ->> 'destination', ''), d.theirs ->> 'destination', '') <> ''
"""


class NotOver(Exception):
    """The day is still going on."""


def open_days(dealer: Dealer) -> None:
    """Make the rows of the last days, one for each supplier and partner with something to compare.

    Inside the dealer's transaction.
    """
    for day in _past(dealer):
        suppliers, partners = _sides(dealer, day)
        now = timezone.now()
        ReconcileDay.objects.bulk_create(
            [
                *(ReconcileDay(dealer=dealer, supplier_id=pk, day=day, next_at=now) for pk in suppliers),
                *(ReconcileDay(dealer=dealer, partner_id=pk, day=day, next_at=now) for pk in partners),
            ],
            ignore_conflicts=True,
        )


def open_day(dealer: Dealer, side: Supplier | Partner, day: dt.date) -> ReconcileDay:
    """The row of one day, made if there is none. Raises `NotOver`. Inside the dealer's transaction."""
    if day >= days.today(dealer):
        raise NotOver
    own = {"supplier": side} if isinstance(side, Supplier) else {"partner": side}
    row, _made = ReconcileDay.objects.get_or_create(dealer=dealer, **own, day=day, defaults={"next_at": timezone.now()})
    return row


def _past(dealer: Dealer) -> Iterable[dt.date]:
    here = timezone.now().astimezone(ZoneInfo(dealer.time_zone))
    last = here.date() - dt.timedelta(days=1 if here.hour >= HOUR else 2)
    return (last - dt.timedelta(days=back) for back in range(LOOKS_BACK))


def _sides(dealer: Dealer, day: dt.date) -> tuple[set[int], set[int]]:
    """Suppliers and partners for which the day has no row yet, and something to compare."""
    begins, ends = days.begins(dealer, day), days.ends(dealer, day)
    attempts = Attempt.objects.filter(dealer=dealer, first_sent_at__gte=begins, first_sent_at__lt=ends)
    orders = Order.objects.filter(
        dealer=dealer, partner__isnull=False, created_at__gte=begins, created_at__lt=ends
    ).order_by()
    used = set(attempts.order_by().values_list("supplier_id", flat=True).distinct())
    telling = Q(connector__in=[kind for kind, made in CONNECTORS.items() if hasattr(made, "statement")], is_open=True)
    suppliers = Supplier.objects.filter(Q(pk__in=used) | telling, dealer=dealer).exclude(connector=_OURSELVES)
    selling = orders.values_list("partner_id", flat=True).distinct()
    partners = Partner.objects.filter(dealer=dealer, pk__in=selling, state=PartnerState.ACTIVE, buyer__isnull=True)
    have = ReconcileDay.objects.filter(dealer=dealer, day=day).values_list("supplier_id", "partner_id")
    return (
        set(suppliers.values_list("pk", flat=True)) - {supplier for supplier, _partner in have},
        set(partners.values_list("pk", flat=True)) - {partner for _supplier, partner in have},
    )


def forget(dealer_id: int, *, older_than: dt.timedelta) -> None:
    """Remove what names people: statements of long ago, and the numbers in what differed.

    Inside the dealer's transaction.
    """
    limit = timezone.localdate() - older_than
    old = ReconcileStatement.objects.filter(dealer_id=dealer_id, day__day__lt=limit)
    old.exclude(lines=None, draft=None).update(lines=None, draft=None, draft_digest="", draft_name="")
    with connection.cursor() as cursor:
        cursor.execute(_MASK, [dealer_id, limit])
