"""Reconciliation as the desk shows it: days by side, differences with both sides, and what a decision would move."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.models import Dealer, Partner
from portal.lib import msisdn
from portal.lib.money import rupiah
from transactions.models import (
    Difference,
    DifferenceKind,
    DifferenceState,
    ReconcileDay,
    ReconcileStatement,
    Resolution,
    Supplier,
)
from transactions.reconcile import resolving, sides, spelling, writing
from transactions.reconcile.files import Fault
from transactions.reconcile.matching import Ours
from transactions.suppliers import words as supplier_words
from transactions.suppliers.base import Outcome, StatementLine, Trouble

HEAD = ("ref_id", "sku", "number", "price", "status", "sn", "date")
"""Columns of our side and of theirs as files: those that an upload is read by, so that one portal reads another's."""
_WORDS = {Outcome.SUCCEEDED: "Sukses", Outcome.FAILED: "Gagal", Outcome.PENDING: "Pending"}
_OUTCOMES: dict[str, Promise] = {
    Outcome.SUCCEEDED: gettext_lazy("Berhasil"),
    Outcome.FAILED: gettext_lazy("Gagal"),
    Outcome.PENDING: gettext_lazy("Belum pasti"),
}
_FAULTS: dict[str, Promise] = {
    Fault.TOO_LARGE: gettext_lazy("Berkasnya terlalu besar. Paling besar 6 MB."),
    Fault.TOO_LONG: gettext_lazy("Barisnya terlalu banyak. Paling banyak 50.000."),
    Fault.NOT_TEXT: gettext_lazy("Ini bukan berkas CSV. Simpan dulu sebagai CSV dari Excel."),
    Fault.NO_HEAD: gettext_lazy("Baris judulnya tidak dikenal. Paling sedikit perlu kolom ref, harga dan status."),
    Fault.EMPTY: gettext_lazy("Tidak ada satu baris pun di bawah judulnya."),
    Fault.REFERENCE: gettext_lazy("referensinya kosong"),
    Fault.PRICE: gettext_lazy("harganya bukan rupiah"),
    Fault.STATUS: gettext_lazy("statusnya tidak dikenal"),
    Fault.DATE: gettext_lazy("tanggalnya tidak dikenal"),
    Fault.LENGTH: gettext_lazy("isinya terlalu panjang"),
}
_ORDER = {DifferenceState.PROPOSED: 0, DifferenceState.OPEN: 1, DifferenceState.WAITING: 2, DifferenceState.RESOLVED: 3}


def fault_words(fault: Fault) -> str:
    """Why a file or a line cannot be used."""
    return str(_FAULTS[fault])


def choices(dealer: Dealer) -> list[tuple[str, str]]:
    """Whose days there can be: `s:<id>` a supplier, `p:<id>` a partner."""
    suppliers = Supplier.objects.filter(dealer=dealer).exclude(connector="zero").order_by("name")
    partners = Partner.objects.filter(dealer=dealer, buyer__isnull=True).order_by("name")
    return [
        *((f"s:{row.pk}", row.name) for row in suppliers),
        *((f"p:{row.pk}", _("%(name)s (mitra)") % {"name": row.name}) for row in partners),
    ]


def side(dealer: Dealer, word: str) -> Supplier | Partner:
    """Whom a choice stands for. Raises `DoesNotExist`."""
    kind, _colon, pk = word.partition(":")
    if kind == "s":
        return Supplier.objects.get(dealer=dealer, pk=pk)
    return Partner.objects.get(dealer=dealer, pk=pk)


def days(dealer: Dealer, *, who: str = "", state: str = "") -> QuerySet[ReconcileDay]:
    """Days, newest first, with how many of their differences still wait for somebody."""
    rows = ReconcileDay.objects.filter(dealer=dealer).select_related("supplier", "partner")
    if who:
        kind, _colon, pk = who.partition(":")
        rows = rows.filter(supplier_id=pk) if kind == "s" else rows.filter(partner_id=pk)
    if state:
        rows = rows.filter(state=state)
    waiting = Count("differences", filter=~Q(differences__state=DifferenceState.RESOLVED))
    return rows.annotate(open_count=waiting).order_by("-day", "id")


