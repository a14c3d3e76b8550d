"""Finding orders, and everything that is known about one of them."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from dealers import days
from dealers.models import Dealer
from portal.lib import ids, msisdn, tenancy
from transactions import amends
from transactions.desk_selectors import account_names, words
from transactions.models import (
    Amends,
    AmendsKind,
    Attempt,
    Decision,
    Incident,
    Order,
    OrderEvent,
    Payment,
    Receipt,
    Refund,
    Task,
    TaskKind,
    Transfer,
)
from transactions.suppliers.digiflazz_codes import staff_text

PAGE = 50
COUNTED = 1000
"""Counting stops here: the page then says "more than"."""
_CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody is looking for; dates are days of the dealer, both included."""

    q: str = ""
    status: str = ""
    channel: str = ""
    brand: str = ""
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True)
class Page:
    """One page of orders, newest first; `last` is the code after which the next page begins, if any."""

    rows: list[Order]
    last: str
    count: int

    @property
    def is_capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > COUNTED


def found(dealer: Dealer, wanted: Wanted) -> QuerySet[Order]:
    """The dealer's orders that fit, newest first."""
    rows = Order.objects.filter(dealer=dealer).select_related("product__brand")
    if wanted.q:
        rows = rows.filter(_says(dealer, wanted.q))
    for field, value in (
        ("status", wanted.status),
        ("channel", wanted.channel),
        ("product__brand__code", wanted.brand),
    ):
        if value:
            rows = rows.filter(**{field: value})
    if wanted.start:
        rows = rows.filter(created_at__gte=days.begins(dealer, wanted.start))
    if wanted.end:
        rows = rows.filter(created_at__lt=days.ends(dealer, wanted.end))
    return rows


def _says(dealer: Dealer, text: str) -> Q:
    """A code, an attempt's reference or a number, as an index finds them; only else a beginning, or a partner's ref."""
    exact = Q(code__in=_codes(text)) | Q(destination__in=_numbers(text))
    return exact if Order.objects.filter(exact, dealer=dealer).exists() else _begins(text)


def _codes(text: str) -> list[str]:
    attempt = re.fullmatch(r"([0-9A-Za-z]{11})-\d+", text)
    try:
        return [ids.normalise(attempt[1] if attempt else text)]
    except ids.BadCode:
        return []


def _numbers(text: str) -> list[str]:
    found = []
    for read in (msisdn.parse, msisdn.parse_meter):
        try:
            found.append(read(text))
        except msisdn.NotANumber:
            continue
    return found


def _begins(text: str) -> Q:
    hits = Q(ref_id=text)
    code = re.sub(r"[^0-9A-Z]", "", text.upper())
    if len(code) >= 4:
        hits |= Q(code__startswith=code)
    digits = re.sub(r"[\s().+-]", "", text)
    if re.fullmatch(r"[0-9]{4,}", digits):
        subscriber = re.sub(r"^(?:62|0)", "", digits)
        hits |= Q(destination__startswith=f"+62{subscriber}") | Q(destination__startswith=digits)
    return hits


def page(dealer: Dealer, wanted: Wanted, *, after: str = "") -> Page:
    """The orders that follow the one with the code `after`, or the newest."""
    rows = found(dealer, wanted)
    count = rows.order_by()[: COUNTED + 1].count()
    shown = list(_after(dealer, rows, after)[: PAGE + 1])
    return Page(shown[:PAGE], shown[PAGE - 1].code if len(shown) > PAGE else "", count)


def _after(dealer: Dealer, rows: QuerySet[Order], code: str) -> QuerySet[Order]:
    last = Order.objects.filter(dealer=dealer, code=code).first() if code else None
    if last is None:
        return rows
    return rows.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))


def all_of(dealer: Dealer, wanted: Wanted) -> Iterator[Order]:
    """Every order that fits, newest first, read in short transactions so that a slow line holds none open."""
    last = ""
    while True:
        with tenancy.inside(dealer.pk):
            rows = list(_after(dealer, found(dealer, wanted), last)[:_CHUNK])
        yield from rows
        if len(rows) < _CHUNK:
            return
        last = rows[-1].code


@dataclass(frozen=True)
class Moment:
    """One line of an order's history, in words."""

    event: OrderEvent
    text: str


@dataclass(frozen=True)
class Try:
    """One attempt, and what its response code means."""

    attempt: Attempt
    meaning: str | Promise


@dataclass(frozen=True)
class Booking:
    """One transfer of an order, with its accounts named."""

    transfer: Transfer
    frm: str
    to: str


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything that is known about an order."""

    order: Order
    moments: list[Moment]
    tries: list[Try]
    bookings: list[Booking]
    payments: list[Payment]
    receipts: list[Receipt]
    refunds: list[Refund]
    incidents: list[Incident]
    tasks: list[Task]
    decision: Decision | None
    amends: list[Amends]
    proposal: Amends | None
    """What somebody wants to give, and a second person has not agreed to yet."""
    can_give: dict[str, int]
    """How many rupiah can be given now, by kind."""

    @property
    def is_undecided(self) -> bool:
        """Whether it waits for a person to say how it ended."""
        return any(task.kind == TaskKind.UNDECIDED for task in self.tasks)


def dossier(order: Order) -> Dossier:
    """Everything about an order of the dealer whose transaction is open."""
    own = {"dealer_id": order.dealer_id, "order": order}
    attempts = list(
        Attempt.objects.filter(**own).select_related("supplier").prefetch_related("exchanges").order_by("number")
    )
    suppliers = {attempt.pk: attempt.supplier.name for attempt in attempts}
    events = OrderEvent.objects.filter(**own).select_related("actor")
    given = list(Amends.objects.filter(**own).select_related("proposed_by", "approved_by", "dropped_by", "refund"))
    return Dossier(
        order=order,
        moments=[Moment(event, words.event(event, suppliers)) for event in events],
        tries=[Try(attempt, staff_text(attempt.rc) if attempt.rc else "") for attempt in attempts],
        bookings=_bookings(order),
        payments=list(Payment.objects.filter(**own)),
        receipts=list(Receipt.objects.filter(**own).select_related("taken_by")),
        refunds=list(Refund.objects.filter(**own).select_related("paid_by")),
        incidents=list(Incident.objects.filter(**own)),
        tasks=list(Task.objects.filter(**own, closed_at__isnull=True)),
        decision=Decision.objects.filter(**own).select_related("proposed_by", "approved_by").first(),
        amends=given,
        proposal=next((row for row in given if row.is_open), None),
        can_give={kind.value: amends.most(order, kind) for kind in AmendsKind},
    )


def _bookings(order: Order) -> list[Booking]:
    rows = Transfer.objects.filter(dealer_id=order.dealer_id, order_id=order.pk).select_related("frm", "to")
    transfers = list(rows.order_by("id"))
    called = account_names.names(order.dealer_id, [end for row in transfers for end in (row.frm, row.to)])
    return [Booking(row, called[account_names.key(row.frm)], called[account_names.key(row.to)]) for row in transfers]
