"""An order as its buyer sees it: one status word, what happened when, where the money is, what to do now.

A promise is of news, never of a refund while the supplier is silent; nothing is called failed before it is.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from dealers.models import Dealer, User
from portal.lib import ids
from portal.lib.money import rupiah
from portal.lib.prepared import Prepared
from portal.templatetags.words import clock, clock_seconds, day
from transactions import orders, patience, pay_view, payments, ratings, refund_view
from transactions.gateways.registry import METHOD_LABELS
from transactions.models import Kind, Order, Payment, Rating, Refund, RefundState, Status
from transactions.patience import Words
from transactions.pay_view import PayView, is_expired
from transactions.pay_view import payable as payable
from transactions.refund_view import RefundView
from transactions.slips import content
from transactions.slips.content import Slip
from transactions.suppliers import words
from transactions.suppliers.base import Reason

_PAUSES = (1, 2, 3, 5, 8, 13, 20)
"""Seconds between two looks at an order in which nothing changes."""
_TURNS = 4
"""An order moves on three times at most."""
SIMULATED = {"sandbox", "qris", "transfer"}

_ARRIVED: dict[str, Promise] = {
    Kind.PULSA: gettext_lazy("Pulsa masuk"),
    Kind.DATA: gettext_lazy("Paket masuk"),
    Kind.PLN: gettext_lazy("Token terbit"),
}
_ADVICE: dict[Reason, Promise] = {
    Reason.WRONG_NUMBER: gettext_lazy("Periksa nomornya, lalu isi lagi."),
    Reason.NUMBER_BLOCKED: gettext_lazy("Pakai nomor lain, atau tanyakan ke operatornya."),
    Reason.REGION: gettext_lazy("Pilih paket lain."),
    Reason.UNREGISTER_FIRST: gettext_lazy("Hentikan paket lamanya, lalu beli lagi."),
    Reason.DUPLICATE: gettext_lazy("Tunggu beberapa menit sebelum membeli lagi."),
}


@dataclass(frozen=True)
class Step:
    """One line of the stepper; `state` is done, now, todo or bad."""

    label: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OrderView:
    """Everything that the page shows."""

    order: Order
    dealer: Dealer
    words: Words
    steps: tuple[Step, ...]
    pay: PayView | None
    short_by: int
    can_cancel: bool
    can_simulate: bool
    slip: Slip | None
    rating: Rating | None
    refunds: tuple[RefundView, ...] = ()

    @property
    def address(self) -> str:
        """The secret link."""
        return address(self.order)

    @property
    def method(self) -> str:
        """How it is paid, in words."""
        return str(METHOD_LABELS.get(self.order.gateway, self.order.gateway))

    @property
    def payment(self) -> Payment | None:
        """The code that it is paid by, expired or not, while it waits for money."""
        return self.pay.payment if self.pay else None

    @property
    def is_live(self) -> bool:
        """Whether something may still change by itself."""
        return not self.order.is_final or any(refund.is_moving for refund in self.refunds)

    @property
    def to_choose(self) -> RefundView | None:
        """The money that comes back as soon as its buyer says how."""
        return next((each for each in self.refunds if each.is_open and each.options and not each.is_chosen), None)

    @property
    def sn_label(self) -> str:
        """What the serial number is called for this product."""
        return _("Token") if self.order.product.kind == Kind.PLN else "SN"

    @property
    def serial(self) -> str:
        """The serial number; of a PLN token only the token, without name and meter."""
        return content.plain_serial(self.order)

    @property
    def serial_note(self) -> str:
        """What a PLN supplier adds to a token: name, tariff, power, kWh."""
        return self.order.sn.partition("/")[2].replace("/", " · ")

    @property
    def spoken_code(self) -> str:
        """The order code in groups, as it is read aloud at the counter."""
        return ids.grouped(self.order.code)

    @property
    def goes_at(self) -> datetime | None:
        """When a paid order that can be cancelled is sent; None when there is no such moment."""
        is_waiting = self.can_cancel and self.order.status == Status.PAID
        return orders.goes_at(self.dealer, self.order) if is_waiting else None

    @property
    def now(self) -> datetime:
        """The server's clock, by which countdowns run."""
        return timezone.now()

    @property
    def can_rate(self) -> bool:
        """Whether the buyer may say what they thought, or change it."""
        return self.slip is not None and (self.rating is None or ratings.is_changeable(self.rating))

    @property
    def tag(self) -> str:
        """Changes whenever something that is shown changes."""
        paying = self.pay.sign if self.pay else ()
        said = self.rating.is_good if self.rating else None
        shown = (self.words, self.steps, paying, self.short_by, self.can_cancel, self.refunds, said, self.can_rate)
        return hashlib.sha256(repr((*shown, get_language())).encode()).hexdigest()[:16]


