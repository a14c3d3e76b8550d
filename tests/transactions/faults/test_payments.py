"""Money for an order: exactly the price is held, the rest goes back, and each receipt counts once."""

import json
import time

import pytest
from django.test import Client
from pytest_django import Settings

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import accounts, ledger, orders, payments
from transactions.gateways import sandbox
from transactions.models import Order, Payment, PaymentState, Receipt, Refund, Status, Task, Transfer

PRICE = 11_000


@pytest.fixture
def order(shop: Shop) -> Order:
    """A guest's order, not yet paid."""
    placed = factories.place(shop.dealer, shop.product)
    with tenancy.inside(shop.dealer.pk):
        payments.start(placed)
    return placed


def pay(shop: Shop, order: Order, amount: int, tx: str = "tx-1") -> None:
    money = payments.Money(gateway="sandbox", gateway_tx=tx, amount=amount)
    payments.receive(shop.dealer.pk, payment_code=f"{order.code}-1", money=money)


def refunds_of(shop: Shop, order: Order) -> list[tuple[int, str]]:
    with tenancy.inside(shop.dealer.pk):
        return [(r.amount, r.state) for r in Refund.objects.filter(order=order).order_by("number")]


def balance(shop: Shop, acc: accounts.Acc) -> int:
    with tenancy.inside(shop.dealer.pk):
        return ledger.balance(shop.dealer.pk, acc)


def test_the_exact_price_pays_the_order(shop: Shop, order: Order) -> None:
    pay(shop, order, PRICE)
    assert shop.order(order).status == Status.PAID
    assert balance(shop, accounts.HELD) == PRICE
    assert balance(shop, accounts.UNAPPLIED) == 0
    assert balance(shop, accounts.clearing("sandbox")) == -PRICE
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED


def test_the_same_receipt_twice_counts_once(shop: Shop, order: Order) -> None:
    pay(shop, order, PRICE)
    pay(shop, order, PRICE)
    assert refunds_of(shop, order) == []
    with tenancy.inside(shop.dealer.pk):
        assert Receipt.objects.count() == 1


def test_too_little_waits_for_the_rest(shop: Shop, order: Order) -> None:
    pay(shop, order, 10_600)
    assert shop.order(order).status == Status.AWAITING_PAYMENT
    with tenancy.inside(shop.dealer.pk):
        assert payments.short_by(shop.order(order)) == 400
    pay(shop, order, 400, "tx-2")
    assert shop.order(order).status == Status.PAID


def test_too_much_is_held_to_the_price_and_the_rest_is_due(shop: Shop, order: Order) -> None:
    pay(shop, order, 15_000)
    assert balance(shop, accounts.HELD) == PRICE
    assert refunds_of(shop, order) == [(4_000, "due")]
    with tenancy.inside(shop.dealer.pk):
        assert Task.objects.filter(kind="refund", order=order, closed_at=None).count() == 1


def test_paid_twice_is_delivered_once_and_the_second_payment_is_due(shop: Shop, order: Order) -> None:
    pay(shop, order, PRICE)
    pay(shop, order, PRICE, "tx-2")
    assert refunds_of(shop, order) == [(PRICE, "due")]
    driving.step()
    with tenancy.inside(shop.dealer.pk):
        assert Transfer.objects.filter(order_id=order.pk, to_kind="sales").count() == 1


def test_money_for_an_expired_order_is_due_back(shop: Shop, order: Order) -> None:
    driving.pass_time(order)
    driving.step()
    pay(shop, order, PRICE)
    assert shop.order(order).status == Status.EXPIRED
    assert refunds_of(shop, order) == [(PRICE, "due")]
    assert balance(shop, accounts.UNAPPLIED) == 0


def test_a_short_payment_goes_back_when_the_order_expires(shop: Shop, order: Order) -> None:
    pay(shop, order, 4_000)
    driving.pass_time(order)
    driving.step()
    assert refunds_of(shop, order) == [(4_000, "due")]


def test_a_signed_in_customers_rest_goes_to_the_wallet(shop: Shop) -> None:
    placed = factories.place(shop.dealer, shop.product, customer=shop.customer)
    with tenancy.inside(shop.dealer.pk):
        payments.start(placed)
    pay(shop, placed, 12_000)
    assert shop.balance() == 1_001_000
    assert refunds_of(shop, placed) == [(1_000, "done")]


def test_a_guest_whose_order_fails_is_owed_the_price(shop: Shop) -> None:
    placed = factories.place(shop.dealer, shop.product, destination=factories.number("232"))
    with tenancy.inside(shop.dealer.pk):
        payments.start(placed)
    pay(shop, placed, PRICE)
    driving.step()
    assert shop.order(placed).status == Status.FAILED
    assert balance(shop, accounts.REFUNDS_DUE) == PRICE
    assert refunds_of(shop, placed) == [(PRICE, "due")]


def test_a_cashier_takes_the_price_in_cash(shop: Shop) -> None:
    placed = factories.place(shop.dealer, shop.product, gateway="cash")
    with tenancy.inside(shop.dealer.pk):
        payments.start(placed)
    payments.take_cash(shop.dealer, placed.pk, seen=PRICE, cashier=factories.member(shop.dealer))
    assert shop.order(placed).status == Status.PAID
    assert balance(shop, accounts.cash("counter")) == -PRICE
    with pytest.raises(payments.NotPayable):
        payments.take_cash(shop.dealer, placed.pk, seen=PRICE, cashier=factories.member(shop.dealer))


def test_an_expired_code_is_renewed_and_the_old_one_still_pays(shop: Shop, order: Order) -> None:
    with tenancy.inside(shop.dealer.pk):
        old = Payment.objects.get()
    payments.expire_code(shop.dealer.pk, old.pk)
    assert payments.renew(shop.dealer, order.pk).code == f"{order.code}-2"
    pay(shop, order, PRICE)
    assert shop.order(order).status == Status.PAID
    with tenancy.inside(shop.dealer.pk):
        states = dict(Payment.objects.values_list("code", "state"))
    assert states == {f"{order.code}-1": PaymentState.EXPIRED, f"{order.code}-2": PaymentState.VOID}


def test_a_cancelled_order_takes_no_money(shop: Shop, order: Order) -> None:
    orders.cancel(shop.dealer, order.pk)
    pay(shop, order, PRICE)
    assert shop.order(order).status == Status.CANCELLED
    assert refunds_of(shop, order) == [(PRICE, "due")]


def _post(body: dict[str, object], *, secret: str = "s", age: int = 0) -> int:
    raw = json.dumps(body).encode()
    stamp = str(int(time.time()) - age)
    headers = {"X-Konter-Timestamp": stamp, "X-Konter-Signature": sandbox.signature(stamp, raw)}
    if secret != "s":
        headers["X-Konter-Signature"] = "v1=" + "0" * 64
    return Client().post("/hooks/payments/sandbox/", raw, content_type="application/json", headers=headers).status_code


def test_only_a_signed_fresh_callback_pays(shop: Shop, order: Order, settings: Settings) -> None:
    settings.SANDBOX_SECRET = "s"
    body: dict[str, object] = {"payment_code": f"{order.code}-1", "gateway_tx": "t", "amount": PRICE}
    assert _post(body, secret="forged") == 401
    assert _post(body, age=301) == 401
    assert shop.order(order).status == Status.AWAITING_PAYMENT
    assert _post({**body, "amount": -5}) == 422
    assert _post({**body, "payment_code": "NOBODY-1"}) == 404
    assert _post(body) == 200
    assert shop.order(order).status == Status.PAID
