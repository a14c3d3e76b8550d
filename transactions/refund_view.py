"""A refund as its guest sees it: where the money is, until when, and what may be chosen now."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.models import Dealer
from portal.lib.money import rupiah
from portal.templatetags.words import clock, day, zone
from transactions import refund_ways
from transactions.models import Amends, Refund, RefundState, RefundWay
from transactions.refunds import PAY_WITHIN


@dataclass(frozen=True)
class Option:
    """One way to be chosen; with `page`, something is to be filled in first."""

    way: str
    label: str | Promise
    hint: str | Promise
    page: bool


_OPTIONS: dict[RefundWay, Option] = {
    RefundWay.SOURCE: Option(
        "source",
        gettext_lazy("Ke asal pembayaran"),
        gettext_lazy("ke rekening atau e-wallet yang dipakai membayar"),
        page=False,
    ),
    RefundWay.EWALLET: Option("ewallet", gettext_lazy("E-wallet"), "DANA, GoPay, OVO, ShopeePay, LinkAja", page=True),
    RefundWay.BANK: Option(
        "bank", gettext_lazy("Rekening bank"), gettext_lazy("semua bank, dikirim oleh toko"), page=True
    ),
    RefundWay.CASH: Option(
        "cash", gettext_lazy("Tunai di gerai"), gettext_lazy("dapat kode untuk ditunjukkan ke kasir"), page=False
    ),
    RefundWay.WALLET: Option(
        "wallet",
        gettext_lazy("Saldo akun"),
        gettext_lazy("langsung masuk, untuk belanja berikutnya di toko ini"),
        page=True,
    ),
}
_RETURNED: dict[str, Promise] = {
    RefundWay.SOURCE: gettext_lazy("%(amount)s kembali ke kami (gerbang pembayaran menolak): pilih cara lain."),
    RefundWay.EWALLET: gettext_lazy("%(amount)s kembali ke kami (e-wallet menolak): pilih lagi."),
    RefundWay.BANK: gettext_lazy("%(amount)s kembali ke kami (rekening menolak): pilih lagi."),
}
_DONE: dict[str, Promise] = {
    RefundWay.SOURCE: gettext_lazy("%(amount)s sudah kembali ke asal pembayaran, %(at)s, kode %(proof)s."),
    RefundWay.WALLET: gettext_lazy("%(amount)s sudah kembali ke saldo di %(shop)s, %(at)s."),
    RefundWay.CASH: gettext_lazy("%(amount)s sudah dikembalikan tunai, %(at)s."),
    RefundWay.EWALLET: gettext_lazy("%(amount)s sudah kembali ke %(to)s, %(at)s, kode %(proof)s."),
    RefundWay.BANK: gettext_lazy("%(amount)s sudah kembali ke %(to)s, %(at)s, kode %(proof)s."),
}
_CHOSEN: dict[str, Promise] = {
    RefundWay.UNDECIDED: gettext_lazy(
        "%(amount)s disimpan untuk dikembalikan, paling lambat %(until)s. Pilih di bawah cara menerimanya."
    ),
    RefundWay.SOURCE: gettext_lazy("%(amount)s segera dikirim ke asal pembayaran."),
    RefundWay.CASH: gettext_lazy("%(amount)s disimpan di %(shop)s: ambil tunai dengan kode di bawah."),
    RefundWay.EWALLET: gettext_lazy("%(amount)s disimpan, dan dikirim ke %(to)s paling lambat %(until)s."),
    RefundWay.BANK: gettext_lazy("%(amount)s disimpan, dan dikirim ke %(to)s paling lambat %(until)s."),
}


@dataclass(frozen=True, kw_only=True)
class RefundView:
    """Everything that is shown of one refund."""

    refund: Refund
    state: str
    """One word, as of a status."""
    tone: str
    sentence: str
    deadline: datetime
    way: str
    destination: str
    """Masked."""
    counter_code: str
    """Empty unless it is to be shown to a cashier."""
    options: tuple[Option, ...]
    """Empty when nothing can be chosen any more."""
    is_moving: bool
    """Whether it may change within seconds, by itself."""
    said: str = ""
    """Why the shop gives it, in its own words, where it does so of its own accord."""

    @property
    def is_open(self) -> bool:
        """Whether the money is still with us."""
        return self.refund.state in {RefundState.DUE, RefundState.SENT}

    @property
    def lines(self) -> tuple[str, ...]:
        """What happened to the money, and what the shop says about it."""
        if not self.said:
            return (self.sentence,)
        return self.sentence, _("Kata toko: %(reason)s") % {"reason": self.said}

    @property
    def is_chosen(self) -> bool:
        """Whether the guest has said how."""
        return self.refund.way != RefundWay.UNDECIDED


def of_order(refunds: list[Refund], dealer: Dealer) -> tuple[RefundView, ...]:
    """An order's refunds, by number, as its guest sees them now; inside the dealer's transaction."""
    if not refunds:
        return ()
    given = Amends.objects.filter(dealer=dealer, order_id=refunds[0].order_id, refund__isnull=False)
    said: dict[int | None, str] = dict(given.values_list("refund_id", "reason"))
    for refund in refunds:
        if refund.follows_id in said:
            said[refund.pk] = said[refund.follows_id]
    return tuple(of(refund, dealer, said=said.get(refund.pk, "")) for refund in refunds)


def of(refund: Refund, dealer: Dealer, *, said: str = "") -> RefundView:
    """The refund as its guest sees it now, with the shop's word for it; inside the dealer's transaction."""
    begun = refund_ways.is_begun(refund)
    to = refund_ways.destination_of(refund)
    destination = to.masked if to else ""
    is_cash = refund.state == RefundState.DUE and refund.way == RefundWay.CASH
    state, tone = _state(refund)
    return RefundView(
        refund=refund,
        state=state,
        tone=tone,
        sentence=_sentence(refund, dealer, destination),
        deadline=refund.created_at + PAY_WITHIN,
        way=refund.get_way_display(),
        destination=destination,
        counter_code=_grouped(refund_ways.counter_code(refund)) if is_cash else "",
        options=() if begun else tuple(_OPTIONS[way] for way in refund_ways.offered(refund)),
        is_moving=refund.state == RefundState.SENT or (not begun and refund.way == RefundWay.SOURCE),
        said=said,
    )


def _state(refund: Refund) -> tuple[str, str]:
    match refund.state:
        case RefundState.DUE if refund.way == RefundWay.SOURCE or refund.proposed_by_id is not None:
            return _("Sedang disiapkan"), "info"
        case RefundState.DUE:
            return _("Uang disimpan"), "warn"
        case RefundState.SENT:
            return _("Dikirim"), "info"
        case RefundState.DONE:
            return _("Sudah kembali"), "ok"
        case RefundState.RETURNED:
            return _("Kembali ke kami"), "warn"
        case _:
            return _("Tidak jadi dikembalikan"), "info"


def sum_of(refund: Refund) -> str:
    """`Rp4.000`, and what is a gift is called one."""
    amount = rupiah(refund.amount)
    return _("Ganti rugi %(amount)s") % {"amount": amount} if refund.is_goodwill else amount


def _sentence(refund: Refund, dealer: Dealer, destination: str) -> str:
    given = {
        "amount": sum_of(refund),
        "at": _moment(refund.finished_at, dealer),
        "until": day(refund.created_at + PAY_WITHIN, dealer.time_zone),
        "shop": dealer.name,
        "to": destination or refund.get_way_display(),
        "proof": refund.reference,
    }
    match refund.state:
        case RefundState.VOID:
            return _("%(amount)s tidak jadi dikembalikan: pulsanya ternyata masuk.") % given
        case RefundState.DONE:
            return str(_DONE[refund.way]) % given
        case RefundState.RETURNED:
            return str(_RETURNED[refund.way]) % given
        case RefundState.SENT:
            return _sending(refund) % given
        case _:
            return _prepared() % given if refund.proposed_by_id is not None else str(_CHOSEN[refund.way]) % given


def _sending(refund: Refund) -> str:
    if refund.way == RefundWay.SOURCE:
        return _("%(amount)s sedang dikirim ke asal pembayaran.")
    if refund.way == RefundWay.CASH:
        return _("%(amount)s siap diserahkan di %(shop)s.")
    return _("%(amount)s sedang dikirim ke %(to)s.")


def _prepared() -> str:
    return _("%(amount)s sedang disiapkan %(shop)s, paling lambat %(until)s.")


def _moment(at: datetime | None, dealer: Dealer) -> str:
    """`09.42 WIB` today, with its day before that."""
    if at is None:
        return ""
    local = zone(dealer.time_zone)
    is_today = at.astimezone(local).date() == timezone.now().astimezone(local).date()
    return clock(at, dealer.time_zone) if is_today else f"{day(at, dealer.time_zone)} {clock(at, dealer.time_zone)}"


def _grouped(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