def address(order: Order) -> str:
    """Where an order is seen: its secret link."""
    return f"{reverse('order', args=[order.code])}?t={order.secret}"


def opens(secret: str, order: Order) -> bool:
    """Whether this is the secret of the order's link."""
    return compare_digest(order.secret.encode(), secret.encode())


def next_look(shown: OrderView, *, unchanged: int) -> int:
    """After how many seconds to look again when nothing changed `unchanged` times in a row; 0 for never."""
    return 0 if not shown.is_live else _PAUSES[min(unchanged, len(_PAUSES) - 1)]


def of(dealer: Dealer, order: Order, *, user: User | None = None) -> OrderView:
    """The page of an order, which is read anew if it moved on meanwhile. Inside the dealer's transaction.

    `user` is who looks at it, if that person has signed in.

    Money and status change together; seen one without the other, an order that was just paid would look
    as if its money was missing.
    """
    for _turn in range(_TURNS):
        shown = _at_this_moment(dealer, order, user)
        if Order.objects.filter(pk=order.pk, status=order.status).exists():
            break
        order.refresh_from_db()
    return shown


def _at_this_moment(dealer: Dealer, order: Order, user: User | None) -> OrderView:
    refunds = _refunds(order)
    back = refund_view.of_order(refunds, dealer)
    pay = pay_view.of(dealer, order, user=user)
    short_by = payments.short_by(order, owed=pay.owed) if pay else 0
    said = _words(dealer, order, pay, short_by)
    money = tuple(line for each in back for line in each.lines) or _untouched(order, short_by)
    return OrderView(
        order=order,
        dealer=dealer,
        words=Words(said.tone, said.headline, (*said.lines[:1], *money, *said.lines[1:])),
        steps=tuple(_steps(order, refunds)),
        pay=pay,
        short_by=short_by,
        can_cancel=orders.can_cancel(dealer, order),
        can_simulate=bool(settings.SANDBOX_SECRET) and order.gateway in SIMULATED,
        refunds=back,
        slip=content.of(dealer, order),
        rating=ratings.of(order) if order.status == Status.SUCCEEDED else None,
    )


def brief(dealer: Dealer, order: Order) -> tuple[Words, list[Step]]:
    """Status word and steps alone, for whoever has no secret link. Inside the dealer's transaction."""
    said = _words(dealer, order, pay_view.of(dealer, order, user=None), 0)
    return Words(said.tone, said.headline, ()), _steps(order, _refunds(order))


def _refunds(order: Order) -> list[Refund]:
    found = Refund.objects.filter(dealer_id=order.dealer_id, order=order)
    return list(found.select_related("order", "payment").order_by("number"))