def differences(row: ReconcileDay, *, kind: str = "", open_only: bool = False) -> QuerySet[Difference]:
    """A day's differences, what waits for somebody first."""
    rows = Difference.objects.filter(dealer_id=row.dealer_id, day=row)
    if kind:
        rows = rows.filter(kind=kind)
    if open_only:
        rows = rows.exclude(state=DifferenceState.RESOLVED)
    whens = [When(state=state, then=Value(place)) for state, place in _ORDER.items()]
    return rows.annotate(place=Case(*whens, output_field=IntegerField())).order_by("place", "key", "id")


def one(dealer: Dealer) -> QuerySet[Difference]:
    """Differences with everything that their page shows."""
    rows = Difference.objects.filter(dealer=dealer)
    about = ("day__supplier", "day__partner", "order", "incident", "proposed_by", "resolved_by", "transfer")
    return rows.select_related(*about)


def outcome(word: str) -> str:
    """What became of a sale, in words."""
    return str(_OUTCOMES.get(word, word))


@dataclass(frozen=True)
class Seen:
    """One side of a difference: its fields, None where the side has no such line."""

    facts: Mapping[str, Any] | None
    at: dt.datetime | None

    @property
    def outcome(self) -> str:
        """What became of the sale."""
        return outcome(self.facts["outcome"]) if self.facts else ""


@dataclass(frozen=True)
class Pair:
    """A difference with both sides; `differing` names the fields that disagree."""

    row: Difference
    ours: Seen
    theirs: Seen
    differing: frozenset[str]


def pair(row: Difference) -> Pair:
    """Both sides of a difference."""
    ours, theirs = row.ours, row.theirs
    fields: set[str] = set()
    if ours and theirs:
        fields = {name for name in ("outcome", "price", "sku", "destination", "sn") if ours[name] != theirs[name]}
        relevant = {DifferenceKind.PRICE: {"price"}, DifferenceKind.OUTCOME: {"outcome"}}
        fields &= relevant.get(DifferenceKind(row.kind), fields)
    return Pair(row, _seen(ours), _seen(theirs), frozenset(fields))


def _seen(facts: Mapping[str, Any] | None) -> Seen:
    if facts is None:
        return Seen(None, None)
    number = re.sub(r"^(?:62|0)(?=8\d{8})", "+62", facts["destination"])
    at = dt.datetime.fromisoformat(facts["at"]) if facts["at"] else None
    return Seen({**facts, "destination": number}, at)


def trouble(row: ReconcileDay) -> str:
    """Why their statement was not to be had."""
    return str(supplier_words.staff(Trouble(row.trouble))) if row.trouble in set(Trouble) else ""


def effects(row: Difference) -> list[tuple[Resolution, str]]:
    """Each way to end a difference, and what it does to money, in a sentence."""
    return [(way, consequence(row, way)) for way in resolving.offered(row)]


def consequence(row: Difference, way: Resolution) -> str:
    """What a resolution does to money."""
    moved = resolving.effect(row, way)
    whose = row.day.supplier or row.day.partner
    figures = {"amount": rupiah(moved.amount) if moved else "", "who": whose.name if whose else ""}
    return _sentence(way, is_more=row.amount > 0, has_supplier=row.day.supplier_id is not None) % figures


