"""Taking money for an order: codes to pay by, receipts as they come in, and what each one means.

Every receipt is one transfer, once per gateway transaction. When what was received covers the price,
exactly the price is held and the order is paid; the rest, and whatever comes too late or twice, goes
back. Nothing that came in is ever without an account.
"""

from dataclasses import dataclass, replace

from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, roundtrip, tenancy
from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions import accounts, codes, postings, queue, refunds, states, todo
from transactions.codes import LOOKS as LOOKS
from transactions.codes import due as due
from transactions.codes import start as start
from transactions.codes import start_first as start_first
from transactions.codes import until_next_look as until_next_look
from transactions.gateways import terms
from transactions.gateways.terms import MethodClosed
from transactions.models import (
    AccountKind,
    BankAccount,
    BankLine,
    DueKind,
    LineState,
    Order,
    Payment,
    PaymentState,
    Receipt,
    Status,
    TaskKind,
)


class UnknownPayment(Exception):
    """No payment code like this one."""


class NotPayable(Exception):
    """The order is not waiting for money."""


class OtherAmount(Exception):
    """The order waits for another amount than the one that was seen; nothing was booked."""

    def __init__(self, due: int) -> None:
        super().__init__(f"{due} rupiah are due")
        self.due = due


class AlreadyTaken(Exception):
    """This reference stands for money that was taken in before; nothing was booked."""


@dataclass(frozen=True, kw_only=True)
class Money:
    """What a gateway reports: its own transaction id, and rupiah."""

    gateway: str
    gateway_tx: str
    amount: int


def renew(dealer: Dealer, order_id: int) -> Payment:
    """A new code for an unpaid order whose code has expired. Raises `NotPayable`, `terms.MethodClosed`."""
    with tenancy.inside(dealer.pk):
        order = states.lock(dealer.pk, order_id)
        if order.status != Status.AWAITING_PAYMENT:
            raise NotPayable
        return start(order)


_LOCKED = Prepared(
    lambda dealer, code, gateway: (
        Payment.objects.filter(dealer_id=dealer, code=code, gateway=gateway)
        .select_for_update(no_key=True, of=("order",))
        .select_related("order", "bank_account")
        .order_by()[:1]
    ),
    dealer=int,
    code=str,
    gateway=str,
)


def receive(dealer_id: int, *, payment_code: str, money: Money) -> Order:
    """A gateway says that money came in for a code; the same report twice changes nothing.

    Raises `UnknownPayment` when the dealer has no such code.
    """

    def once() -> Order:
        with tenancy.inside(dealer_id):
            payment = _LOCKED.first(dealer=dealer_id, code=payment_code, gateway=money.gateway)
            if payment is None:
                raise UnknownPayment(payment_code)
            order = payment.order
            if payment.bank_account is not None:
                _take_transfer(order, payment, payment.bank_account, money)
            else:
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
            amount = _as_seen(order, seen)
            payment = codes.open_code(order) or start(order, gateway="cash")
            money = Money(gateway="cash", gateway_tx=payment.code, amount=amount)
            _take(order, payment, money, source=accounts.cash("counter"), cashier=cashier)
            return order

    return retry.on_conflict(once)


def confirm_qris(dealer: Dealer, order_id: int, *, seen: int, reference: str, actor: User) -> Order:
    """Staff see in the acquirer's app that a QRIS code was paid: the `seen` rupiah that the page said.

    `reference` is the acquirer's, or "". If the acquirer reports the same money later, it counts once. Raises
    `NotPayable`, `OtherAmount`, and `AlreadyTaken` when the reference stands for other money.
    """

    def once() -> Order:
        with tenancy.inside(dealer.pk):
            order = states.lock(dealer.pk, order_id)
            amount = _as_seen(order, seen)
            payment = Payment.objects.filter(dealer=dealer, order=order, gateway="qris").order_by("-id").first()
            if payment is None:
                raise NotPayable
            money = Money(gateway="qris", gateway_tx=reference or f"hand:{payment.code}", amount=amount)
            if not _take(order, payment, money, source=accounts.clearing("qris"), cashier=actor):
                raise AlreadyTaken(reference)
            return order

    return retry.on_conflict(once)