def _words(dealer: Dealer, order: Order, pay: PayView | None, short_by: int) -> Words:
    match order.status:
        case Status.AWAITING_PAYMENT:
            payment = pay.payment if pay else None
            return _short(dealer, order, pay, short_by) if short_by else _waiting(dealer, order, payment)
        case Status.PAID | Status.PROCESSING:
            return _sending(dealer, order)
        case Status.SUCCEEDED:
            return Words("ok", _("Berhasil"), (_delivered(dealer, order),))
        case Status.FAILED:
            return _failed(dealer, order)
        case Status.EXPIRED:
            return Words("warn", _("Kedaluwarsa"), (_("Tidak dibayar dalam 24 jam, jadi tidak ada yang dikirim."),))
        case _:
            return Words("warn", _("Dibatalkan"), (_("Pesanan ini tidak dikirim."),))


def _waiting(dealer: Dealer, order: Order, payment: Payment | None) -> Words:
    headline = _("Menunggu pembayaran")
    if payment is None or is_expired(payment):
        until = order.created_at + orders.UNPAID_LASTS
        kept = f"{day(until, dealer.time_zone)}, {clock(until, dealer.time_zone)}"
        line = _("Kode bayar habis waktunya. Pesanan disimpan sampai %(at)s; buat kode baru untuk membayar.")
        return Words("warn", headline, (line % {"at": kept},))
    if order.gateway == "cash":
        line = _("Bayar ke kasir %(shop)s dengan kode di bawah. Pulsa dikirim otomatis setelah dibayar.")
        return Words("info", headline, (line % {"shop": dealer.name},))
    line = _("Bayar sebelum %(until)s. Pulsa dikirim otomatis setelah dibayar.")
    if payment.bank_account_id:
        line = _("Transfer sebelum %(until)s, persis jumlah di bawah. Pulsa dikirim begitu toko melihat uangnya.")
    return Words("info", headline, (line % {"until": clock(payment.expires_at, dealer.time_zone)},))


def _short(dealer: Dealer, order: Order, pay: PayView | None, short_by: int) -> Words:
    came = {"came": rupiah(order.price - short_by), "price": rupiah(order.price)}
    lines = [_("Sudah masuk %(came)s dari %(price)s, dan disimpan untuk pesanan ini.") % came]
    if pay is None or not pay.is_open:
        lines.append(_("Kode bayar habis waktunya: buat kode baru untuk sisanya, atau batalkan dan uangnya kembali."))
    else:
        until = clock(pay.payment.expires_at, dealer.time_zone)
        lines.append(_("Bayar sisanya sebelum %(until)s, atau batalkan dan uangnya kembali semua.") % {"until": until})
    return Words("warn", _("Kurang %(amount)s") % {"amount": rupiah(pay.to_pay if pay else short_by)}, tuple(lines))


def _sending(dealer: Dealer, order: Order) -> Words:
    if orders.can_cancel(dealer, order):
        goes_at = clock_seconds(orders.goes_at(dealer, order), dealer.time_zone)
        line = _("Dikirim ke operator pukul %(at)s. Sampai saat itu masih bisa dibatalkan.")
        return Words("info", _("Sudah dibayar"), (line % {"at": goes_at},))
    return patience.words(dealer, order)


def _delivered(dealer: Dealer, order: Order) -> str:
    given = {"what": _ARRIVED[order.product.kind], "at": clock_seconds(order.finished_at, dealer.time_zone)}
    if order.paid_at is None or order.finished_at is None:
        return _("%(what)s %(at)s.") % given
    given["n"] = seconds = max(1, round((order.finished_at - order.paid_at).total_seconds()))
    line = ngettext(
        "%(what)s %(at)s, %(n)s detik setelah dibayar.", "%(what)s %(at)s, %(n)s detik setelah dibayar.", seconds
    )
    return line % given


def _failed(dealer: Dealer, order: Order) -> Words:
    reason = Reason(order.reason) if order.reason else Reason.OTHER
    fallback = _("Coba lagi nanti, atau hubungi %(shop)s dengan kode pesanan.") % {"shop": dealer.name}
    advice = str(_ADVICE.get(reason, fallback))
    return Words("bad", _("Tidak berhasil"), (str(words.public(reason)), advice))


