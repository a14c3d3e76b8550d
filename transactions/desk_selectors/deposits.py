"""Deposit tickets and banks' files as the desk shows them, in words."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer, Partner
from transactions import bank_files, bank_imports
from transactions.bank_files import Why
from transactions.bank_imports import Item, Standing
from transactions.models import BankFile, DepositTicket, TicketState

NEWEST = 5
REFUSED: dict[type[Exception] | str, Promise] = {
    bank_files.TooLong: _("Berkasnya terlalu panjang: paling banyak 2.000 baris. Unduh periode yang lebih pendek."),
    bank_files.NoHeading: _(
        "Judul kolom tidak ditemukan. Harus ada tanggal dan jumlah masuk (kredit), seperti di berkas dari bank."
    ),
    "empty": _("Berkas ini kosong."),
    "spreadsheet": _("Ini berkas Excel. Buka, lalu simpan sebagai CSV."),
    "pdf": _("Ini berkas PDF. Unduh mutasi sebagai CSV dari internet banking."),
    "binary": _("Berkas ini bukan teks CSV."),
}
_WHY: dict[str, Promise] = {
    Why.DAY: _("Tanggalnya tidak terbaca."),
    Why.AMOUNT: _("Jumlahnya tidak terbaca."),
    Why.CENTS: _("Jumlahnya punya sen; catat dengan tangan dalam rupiah bulat."),
    Why.SIDE: _("Tidak jelas uang masuk atau keluar."),
    Why.OLD: _("Lebih dari 90 hari yang lalu."),
    Why.FUTURE: _("Tanggalnya belum tiba."),
}
_STANDINGS: dict[Standing, tuple[str, Promise]] = {
    Standing.NEW: ("ok", _("Baru")),
    Standing.KNOWN: ("plain", _("Sudah tercatat")),
    Standing.SIMILAR: ("warn", _("Mungkin sudah tercatat")),
    Standing.CLASH: ("bad", _("Referensinya sudah dipakai untuk jumlah lain")),
    Standing.PENDING: ("plain", _("Masih tertunda di bank")),
    Standing.UNREAD: ("bad", _("Tidak terbaca")),
}


@dataclass(frozen=True)
class Shown:
    """A line of a file: its badge, and why it was not read."""

    item: Item
    tone: str
    word: Promise
    why: Promise | str

    @property
    def is_similar(self) -> bool:
        """Whether a person may say that it is other money."""
        return self.item.standing == Standing.SIMILAR


@dataclass(frozen=True)
class Preview:
    """A file before it is booked, what needs a look first; `total` rupiah are new."""

    file: BankFile
    rows: list[Shown]
    counts: list[tuple[str, Promise, int]]
    new: int
    total: int

    @property
    def similar(self) -> list[int]:
        """Numbers of the lines that a person may book although they look known."""
        return [row.item.number for row in self.rows if row.is_similar]


def tickets(dealer: Dealer, *, state: str = "") -> QuerySet[DepositTicket]:
    """Tickets, newest first, those that have run out under that name whether or not it is written down."""
    rows = DepositTicket.objects.filter(dealer=dealer).select_related("partner", "account").order_by("-id")
    over = Q(state=TicketState.OPEN, expires_at__lte=timezone.now())
    if state == TicketState.OPEN:
        return rows.filter(state=state).exclude(over)
    if state == TicketState.EXPIRED:
        return rows.filter(Q(state=state) | over)
    return rows.filter(state=state) if state else rows


def newest(dealer: Dealer, partner: Partner) -> list[DepositTicket]:
    """A partner's last tickets."""
    return list(tickets(dealer).filter(partner=partner)[:NEWEST])


def files(dealer: Dealer) -> list[BankFile]:
    """What was uploaded last."""
    rows = BankFile.objects.filter(dealer=dealer).select_related("account", "uploaded_by")
    return list(rows.order_by("-id")[:NEWEST])


def preview(file: BankFile) -> Preview:
    """Every line in words, what needs a look before what does not."""
    items = bank_imports.items(file)
    order = list(_STANDINGS)
    first = [Standing.UNREAD, Standing.CLASH, Standing.SIMILAR]
    shown = sorted(items, key=lambda item: ((item.standing not in first), order.index(item.standing), item.number))
    counted = Counter(item.standing for item in items)
    new = [item for item in items if item.standing == Standing.NEW]
    return Preview(
        file=file,
        rows=[_shown(item) for item in shown],
        counts=[(tone, word, counted[each]) for each, (tone, word) in _STANDINGS.items() if counted[each]],
        new=len(new),
        total=sum(item.amount for item in new),
    )


def _shown(item: Item) -> Shown:
    tone, word = _STANDINGS[item.standing]
    return Shown(item, tone, word, _WHY.get(item.why, ""))
