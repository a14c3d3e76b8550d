"""What a buyer sees of the code that an order is paid by: the QR or the account, the sum, and the other ways."""

import io
from dataclasses import dataclass
from datetime import timedelta

import segno
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe

from dealers.models import Dealer, User
from portal.lib import money
from portal.lib.prepared import Prepared
from transactions import payments
from transactions.gateways import qris, registry
from transactions.gateways.registry import Method
from transactions.models import Order, Payment, PaymentState, Status

_QUIET = 4
"""Modules of white around the code: less, and some banks' apps do not see it."""
_PNG_SCALE = 8


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The newest code of an order that waits for money, what it asks for, and what is owed; in rupiah."""

    payment: Payment
    to_pay: int
    owed: int


@dataclass(frozen=True, kw_only=True)
class PayView(Asked):
    """A payment code as its payer needs it, and the other ways."""

    others: list[Method]

    @property
    def is_open(self) -> bool:
        """Whether it can be paid now."""
        return not is_expired(self.payment)

    @property
    def says_the_sum(self) -> bool:
        """Whether the code itself asks for an exact sum."""
        return _says_the_sum(self.payment)

    @cached_property
    def svg(self) -> SafeString:
        """The QR code as inline SVG, black on white whatever the page's colours."""
        return draw(_text(self.payment))

    @property
    def amount_head(self) -> str:
        """`Rp10.` of `Rp10.377`."""
        return money.rupiah(self.to_pay)[: -len(self.amount_tail)]

    @property
    def amount_tail(self) -> str:
        """The last three digits, by which a transfer is known."""
        return money.nominal(self.to_pay)[-3:]

    @property
    def seconds_left(self) -> int:
        """How long the code can still be paid."""
        return max(0, int((self.payment.expires_at - timezone.now()).total_seconds()))

    @property
    def seconds(self) -> int:
        """How long it could be paid in all."""
        lasts: timedelta = self.payment.expires_at - self.payment.created_at
        return max(1, round(lasts.total_seconds()))

    @property
    def sign(self) -> tuple[object, ...]:
        """Changes whenever something that is shown changes, the clock apart."""
        offered = tuple((way.code, way.balance) for way in self.others)
        return (self.payment.code, self.is_open, self.to_pay, offered)


_NEWEST = Prepared(
    lambda dealer, order: (
        Payment.objects.filter(dealer_id=dealer, order_id=order)
        .select_related("qris", "bank_account")
        .order_by("-id")[:1]
    ),
    dealer=int,
    order=int,
)


def payable(order: Order) -> Payment | None:
    """The newest payment code of an order that waits for money, expired or not."""
    if order.status != Status.AWAITING_PAYMENT:
        return None
    return _NEWEST.first(dealer=order.dealer_id, order=order.pk)


def is_expired(payment: Payment) -> bool:
    """Whether a code cannot be paid any more, whether or not anybody has written that down yet."""
    return payment.state != PaymentState.OPEN or payment.expires_at <= timezone.now()


def _says_the_sum(payment: Payment) -> bool:
    return payment.qris_id is not None or payment.bank_account_id is not None


def asked(order: Order) -> Asked | None:
    """What an order waits for; None when that is no money. Inside the dealer's transaction."""
    payment = payable(order)
    if payment is None:
        return None
    owed = payments.due(order)
    return Asked(payment=payment, to_pay=payment.amount if _says_the_sum(payment) else owed, owed=owed)


def of(dealer: Dealer, order: Order, *, user: User | None) -> PayView | None:
    """How an order is paid; None when it waits for no money. Inside the dealer's transaction."""
    found = asked(order)
    if found is None:
        return None
    offered = others(dealer, order, user=user)
    return PayView(payment=found.payment, to_pay=found.to_pay, owed=found.owed, others=offered)


def others(dealer: Dealer, order: Order, *, user: User | None) -> list[Method]:
    """The ways in which this buyer may pay this order instead."""
    return [way for way in ways(dealer, order, user=user) if way.code != order.gateway]


def ways(dealer: Dealer, order: Order, *, user: User | None) -> list[Method]:
    """Every way in which this buyer may pay this order; a balance only for an order that is nobody else's."""
    is_theirs = user is not None and order.customer_id in {None, user.pk}
    return registry.methods(dealer, user if is_theirs else None)


def draw(text: str) -> SafeString:
    """A QR code as inline SVG, black on white whatever the page's colours."""
    drawn = _code(text).svg_inline(border=_QUIET, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return mark_safe(drawn)  # noqa: S308  a path of numbers; the text itself is not in it


def png(payment: Payment) -> bytes:
    """The QR code as a picture for the gallery of a phone."""
    drawn = io.BytesIO()
    _code(_text(payment)).save(drawn, kind="png", scale=_PNG_SCALE, border=_QUIET)
    return drawn.getvalue()


def _text(payment: Payment) -> str:
    if payment.qris is None:
        raise ValueError("this code is no QRIS")
    return qris.for_order(payment.qris.payload, amount=payment.amount, reference=payment.code)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