def _sentence(way: Resolution, *, is_more: bool, has_supplier: bool) -> str:
    others = {
        Resolution.WRITE_OFF: _("Rugi %(amount)s; deposit di %(who)s berkurang sebanyak itu, modal tetap."),
        Resolution.INCIDENT: _("Belum ada uang yang bergerak: akibatnya diputuskan di halaman insiden."),
        Resolution.WAIT: _("Tidak ada uang yang bergerak. Selisih tetap terbuka sampai tanggal yang dijanjikan."),
        Resolution.MISTAKEN: _("Tidak ada uang yang bergerak. Selisih ini ditutup."),
        Resolution.VANISHED: _("Laporan yang datang kemudian sudah cocok. Tidak ada yang dibukukan."),
    }
    if way in others:
        return others[way]
    if has_supplier and is_more:
        return _("Modal bertambah %(amount)s; deposit di %(who)s berkurang sebanyak itu.")
    if has_supplier:
        return _("Modal berkurang %(amount)s; deposit di %(who)s bertambah sebanyak itu.")
    if is_more:
        return _("%(amount)s dipotong dari deposit %(who)s menjadi penjualan.")
    return _("%(amount)s dari penjualan kembali ke deposit %(who)s.")


Cells = list[str | int | dt.datetime | None]


def ours_table(dealer: Dealer, row: ReconcileDay) -> Iterator[Cells]:
    """Our side of a day as a statement. Inside the dealer's transaction until it has begun."""
    found = sides.of_day(dealer, row)
    return _table([(own, own.cost) for own in found])


def theirs_table(row: ReconcileDay) -> Iterator[Cells]:
    """Their statement as it was taken over."""
    kept = ReconcileStatement.objects.filter(dealer_id=row.dealer_id, day=row).first()
    return _table([(line, line.price) for line in writing.lines(kept.lines if kept else None)])


def _table(lines: list[tuple[Ours, int]] | list[tuple[StatementLine, int]]) -> Iterator[Cells]:
    yield list(HEAD)
    for line, price in lines:
        yield [
            line.reference,
            line.sku,
            msisdn.national(line.destination),
            price,
            _WORDS[line.outcome],
            line.sn,
            line.at,
        ]


def differences_table(row: ReconcileDay) -> Iterator[Cells]:
    """A day's differences with both sides, and what was decided."""
    found = list(differences(row))
    sides_of = [f"{who}_{name}" for who in ("ours", "theirs") for name in ("price", "status", "number", "sku", "sn")]
    yield ["ref_id", "kind", *sides_of, "difference", "state", "resolution", "reason", "booking"]
    for each in found:
        booking = each.booking if each.transfer_id else ""
        decided = [each.get_state_display(), each.get_resolution_display(), each.reason, booking]
        yield [each.key, each.get_kind_display(), *_cells(each.ours), *_cells(each.theirs), each.amount, *decided]


def _cells(facts: Mapping[str, Any] | None) -> Cells:
    if facts is None:
        return [None] * 5
    status = _WORDS[Outcome(facts["outcome"])]
    return [facts["price"], status, msisdn.national(facts["destination"]), facts["sku"], facts["sn"]]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """An upload before it counts: how much of it fits this day."""

    count: int
    succeeded: int
    amount: int
    known: int
    first: dt.datetime | None
    last: dt.datetime | None
    sample: list[StatementLine]

    @property
    def looks_wrong(self) -> bool:
        """Whether hardly a line speaks of a sale of ours: probably another day's file, or another shop's."""
        return self.count > 0 and self.known * 2 < self.count


def preview(dealer: Dealer, row: ReconcileDay, lines: list[StatementLine]) -> Preview:
    """What a draft says, held against our side."""
    ours = {spelling.reference(own.reference) for own in sides.of_day(dealer, row)}
    times = [line.at for line in lines if line.at]
    sold = [line for line in lines if line.outcome == Outcome.SUCCEEDED]
    return Preview(
        count=len(lines),
        succeeded=len(sold),
        amount=sum(line.price for line in sold),
        known=sum(spelling.reference(line.reference) in ours for line in lines),
        first=min(times, default=None),
        last=max(times, default=None),
        sample=lines[:5],
    )
