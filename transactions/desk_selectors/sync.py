"""How a supplier's list is kept up to date, as staff see it: how fresh it is, what came last, what waits for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transactions.models import Route, RunState, Supplier, SyncRun, SyncState
from transactions.suppliers import words
from transactions.suppliers.base import Offer, Trouble
from transactions.sync import lists, runs, writing

SHOWN_RUNS = 8
MOST_SHOWN = 100
"""Differences of a held list that are shown: what is sold first, then the widest."""
STALE_AFTER = timedelta(minutes=45)

_TROUBLES: dict[str, Promise] = {
    runs.INTERRUPTED: _("Terhenti di tengah jalan. Daftar lama tetap dipakai."),
    runs.TOO_LONG: _("Daftarnya terlalu panjang, jadi tidak dibaca."),
    runs.UNREADABLE_KEY: _("Kunci yang tersimpan tidak bisa dibuka lagi. Tulis kuncinya sekali lagi."),
}


def trouble_words(trouble: str) -> str | Promise:
    """Why a run brought nothing, and what to do about it."""
    if trouble in _TROUBLES:
        return _TROUBLES[trouble]
    return words.staff(Trouble(trouble)) if trouble in set(Trouble) else ""


@dataclass(frozen=True)
class RunLine:
    """One run in the list of the last ones."""

    run: SyncRun

    @property
    def trouble(self) -> str | Promise:
        """Why it brought nothing."""
        return trouble_words(self.run.trouble)

    @property
    def is_good(self) -> bool:
        """Whether the list is in force."""
        return self.run.state in {RunState.APPLIED, RunState.SAME}


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the supplier's page shows of its sync."""

    synced_at: datetime | None
    next_at: datetime | None
    running_since: datetime | None
    held: SyncRun | None
    lines: list[RunLine]
    rows: int
    closed: int
    unlisted: int
    now: datetime

    @property
    def last(self) -> RunLine | None:
        """The newest run that has ended."""
        return next((line for line in self.lines if line.run.state != RunState.RUNNING), None)

    @property
    def lag(self) -> int | None:
        """Seconds since the list was last known to be what the supplier says."""
        return int((self.now - self.synced_at).total_seconds()) if self.synced_at else None

    @property
    def is_stale(self) -> bool:
        """Whether that is too long ago."""
        return self.synced_at is None or self.now - self.synced_at > STALE_AFTER


def card(supplier: Supplier) -> Card:
    """One supplier's sync."""
    own = {"dealer_id": supplier.dealer_id, "supplier": supplier}
    state = SyncState.objects.filter(**own).select_related("run").first()
    now = timezone.now()
    is_running = state is not None and state.run is not None and state.lease_until and state.lease_until > now
    auto = Route.objects.filter(**own, is_open=False).exclude(closed_by="")
    offered = supplier.offers.filter(dealer_id=supplier.dealer_id)
    listed = {sku.upper() for sku in offered.values_list("sku", flat=True)}
    bought = Route.objects.filter(**own).values_list("supplier_sku", flat=True)
    return Card(
        synced_at=state.synced_at if state else None,
        next_at=(state.next_at if state else now) if supplier.is_open else None,
        running_since=state.run.started_at if state and state.run and is_running else None,
        held=runs.held(supplier),
        lines=[
            RunLine(run)
            for run in SyncRun.objects.filter(**own).select_related("actor", "decided_by").defer("offers")[:SHOWN_RUNS]
        ],
        rows=len(listed),
        closed=auto.count(),
        unlisted=sum(sku.upper() not in listed for sku in bought) if listed else 0,
        now=now,
    )


@dataclass(frozen=True)
class Difference:
    """One line of a held list beside the one in force; prices in rupiah, None where there is no such line."""

    sku: str
    name: str
    old: int | None
    new: int | None
    sold_as: str = ""

    @property
    def percent(self) -> int | None:
        """How far the price moved."""
        return round((self.new - self.old) * 100 / self.old) if self.old and self.new else None


@dataclass(frozen=True)
class Held:
    """A held list, and the differences that matter most."""

    run: SyncRun
    shown: list[Difference]
    total: int


def held(run: SyncRun) -> Held:
    """What applying a held list would change."""
    checked = runs.held_list(run)
    diff = writing.differences(run.dealer_id, run.supplier_id, checked)
    routes = Route.objects.filter(dealer_id=run.dealer_id, supplier_id=run.supplier_id).select_related("product")
    sold = {route.supplier_sku.upper(): route.product.sku for route in routes}
    found = [_changed(offer, diff, sold) for offer in diff.changed]
    names = dict(run.supplier.offers.filter(dealer_id=run.dealer_id, sku__in=diff.gone).values_list("sku", "name"))
    back = {offer.sku.upper() for offer in diff.changed}
    for sku in diff.gone:
        key = sku.upper()
        if key not in back:
            found.append(Difference(sku, names.get(sku, sku), diff.was[key].price, None, sold.get(key, "")))
    found = [each for each in found if each.old != each.new]
    found.sort(key=_weight)
    return Held(run, found[:MOST_SHOWN], len(found))


def _changed(offer: Offer, diff: lists.Diff, sold: dict[str, str]) -> Difference:
    was = diff.was.get(offer.sku.upper())
    return Difference(offer.sku, offer.name, was.price if was else None, offer.price, sold.get(offer.sku.upper(), ""))


def _weight(each: Difference) -> tuple[bool, bool, int, str]:
    return not each.sold_as, each.old is None, -abs(each.percent or 0), each.sku
