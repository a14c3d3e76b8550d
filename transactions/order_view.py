"""An order as its buyer sees it: one status word, what happened when, where the money is, what can be done.

A promise is of news, never of a refund while the supplier is silent; nothing is called failed before it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dealers.models import Dealer
from portal.lib.money import rupiah
from portal.templatetags.words import clock, clock_seconds
from transactions import orders, payments
from transactions.gateways.registry import METHOD_LABELS
from transactions.models import Order, Payment, PaymentState, Refund, RefundState, RefundWay, Status
from transactions.suppliers import words
from transactions.suppliers.base import Reason

PROMISE = timedelta(minutes=2)
"""How long a buyer waits before the page says that it takes longer than usual."""
NEWS_WITHIN = timedelta(minutes=10)
_PAUSES = (1, 2, 3, 5, 8, 13, 20)
SIMULATED = {"sandbox", "qris", "transfer"}


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
    tone: str
    headline: str
    text: str
    steps: list[Step]
    payment: Payment | None
    refunds: list[Refund]
    money: list[str]
    short_by: int
    can_cancel: bool
    can_simulate: bool
    next_seconds: int

    @property
    def address(self) -> str:
        """The secret link."""
        return address(self.order)

    @property
    def secret(self) -> str:
        """What follows `?t=`."""
        return self.order.secret

    @property
    def method(self) -> str:
        """How it is paid, in words."""
        return str(METHOD_LABELS.get(self.order.gateway, self.order.gateway))

    @property
    def is_live(self) -> bool:
        """Whether something may still change by itself."""
        return self.next_seconds > 0


def address(order: Order) -> str:
    """Where an order is seen: its secret link."""
    return f"{reverse('order', args=[order.code])}?t={order.secret}"


def payable(order: Order) -> Payment | None:
    """The newest payment code of an order that waits for money, expired or not."""
    if order.status != Status.AWAITING_PAYMENT:
        return None
    return _codes(order).first()


def _codes(order: Order) -> QuerySet[Payment]:
    return Payment.objects.filter(dealer_id=order.dealer_id, order=order).order_by("-id")


def of(dealer: Dealer, order: Order, *, asked: int = 0) -> OrderView:
    """The page of an order; `asked` is how often its reader has asked already. Inside the dealer's transaction."""
    refunds = list(Refund.objects.filter(dealer=dealer, order=order).order_by("number"))
    payment = payable(order)
    tone, headline, text = _words(dealer, order, payment)
    return OrderView(
        order=order,
        dealer=dealer,
        tone=tone,
        headline=headline,
        text=text,
        steps=_steps(order, refunds),
        payment=payment,
        refunds=refunds,
        money=[_refund_words(refund, dealer) for refund in refunds],
        short_by=payments.short_by(order) if payment else 0,
        can_cancel=orders.can_cancel(dealer, order),
        can_simulate=bool(settings.DEMO or settings.SANDBOX_SECRET) and order.gateway in SIMULATED,
        next_seconds=0 if _is_settled(order) else _PAUSES[min(asked, len(_PAUSES) - 1)],
    )


def _is_settled(order: Order) -> bool:
    return order.is_final


def _words(dealer: Dealer, order: Order, payment: Payment | None) -> tuple[str, str, str]:
    match order.status:
        case Status.AWAITING_PAYMENT:
            return _waiting(dealer, order, payment)
        case Status.PAID | Status.PROCESSING:
            return _sending(dealer, order)
        case Status.SUCCEEDED:
            at = clock_seconds(order.finished_at, dealer.time_zone)
            return "ok", _("Berhasil"), _("Pulsa masuk %(at)s.") % {"at": at}
        case Status.FAILED:
            why = str(words.public(Reason(order.reason))) if order.reason else ""
            return "bad", _("Tidak berhasil"), why
        case Status.EXPIRED:
            return "warn", _("Kedaluwarsa"), _("Tidak dibayar dalam 24 jam. Tidak ada yang dikirim.")
        case _:
            return "warn", _("Dibatalkan"), _("Pesanan ini tidak dikirim.")


def _waiting(dealer: Dealer, order: Order, payment: Payment | None) -> tuple[str, str, str]:
    if order.gateway == "cash":
        return "info", _("Menunggu pembayaran"), _("Bayar ke kasir dengan kode ini. Pulsa dikirim setelah dibayar.")
    if payment is not None and is_expired(payment):
        return (
            "warn",
            _("Kode bayar habis"),
            _("Uang belum dipotong. Pesanan disimpan sampai %(at)s; buat kode baru untuk membayar.")
            % {"at": clock(order.created_at + orders.UNPAID_LASTS, dealer.time_zone)},
        )
    until = clock(payment.expires_at, dealer.time_zone) if payment else ""
    return (
        "info",
        _("Menunggu pembayaran"),
        _("Bayar sebelum %(until)s. Pulsa dikirim setelah dibayar.") % {"until": until},
    )