def pay_from_wallet(order: Order, customer: User) -> None:
    """A locked order that waits for money is paid by a customer's balance, at once.

    Raises `NotPayable`, `ledger.InsufficientBalance`; then roll back.
    """
    owed = due(order)
    if not owed:
        raise NotPayable
    payment = start(order, gateway="balance")
    money = Money(gateway="balance", gateway_tx=payment.code, amount=owed)
    _take(order, payment, money, source=accounts.customer_wallet(customer.pk))


def _as_seen(order: Order, seen: int) -> int:
    amount = due(order)
    if not amount:
        raise NotPayable
    if amount != seen:
        raise OtherAmount(amount)
    return amount


def _take_transfer(order: Order, payment: Payment, account: BankAccount, money: Money) -> None:
    """The bank reports; staff may have entered the same line already."""
    lock_account(account)
    lines = BankLine.objects.filter(dealer_id=order.dealer_id, account=account, reference=money.gateway_tx)
    line = lines.select_related("account").select_for_update(of=("self",)).first()
    if line is None:
        money = replace(money, gateway=bank_gateway(account))
        _take(order, payment, money, source=accounts.bank(account.code))
    elif line.state == LineState.OPEN:
        take_line(line, order, payment=payment)


def lock_account(account: BankAccount) -> None:
    """One at a time: a report of the bank and staff who enter the same line must not miss each other."""
    BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk, dealer_id=account.dealer_id)


def bank_gateway(account: BankAccount) -> str:
    """What a receipt of this account calls its gateway: a bank's references are its own."""
    return f"bank:{account.code}"


def take_line(
    line: BankLine, order: Order, *, payment: Payment | None, actor: User | None = None, forgives: bool = False
) -> None:
    """A locked, open line of a bank statement turns out to be a locked order's money.

    With `forgives`, the dealer gives what is missing to the price, up to 999 rupiah.
    """
    dealer_id, account = order.dealer_id, line.account
    transfer_id = postings.claim_from_suspense(
        dealer_id,
        source_key=account.code,
        tx=line.reference,
        amount=line.amount,
        to=accounts.UNAPPLIED,
        order_id=order.pk,
    )
    line.state, line.decided_by, line.decided_at = LineState.MATCHED, actor, timezone.now()
    line.save(update_fields=["state", "decided_by", "decided_at"])
    todo.done(dealer_id, TaskKind.MONEY, line_subject(line), by=actor)
    money = Money(gateway=bank_gateway(account), gateway_tx=line.reference, amount=line.amount)
    roundtrip.send(*_noted(order, payment, money, transfer=Statement("%s", [transfer_id]), actor=actor))
    settle(order, actor=actor, payment=payment, forgives=forgives)


def line_subject(line: BankLine) -> str:
    """What the task about money of unknown owner is called."""
    return f"{line.account.code}:{line.reference}"[:60]


_KNOWN = """
SELECT id, %s IN (gateway_tx, proof) FROM receipt
WHERE dealer_id = %s AND gateway = %s AND (gateway_tx = %s OR proof = %s
    OR (payment_id = %s AND amount = %s AND proof = '' AND taken_by_id IS NOT NULL))
ORDER BY 2 DESC, id LIMIT 1
"""
_RECEIPT = """
INSERT INTO receipt (dealer_id, gateway, gateway_tx, amount, payment_id, order_id, transfer_id, taken_by_id, at)
VALUES (%s, %s, %s, %s, %s, %s, ({transfer}), %s, %s)
"""


def _take(order: Order, payment: Payment, money: Money, *, source: accounts.Acc, cashier: User | None = None) -> bool:
    """Write the money down, once, and decide what it means; False when it was taken before."""
    if _is_known(payment, money, cashier):
        return False
    transfer = _booked(order, money, source)
    noted = _noted(order, payment, money, transfer=transfer, actor=cashier)
    came = roundtrip.ask(*noted, refunds.unapplied_of(order))
    settle(order, actor=cashier, payment=payment, came=int(came[0]) if came else None)
    return True