def _untouched(order: Order, short_by: int) -> tuple[str, ...]:
    if order.paid_at is not None or short_by:
        return ()
    if order.is_final:
        return (_("Uang tidak dipotong."),)
    return (_("Uang belum dipotong."),)


def _steps(order: Order, refunds: list[Refund]) -> list[Step]:
    steps = [Step(_("Pesanan dibuat"), "done", order.created_at)]
    if order.status in {Status.EXPIRED, Status.CANCELLED}:
        label = _("Kedaluwarsa") if order.status == Status.EXPIRED else _("Dibatalkan")
        paid = [Step(_("Pembayaran diterima"), "done", order.paid_at)] if order.paid_at else []
        return [*steps, *paid, Step(label, "bad", order.finished_at), *_back(refunds)]
    paying = _("Menunggu pembayaran")
    steps.append(_step(_("Pembayaran diterima"), paying, at=order.paid_at, after=order.created_at))
    if order.status == Status.FAILED and order.sent_at is None:
        return [*steps, Step(_("Tidak bisa dikirim"), "bad", order.finished_at), *_back(refunds)]
    sending = _("Mengirim ke operator")
    steps.append(_step(_("Dikirim ke operator"), sending, at=order.sent_at, after=order.paid_at))
    if order.status == Status.FAILED:
        return [*steps, Step(_("Tidak diterima operator"), "bad", order.finished_at), *_back(refunds)]
    arrived = str(_ARRIVED[order.product.kind])
    arriving = _("Menunggu dari operator")
    return [*steps, _step(arrived, arriving, at=order.finished_at, after=order.sent_at), *_back(refunds)]


def _step(done: str, doing: str, *, at: datetime | None, after: datetime | None) -> Step:
    """A step that is never called done while it goes on; `after` is when the one before it was."""
    if at is not None:
        return Step(done, "done", at)
    return Step(doing, "now") if after is not None else Step(done, "todo")


def _back(refunds: list[Refund]) -> list[Step]:
    steps = []
    for refund in refunds:
        amount = {"amount": refund_view.sum_of(refund)}
        if refund.state == RefundState.DONE:
            steps.append(Step(_("%(amount)s dikembalikan") % amount, "done", refund.finished_at))
        elif refund.state == RefundState.RETURNED:
            steps.append(Step(_("%(amount)s kembali ke kami") % amount, "bad", refund.finished_at))
        elif refund.state == RefundState.SENT:
            steps.append(Step(_("%(amount)s sedang dikirim") % amount, "now", refund.begun_at))
        elif refund.state != RefundState.VOID:
            steps.append(Step(_("%(amount)s menunggu dikembalikan") % amount, "now"))
    return steps


def _told(code: str) -> QuerySet[Order]:
    """What programs are told of an order, and of its newest refund."""
    refunds = Refund.objects.filter(dealer_id=OuterRef("dealer_id"), order_id=OuterRef("pk")).order_by("-number")
    newest = refunds.values(told=JSONObject(amount="amount", state="state"))[:1]
    fields = ("code", "secret", "status", "destination", "price", "sn", "paid_at", "finished_at")
    found = Order.objects.filter(code=code).annotate(sku=F("product__sku"), refund=Subquery(newest))
    return found.only(*fields).order_by()[:1]


_TOLD = Prepared(_told, code=str)


def as_json(code: str, secret: str) -> dict[str, object] | None:
    """The order behind this link for programs, or None; inside its dealer's transaction."""
    order: Any = _TOLD.first(code=code)
    if order is None or not opens(secret, order):
        return None
    return {
        "code": order.code,
        "status": order.status,
        "destination": order.destination,
        "sku": order.sku,
        "price": order.price,
        "sn": order.sn,
        "paid_at": _iso(order.paid_at),
        "finished_at": _iso(order.finished_at),
        "refund": order.refund,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
