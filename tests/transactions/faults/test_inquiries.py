"""A gateway's callback gets lost: Konter asks by itself, and no rupiah that came in stays unknown."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import inquiries, payments
from transactions.gateways import sandbox
from transactions.models import Due, DueKind, Order, Payment, PaymentState, Receipt, Refund, Status, Task
from transactions.suppliers.simulator import Simulator

PRICE = 11_000


@pytest.fixture
def order(shop: Shop, simulator: Simulator, settings: Settings) -> Order:
    """A guest's unpaid order, at a gateway whose callbacks reach nobody."""
    settings.SIMULATOR_PORT = simulator.port
    settings.SANDBOX_SECRET = "secret-of-the-test"
    settings.KONTER_BASE_URL = "http://127.0.0.1:9"
    placed = factories.place(shop.dealer, shop.product)
    with tenancy.inside(shop.dealer.pk):
        payments.start(placed)
    return placed


def code_of(shop: Shop, order: Order) -> Payment:
    with tenancy.inside(shop.dealer.pk):
        return Payment.objects.get(order=order)


def look(*, at_the_end_of: Payment | None = None) -> None:
    """It is time to look at the payment codes; or the time of one is over."""
    if at_the_end_of is not None:
        with tenancy.inside(at_the_end_of.dealer_id):
            Payment.objects.filter(pk=at_the_end_of.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Due.objects.filter(kind=DueKind.PAYMENT).update(due_at="2020-01-01T00:00:00Z", lease_until=None)
    driving.step()


def test_a_payment_whose_callback_was_lost_is_found_by_asking(shop: Shop, order: Order) -> None:
    sandbox.pay(code_of(shop, order), amount=PRICE, times=1)
    assert shop.order(order).status == Status.AWAITING_PAYMENT
    look()
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED


def test_asking_twice_takes_a_payment_once(shop: Shop, order: Order) -> None:
    sandbox.pay(code_of(shop, order), amount=PRICE - 500, times=1)
    look()
    look()
    with tenancy.inside(shop.dealer.pk):
        assert [receipt.amount for receipt in Receipt.objects.filter(order=order)] == [PRICE - 500]


def test_a_second_payment_is_found_when_the_code_is_over(shop: Shop, order: Order) -> None:
    payment = code_of(shop, order)
    sandbox.pay(payment, amount=PRICE, times=1)
    look()
    sandbox.pay(payment, amount=PRICE, times=1)
    look(at_the_end_of=payment)
    with tenancy.inside(shop.dealer.pk):
        assert [(refund.amount, refund.state) for refund in Refund.objects.filter(order=order)] == [(PRICE, "due")]
    assert not Due.objects.filter(kind=DueKind.PAYMENT).exists()


def test_a_code_that_nobody_paid_expires_and_is_asked_about_no_more(shop: Shop, order: Order) -> None:
    look(at_the_end_of=code_of(shop, order))
    assert code_of(shop, order).state == PaymentState.EXPIRED
    assert shop.order(order).status == Status.AWAITING_PAYMENT
    assert not Due.objects.filter(kind=DueKind.PAYMENT).exists()


def test_a_silent_gateway_is_asked_again_after_a_minute(shop: Shop, order: Order, settings: Settings) -> None:
    settings.SIMULATOR_PORT = 9
    look(at_the_end_of=code_of(shop, order))
    (row,) = Due.objects.filter(kind=DueKind.PAYMENT)
    assert timedelta(seconds=50) < row.due_at - timezone.now() <= inquiries.ASK_AGAIN
    assert shop.order(order).status == Status.AWAITING_PAYMENT


def test_a_gateway_that_stays_silent_for_a_day_is_left_to_a_person(
    shop: Shop, order: Order, settings: Settings
) -> None:
    settings.SIMULATOR_PORT = 9
    payment = code_of(shop, order)
    with tenancy.inside(shop.dealer.pk):
        Payment.objects.filter(pk=payment.pk).update(expires_at=timezone.now() - timedelta(hours=25))
    look()
    with tenancy.inside(shop.dealer.pk):
        assert Task.objects.filter(subject=f"payment:{payment.code}", closed_at=None).exists()
    assert not Due.objects.filter(kind=DueKind.PAYMENT).exists()


def test_an_open_code_is_looked_at_more_often_than_a_paid_one(shop: Shop, order: Order) -> None:
    payment = code_of(shop, order)
    assert payments.until_next_look(payment) <= payments.LOOKS[0]
    payment.state = PaymentState.PAID
    assert payments.until_next_look(payment) > payments.LOOKS[-1]
