"""Taking money for an order: codes to pay by, receipts as they come in, and what each one means.

Every receipt is one transfer, once per gateway transaction. When what was received covers the price,
exactly the price is held and the order is paid; the rest, and whatever comes too late or twice, goes
back. Nothing that came in is ever without an account.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import accounts, postings, queue, refunds, states, todo
from transactions.gateways.registry import GATEWAYS
from transactions.models import (
    DueKind,
    Order,
    Payment,
    PaymentState,
    Receipt,
    Status,
    TaskKind,
)

CODE_LASTS = timedelta(minutes=15)
CASH_LASTS = timedelta(hours=24)
LOOKS = (timedelta(seconds=20), timedelta(minutes=2))
"""Ages at which a gateway is asked about a code that is still open; every code is looked at once more at its end."""


class UnknownPayment(Exception):
    """No payment code like this one."""


class NotPayable(Exception):
    """The order is not waiting for money."""


class OtherAmount(Exception):
    """The order waits for another amount than the one that was seen; nothing was booked."""

    def __init__(self, due: int) -> None:
        super().__init__(f"{due} rupiah are due")
        self.due = due


@dataclass(frozen=True, kw_only=True)
class Money:
    """What a gateway reports: its own transaction id, and rupiah."""

    gateway: str
    gateway_tx: str
    amount: int


def start(order: Order) -> Payment:
    """Give an unpaid order a code to pay by; the one that is open already, if there is one."""
    found = Payment.objects.filter(dealer_id=order.dealer_id, order=order, state=PaymentState.OPEN).first()
    if found is not None and found.gateway == order.gateway:
        return found
    lasts = CASH_LASTS if order.gateway == "cash" else CODE_LASTS
    number = Payment.objects.filter(dealer_id=order.dealer_id, order=order).count() + 1
    payment = Payment.objects.create(
        dealer_id=order.dealer_id,
        order=order,
        gateway=order.gateway,
        code=f"{order.code}-{number}",
        amount=order.price,
        expires_at=timezone.now() + lasts,
    )
    queue.set_due(order.dealer_id, DueKind.PAYMENT, payment.pk, after=until_next_look(payment))
    if order.gateway == "cash":
        todo.ask(order.dealer_id, TaskKind.CASH, order.code, within=CASH_LASTS, order=order)
    return payment


def until_next_look(payment: Payment) -> timedelta:
    """How long until a payment code is due: the next time its gateway is asked, at last when it expires."""
    now = timezone.now()
    looks = LOOKS if payment.state == PaymentState.OPEN and payment.gateway in GATEWAYS else ()
    ahead = [at for at in (*(payment.created_at + age for age in looks), payment.expires_at) if at > now]
    return min(ahead, default=now) - now


def renew(dealer: Dealer, order_id: int) -> Payment:
    """A new code for an unpaid order whose code has expired. Raises `NotPayable`."""
    with tenancy.inside(dealer.pk):
        order = states.lock(dealer.pk, order_id)
        if order.status != Status.AWAITING_PAYMENT:
            raise NotPayable
        return start(order)


def receive(dealer_id: int, *, payment_code: str, money: Money) -> Order:
    """A gateway says that money came in for a code; the same report twice changes nothing.

    Raises `UnknownPayment` when the dealer has no such code.
    """

    def once() -> Order:
        with tenancy.inside(dealer_id):
            payment = Payment.objects.filter(dealer_id=dealer_id, code=payment_code, gateway=money.gateway).first()
            if payment is None:
                raise UnknownPayment(payment_code)
            order = states.lock(dealer_id, payment.order_id)
            _take(order, payment, money, source=accounts.clearing(money.gateway))
            return order

    return retry.on_conflict(once)


def take_cash(dealer: Dealer, order_id: int, *, seen: int, cashier: User) -> Order:
    """A cashier has what an order waits for in hand: the `seen` rupiah that the page said.

    Raises `NotPayable` when it is paid or given up, `OtherAmount` when something came in meanwhile.
    """

    def once() -> Order:
        with tenancy.inside(dealer.pk):
            order = states.lock(dealer.pk, order_id)
            amount = due(order)
            if not amount:
                raise NotPayable
            if amount != seen:
                raise OtherAmount(amount)
            payment = start(order)
            money = Money(gateway="cash", gateway_tx=payment.code, amount=amount)
            _take(order, payment, money, source=accounts.cash("counter"), cashier=cashier)
            return order

    return retry.on_conflict(once)


def _take(order: Order, payment: Payment, money: Money, *, source: accounts.Acc, cashier: User | None = None) -> None:
    known = Receipt.objects.filter(dealer_id=order.dealer_id, gateway=money.gateway, gateway_tx=money.gateway_tx)
    if known.exists():
        return
    transfer_id = postings.receive(
        order.dealer_id, source=source, tx=money.gateway_tx, amount=money.amount, order_id=order.pk
    )
    Receipt.objects.create(
        dealer_id=order.dealer_id,
        gateway=money.gateway,
        gateway_tx=money.gateway_tx,
        amount=money.amount,
        payment=payment,
        order=order,
        transfer_id=transfer_id,
        taken_by=cashier,
    )
    states.log(order, "receipt", note=str(money.amount), actor=cashier)
    settle(order, actor=cashier)


def settle(order: Order, *, actor: User | None = None) -> None:
    """Decide what the money received for a locked order means: enough, too much, too late."""
    if order.status == Status.AWAITING_PAYMENT and refunds.unapplied(order) >= order.price:
        postings.hold(order)
        states.move(order, Status.PAID, actor=actor, paid_at=timezone.now())
        _close_codes(order)
        todo.done_with(order, TaskKind.CASH, by=actor)
        rest = Dealer.objects.values_list("cancel_seconds", flat=True).get(pk=order.dealer_id)
        queue.set_due(order.dealer_id, DueKind.ORDER, order.pk, after=timedelta(seconds=rest))
    if order.status != Status.AWAITING_PAYMENT:
        refunds.put_back_rest(order)


def _close_codes(order: Order) -> None:
    now = timezone.now()
    for payment in Payment.objects.filter(dealer_id=order.dealer_id, order=order, state=PaymentState.OPEN):
        paid = payment.receipts.exists()
        payment.state, payment.finished_at = (PaymentState.PAID if paid else PaymentState.VOID), now
        payment.save(update_fields=["state", "finished_at"])
        if payment.gateway in GATEWAYS:
            # It may be paid once more, and that callback may be lost.
            queue.set_due(order.dealer_id, DueKind.PAYMENT, payment.pk, after=until_next_look(payment))
        else:
            queue.finish(order.dealer_id, DueKind.PAYMENT, payment.pk)


def expire_code(dealer_id: int, payment_id: int) -> None:
    """A payment code has run out; the order lives on until its own end."""
    with tenancy.inside(dealer_id):
        found = Payment.objects.filter(dealer_id=dealer_id, pk=payment_id).first()
        if found is not None:
            order = states.lock(dealer_id, found.order_id)
            if Payment.objects.filter(pk=payment_id, state=PaymentState.OPEN).update(
                state=PaymentState.EXPIRED, finished_at=timezone.now()
            ):
                states.log(order, "payment", old=PaymentState.OPEN, new=PaymentState.EXPIRED)
        queue.finish(dealer_id, DueKind.PAYMENT, payment_id)


def expire_order(order: Order) -> None:
    """Nobody paid a locked order in time; what did come in goes back."""
    states.move(order, Status.EXPIRED, finished_at=timezone.now())
    _close_codes(order)
    todo.done_with(order, TaskKind.CASH)
    queue.finish(order.dealer_id, DueKind.ORDER, order.pk)
    refunds.put_back_rest(order)


def due(order: Order) -> int:
    """What an order waits for, in rupiah: its price less what came in for it; 0 when it waits for no money."""
    return order.price - refunds.unapplied(order) if order.status == Status.AWAITING_PAYMENT else 0


def short_by(order: Order) -> int:
    """What an unpaid order still lacks after something was received, in rupiah; 0 when nothing came yet."""
    missing = due(order)
    return missing if missing < order.price else 0
