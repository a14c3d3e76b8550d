"""Codes to pay an order by: one is open at a time, it asks for what is due, it runs out and is renewed.

Call with the order's row locked, or just placed.
"""

from contextlib import nullcontext
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.lib import roundtrip
from portal.lib.roundtrip import Statement
from transactions import ledger, queue, refunds, todo
from transactions.gateways import registry, terms
from transactions.gateways.terms import CASH_LASTS, MethodClosed, Terms
from transactions.models import Order, Payment, PaymentState, Status, TaskKind

LOOKS = (timedelta(seconds=20), timedelta(minutes=2))
"""Ages at which a gateway is asked about a code that is still open; every code is looked at once more at its end."""
_TRIES = 5
_CODE = f"""
WITH made AS (
    INSERT INTO payment (dealer_id, order_id, gateway, code, amount, discount, qris_id, bank_account_id, state,
        created_at, expires_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'open', %s, %s) RETURNING id, dealer_id
), looked_at AS (
    INSERT INTO due (dealer_id, kind, target, due_at, tries, parked)
    SELECT dealer_id, 'payment', id, now() + %s * interval '1 second', 0, false FROM made {queue.OVER}
)
SELECT id FROM made
"""  # noqa: S608  built from a constant of ours
_CLOSE = f"""
WITH closed AS (
    UPDATE payment SET finished_at = %s, state = CASE
        WHEN EXISTS (SELECT 1 FROM receipt r WHERE r.dealer_id = payment.dealer_id AND r.payment_id = payment.id)
        THEN 'paid' WHEN expires_at <= %s THEN 'expired' ELSE 'void' END
    WHERE dealer_id = %s AND order_id = %s AND state = 'open' RETURNING id, dealer_id, gateway, expires_at
), asked AS (
    INSERT INTO due (dealer_id, kind, target, due_at, tries, parked)
    SELECT dealer_id, 'payment', id, now() + greatest(expires_at - %s, interval '0'), 0, false
    FROM closed WHERE gateway = ANY(%s) {queue.OVER}
)
DELETE FROM due USING closed
WHERE due.dealer_id = closed.dealer_id AND due.kind = 'payment' AND due.target = closed.id
  AND NOT closed.gateway = ANY(%s)
"""  # noqa: S608  built from a constant of ours


def start(order: Order, *, gateway: str = "") -> Payment:
    """Give an unpaid order a code to pay by; the one that is open already, if it asks for the right sum.

    `gateway` is another way than the order's. Raises `terms.MethodClosed`.
    """
    wanted, owed = gateway or order.gateway, due(order)
    found = open_code(order)
    if found is not None and found.gateway == wanted and _stands(found, owed):
        return found
    offered = terms.of(order.dealer_id, wanted, due=owed)
    if found is not None:
        close_all(order)
    number = Payment.objects.filter(dealer_id=order.dealer_id, order=order).count() + 1
    return _write_code(order, wanted, offered, number=number)


def start_first(order: Order) -> Payment:
    """Give an order that this transaction has placed, and that waits for money, its first code to pay by.

    Raises `terms.MethodClosed`.
    """
    return _write_code(order, order.gateway, terms.of(order.dealer_id, order.gateway, due=order.price), number=1)


def open_code(order: Order) -> Payment | None:
    """The code that can be paid now, if there is one."""
    return Payment.objects.filter(dealer_id=order.dealer_id, order=order, state=PaymentState.OPEN).first()


def _stands(payment: Payment, owed: int) -> bool:
    """Whether a code can still be paid, for what is owed now."""
    if payment.expires_at <= timezone.now():
        return False
    says_the_sum = payment.qris_id is not None or payment.bank_account_id is not None
    return not says_the_sum or payment.amount + payment.discount == owed


def _write_code(order: Order, gateway: str, offered: Terms, *, number: int) -> Payment:
    for _try in range(_TRIES):
        now = timezone.now()
        payment = Payment(
            dealer_id=order.dealer_id,
            order=order,
            gateway=gateway,
            code=f"{order.code}-{number}",
            amount=offered.amount,
            discount=offered.discount,
            qris=offered.qris,
            bank_account=offered.bank_account,
            created_at=now,
            expires_at=now + offered.lasts,
        )
        try:
            # Only where amounts must differ can a code be refused: then the transaction goes on.
            with transaction.atomic() if payment.bank_account_id else nullcontext():
                _write(payment)
        except IntegrityError as error:
            if ledger.constraint(error) != "one_open_transfer_per_amount":
                raise
            # Another order has just taken this amount: draw again.
            offered = terms.of(order.dealer_id, gateway, due=offered.amount + offered.discount)
        else:
            if gateway == "cash":
                todo.ask(order.dealer_id, TaskKind.CASH, order.code, within=CASH_LASTS, order=order)
            return payment
    raise MethodClosed(gateway)


def _write(payment: Payment) -> None:
    """The code and when it is looked at, in one statement."""
    who = [payment.dealer_id, payment.order_id, payment.gateway, payment.code, payment.amount, payment.discount]
    how = [payment.qris_id, payment.bank_account_id, payment.created_at, payment.expires_at]
    written = roundtrip.ask(Statement(_CODE, [*who, *how, until_next_look(payment).total_seconds()]))
    payment.pk = written[0] if written else None


def until_next_look(payment: Payment) -> timedelta:
    """How long until a payment code is due: the next time its gateway is asked, at last when it expires."""
    now = timezone.now()
    looks = LOOKS if payment.state == PaymentState.OPEN and registry.can_be_asked(payment.gateway) else ()
    ahead = [at for at in (*(payment.created_at + age for age in looks), payment.expires_at) if at > now]
    return min(ahead, default=now) - now


def close_all(order: Order) -> None:
    """No code of this order asks for money any more."""
    roundtrip.send(closed(order))


def closed(order: Order) -> Statement:
    """The same as a statement to be sent with others: the open code was paid, ran out, or another takes its place.

    Where a gateway can be asked, it is, once more at the code's end: it may be paid again, and that callback be lost.
    """
    now, asked = timezone.now(), registry.asked()
    return Statement(_CLOSE, [now, now, order.dealer_id, order.pk, now, asked, asked])


def due(order: Order) -> int:
    """What an order waits for, in rupiah: its price less what came in for it; 0 when it waits for no money."""
    return order.price - refunds.unapplied(order) if order.status == Status.AWAITING_PAYMENT else 0
