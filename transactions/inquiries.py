"""Asking a gateway what it has received for a payment code: a callback can be lost, the money must not be.

An open code is looked at a few times, and every code once more when its time is over, even if the order
was paid long before: somebody may have paid twice. What is found is taken in like a callback.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.utils import timezone

from portal.lib import tenancy
from transactions import payments, queue, todo
from transactions.gateways.base import Gateway, GatewayUnavailable, Notice
from transactions.gateways.registry import GATEWAYS
from transactions.models import DueKind, Payment, PaymentState, TaskKind
from transactions.queue import Claim

log = structlog.get_logger(__name__)

ASK_AGAIN = timedelta(minutes=1)
"""After a gateway did not answer."""
GIVE_UP = timedelta(hours=24)
"""So long after the end of a code a silent gateway is left to a person."""
STAFF_WITHIN = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """One question to a gateway."""

    dealer_id: int
    payment_id: int
    code: str
    gateway: Gateway

    def __str__(self) -> str:
        return f"payment {self.code} at {self.gateway.code}"

    def run(self) -> "Heard":
        """Talk to the gateway; no transaction is open."""
        try:
            return Heard(self, tuple(self.gateway.received(self.code)))
        except GatewayUnavailable as error:
            log.warning("gateway did not answer", gateway=self.gateway.code, error=str(error)[:200])
            return self.broken()

    def broken(self) -> "Heard":
        """What a question that broke down has taught us: nothing."""
        return Heard(self, None)


@dataclass(frozen=True)
class Heard:
    """What the gateway has received for the code; None when it did not say."""

    inquiry: Inquiry
    notices: tuple[Notice, ...] | None

    def __str__(self) -> str:
        return str(self.inquiry)


def decide(held: Claim) -> Inquiry | None:
    """What is to be asked about a payment code that is due; None when nobody can be asked."""
    with tenancy.inside(held.dealer_id):
        payment = Payment.objects.filter(dealer_id=held.dealer_id, pk=held.target).first()
        gateway = GATEWAYS.get(payment.gateway) if payment else None
    if payment is None or gateway is None or not gateway.can_be_asked:
        payments.expire_code(held.dealer_id, held.target)
        return None
    return Inquiry(dealer_id=held.dealer_id, payment_id=payment.pk, code=payment.code, gateway=gateway)


def record(heard: Heard) -> None:
    """Take in what was received, each receipt once, and say when to look again."""
    inquiry = heard.inquiry
    for notice in heard.notices or ():
        money = payments.Money(gateway=inquiry.gateway.code, gateway_tx=notice.gateway_tx, amount=notice.amount)
        payments.receive(inquiry.dealer_id, payment_code=inquiry.code, money=money)
    with tenancy.inside(inquiry.dealer_id):
        payment = Payment.objects.get(dealer_id=inquiry.dealer_id, pk=inquiry.payment_id)
    is_over = payment.expires_at <= timezone.now()
    if is_over and payment.state == PaymentState.OPEN:
        payments.expire_code(inquiry.dealer_id, payment.pk)
    _look_again(payment, was_answered=heard.notices is not None, is_over=is_over)


def _look_again(payment: Payment, *, was_answered: bool, is_over: bool) -> None:
    dealer_id = payment.dealer_id
    if was_answered:
        if is_over:
            queue.finish(dealer_id, DueKind.PAYMENT, payment.pk)
        else:
            queue.set_due(dealer_id, DueKind.PAYMENT, payment.pk, after=payments.until_next_look(payment))
    elif timezone.now() - payment.expires_at < GIVE_UP:
        queue.set_due(dealer_id, DueKind.PAYMENT, payment.pk, after=ASK_AGAIN)
    else:
        with tenancy.inside(dealer_id):
            todo.ask(dealer_id, TaskKind.PARKED, f"payment:{payment.code}", within=STAFF_WITHIN)
        queue.finish(dealer_id, DueKind.PAYMENT, payment.pk)