def is_expired(payment: Payment) -> bool:
    """Whether a code has run out, whether or not anybody has written that down yet."""
    return payment.state == PaymentState.EXPIRED or payment.expires_at <= timezone.now()


def _sending(dealer: Dealer, order: Order) -> tuple[str, str, str]:
    since = order.sent_at or order.paid_at or order.created_at
    if timezone.now() - since < PROMISE:
        news = clock(since + PROMISE, dealer.time_zone)
        return "info", _("Sedang dikirim"), _("Biasanya di bawah 1 menit, kabar paling lambat %(at)s.") % {"at": news}
    waited = timezone.now() - since
    news_at = since + NEWS_WITHIN * (1 + waited // NEWS_WITHIN)
    return (
        "warn",
        _("Masih dikirim"),
        _(
            "Lebih lama dari biasa. Operator belum memberi kepastian; uang Anda aman. Jangan beli lagi dulu. "
            "Kabar berikutnya paling lambat %(at)s."
        )
        % {"at": clock(news_at, dealer.time_zone)},
    )


def _steps(order: Order, refunds: list[Refund]) -> list[Step]:
    ended = order.status
    steps = [Step(_("Pesanan dibuat"), "done", order.created_at)]
    if ended in {Status.EXPIRED, Status.CANCELLED}:
        label = _("Kedaluwarsa") if ended == Status.EXPIRED else _("Dibatalkan")
        paid = [Step(_("Pembayaran diterima"), "done", order.paid_at)] if order.paid_at else []
        return [*steps, *paid, Step(label, "bad", order.finished_at), *_back(refunds)]
    steps.append(Step(_("Pembayaran diterima"), _state(order.paid_at, before=order.created_at), order.paid_at))
    steps.append(Step(_("Dikirim ke operator"), _state(order.sent_at, before=order.paid_at), order.sent_at))
    if ended == Status.FAILED:
        return [*steps, Step(_("Operator menolak"), "bad", order.finished_at), *_back(refunds)]
    steps.append(Step(_("Pulsa masuk"), _state(order.finished_at, before=order.sent_at), order.finished_at))
    return [*steps, *_back(refunds)]


def _state(at: datetime | None, *, before: datetime | None) -> str:
    if at is not None:
        return "done"
    return "now" if before is not None else "todo"


def _back(refunds: list[Refund]) -> list[Step]:
    owed = [refund for refund in refunds if refund.state != RefundState.VOID]
    return [
        Step(
            _("%(amount)s kembali") % {"amount": rupiah(refund.amount)},
            "done" if refund.state == RefundState.DONE else "now",
            refund.finished_at,
        )
        for refund in owed
    ]


def _refund_words(refund: Refund, dealer: Dealer) -> str:
    given = {"amount": rupiah(refund.amount), "at": clock(refund.finished_at, dealer.time_zone), "shop": dealer.name}
    given["proof"] = refund.reference
    if refund.state == RefundState.VOID:
        return _("%(amount)s tidak jadi dikembalikan: pulsanya ternyata masuk.") % given
    if refund.state == RefundState.DONE and refund.way == RefundWay.WALLET:
        return _("%(amount)s sudah kembali ke saldo di %(shop)s, %(at)s.") % given
    if refund.state == RefundState.DONE and refund.way == RefundWay.CASH:
        return _("%(amount)s sudah dikembalikan tunai, %(at)s.") % given
    if refund.state == RefundState.DONE:
        return _("%(amount)s sudah dikirim ke bank, %(at)s, bukti %(proof)s.") % given
    return _("%(amount)s disimpan untuk dikembalikan. Tunjukkan halaman ini ke %(shop)s.") % given


def as_json(order: Order) -> dict[str, object]:
    """The order for programs; inside the dealer's transaction."""
    refund = Refund.objects.filter(dealer_id=order.dealer_id, order=order).order_by(F("number").desc()).first()
    return {
        "code": order.code,
        "status": order.status,
        "destination": order.destination,
        "sku": order.product.sku,
        "price": order.price,
        "sn": order.sn,
        "paid_at": _iso(order.paid_at),
        "finished_at": _iso(order.finished_at),
        "refund": {"amount": refund.amount, "state": refund.state} if refund else None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