def _booked(order: Order, money: Money, source: accounts.Acc) -> Statement:
    """The transfer by which it comes in, or its number where it had to be written at once: a wallet may refuse."""
    dealer_id, tx, amount = order.dealer_id, money.gateway_tx, money.amount
    if source.kind == AccountKind.WALLET:
        done = postings.receive(dealer_id, source=source, tx=tx, amount=amount, order_id=order.pk)
        return Statement("%s", [done])
    return postings.received(dealer_id, source=source, tx=tx, amount=amount, order_id=order.pk)


def _is_known(payment: Payment, money: Money, cashier: User | None) -> bool:
    """Whether this money was taken in before: it was reported, or staff saw it before the gateway said so."""
    tx, seen = money.gateway_tx, payment.pk if cashier is None else None
    found = roundtrip.ask(Statement(_KNOWN, [tx, payment.dealer_id, money.gateway, tx, tx, seen, money.amount]))
    if found is None:
        return False
    receipt_id, was_reported = found
    if not was_reported:
        Receipt.objects.filter(pk=receipt_id, dealer_id=payment.dealer_id).update(proof=money.gateway_tx)
    return True


def _noted(
    order: Order, payment: Payment | None, money: Money, *, transfer: Statement, actor: User | None
) -> tuple[Statement, Statement]:
    """The receipt of what `transfer` books, or has booked, and its line in the order's history."""
    before = [order.dealer_id, money.gateway, money.gateway_tx, money.amount, payment.pk if payment else None, order.pk]
    after = [actor.pk if actor else None, timezone.now()]
    return (
        Statement(_RECEIPT.format(transfer=transfer.sql), [*before, *transfer.values, *after]),
        states.event(order, "receipt", note=str(money.amount), actor=actor),
    )


def settle(
    order: Order,
    *,
    actor: User | None = None,
    payment: Payment | None = None,
    forgives: bool = False,
    came: int | None = None,
) -> None:
    """Decide what the money received for a locked order means: enough, too little, too much, too late.

    `payment` is the code that was paid last: a little less than the price is enough where it asked for that.
    `came` is what is unapplied of the order's money now, in rupiah, where the caller has just read it.
    """
    rest = refunds.unapplied(order) if came is None else came
    if order.status == Status.AWAITING_PAYMENT:
        missing = order.price - rest
        gift = terms.LARGEST_DISCOUNT if forgives else payment.discount if payment else 0
        if 0 < missing <= gift:
            postings.fill_up(order, missing=missing)
            rest += missing
        if rest >= order.price:
            _pay(order, actor)
            rest -= order.price
        elif codes.open_code(order) is not None:
            _ask_for_the_rest(order)
    if order.status != Status.AWAITING_PAYMENT:
        refunds.put_back_rest(order, rest)


def _pay(order: Order, actor: User | None) -> None:
    roundtrip.send(
        postings.held(order),
        *states.moved(order, Status.PAID, actor=actor, paid_at=timezone.now()),
        codes.closed(order),
        todo.closed(order, TaskKind.CASH, by=actor),
        queue.due_once_it_rested(order.dealer_id, order.pk),
    )


def _ask_for_the_rest(order: Order) -> None:
    """A code that says its sum is replaced by one for what is missing; another way is left to the buyer."""
    try:
        start(order)
    except MethodClosed:
        codes.close_all(order)


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
    codes.close_all(order)
    todo.done_with(order, TaskKind.CASH)
    queue.finish(order.dealer_id, DueKind.ORDER, order.pk)
    refunds.put_back_rest(order)


def short_by(order: Order, *, owed: int | None = None) -> int:
    """What an unpaid order still lacks after something was received, in rupiah; 0 when nothing came yet.

    `owed` is what is `due`, where the caller has just read it.
    """
    missing = due(order) if owed is None else owed
    return missing if missing < order.price else 0
