"""Codes to pay by: one is open at a time, it asks for what is due, and another way takes its place at any time."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
import qriskit
from django.db import IntegrityError, transaction
from django.utils import timezone

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.paying_rig import (
    PRICE,
    audited,
    balance,
    codes,
    open_code,
    ordered,
    refunds_of,
    reports,
    till,
)
from transactions import accounts, pay_view, paying, payments, tills
from transactions.gateways import terms
from transactions.ledger import InsufficientBalance
from transactions.models import BankAccount, Payment, Qris, Status, Task, TaskKind
from transactions.sales import NotOffered

pytestmark = pytest.mark.django_db

EVERY_WAY = {"qris", "transfer", "cash", "sandbox"}


@pytest.fixture
def shop() -> Iterator[Shop]:
    with audited():
        yield till()


def test_a_qris_code_asks_for_the_price_and_names_the_payment(shop: Shop) -> None:
    code = open_code(shop, ordered(shop, "qris"))
    assert code.qris is not None
    text = qriskit.parse(pay_view._text(code))
    assert (text.get("54"), text.get("62.05")) == (str(PRICE), code.code)


def test_qris_money_lies_with_the_acquirer(shop: Shop) -> None:
    order = ordered(shop, "qris")
    reports(shop, open_code(shop, order), PRICE)
    assert shop.order(order).status == Status.PAID
    assert balance(shop, accounts.clearing("qris")) == -PRICE


def test_too_little_by_qris_opens_a_code_for_exactly_the_rest(shop: Shop) -> None:
    order = ordered(shop, "qris")
    reports(shop, open_code(shop, order), PRICE - 400)
    first, second = codes(shop, order)
    assert (first.state, second.state, second.amount) == ("paid", "open", 400)
    reports(shop, second, 400, "tx-2")
    assert shop.order(order).status == Status.PAID
    assert refunds_of(shop, order) == []


def test_the_first_code_paid_again_after_that_is_due_back(shop: Shop) -> None:
    order = ordered(shop, "qris")
    first = open_code(shop, order)
    reports(shop, first, PRICE - 400)
    reports(shop, first, PRICE, "tx-2")
    assert shop.order(order).status == Status.PAID
    assert refunds_of(shop, order) == [(PRICE - 400, "due")]


def test_a_code_that_ran_out_is_renewed_though_nobody_wrote_that_down(shop: Shop) -> None:
    order = ordered(shop, "qris")
    with tenancy.inside(shop.dealer.pk):
        Payment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    payments.renew(shop.dealer, order.pk)
    assert [code.state for code in codes(shop, order)] == ["expired", "open"]


def test_a_new_sticker_makes_new_codes_and_leaves_the_old_ones(shop: Shop) -> None:
    order = ordered(shop, "qris")
    factories.qris(shop.dealer, "TOKO BARU")
    old, new = open_code(shop, order), open_code(shop, ordered(shop, "qris"))
    assert old.qris is not None
    assert new.qris is not None
    assert (old.qris.merchant_name, new.qris.merchant_name) == ("TOKO UJI", "TOKO BARU")
    with tenancy.inside(shop.dealer.pk):
        assert Qris.objects.filter(is_open=True).count() == 1


def test_a_closed_method_makes_no_code_and_the_old_one_stands(shop: Shop) -> None:
    order = ordered(shop, "cash")
    with tenancy.inside(shop.dealer.pk):
        tills.close_qris(shop.dealer)
    with pytest.raises(terms.MethodClosed):
        paying.change(shop.dealer, order.pk, gateway="qris", offered=EVERY_WAY)
    assert shop.order(order).gateway == "cash"
    assert [code.state for code in codes(shop, order)] == ["open"]


def test_what_is_not_offered_changes_nothing(shop: Shop) -> None:
    order = ordered(shop, "cash")
    for gateway in ("balance", "sandbox", "", "emas"):
        with pytest.raises(NotOffered):
            paying.change(shop.dealer, order.pk, gateway=gateway, offered={"qris", "balance"})
    assert shop.order(order).gateway == "cash"


def test_another_way_voids_the_code_before_it(shop: Shop) -> None:
    order = ordered(shop, "qris")
    paying.change(shop.dealer, order.pk, gateway="transfer", offered=EVERY_WAY)
    old, new = codes(shop, order)
    assert (old.gateway, old.state, new.gateway, new.state) == ("qris", "void", "transfer", "open")
    assert shop.order(order).gateway == "transfer"


def test_the_same_way_again_is_the_same_code(shop: Shop) -> None:
    order = ordered(shop, "transfer")
    paying.change(shop.dealer, order.pk, gateway="transfer", offered=EVERY_WAY)
    assert len(codes(shop, order)) == 1


def test_money_by_the_code_before_pays_the_order_all_the_same(shop: Shop) -> None:
    order = ordered(shop, "qris")
    old = open_code(shop, order)
    paying.change(shop.dealer, order.pk, gateway="cash", offered=EVERY_WAY)
    reports(shop, old, PRICE)
    assert shop.order(order).status == Status.PAID
    assert {code.state for code in codes(shop, order)} == {"void"}


def test_money_by_both_codes_pays_once_and_the_other_is_due_back(shop: Shop) -> None:
    order = ordered(shop, "qris")
    old = open_code(shop, order)
    paying.change(shop.dealer, order.pk, gateway="sandbox", offered=EVERY_WAY)
    reports(shop, open_code(shop, order), PRICE)
    reports(shop, old, PRICE, "tx-2")
    assert refunds_of(shop, order) == [(PRICE, "due")]


def test_leaving_cash_takes_the_cashiers_task_away(shop: Shop) -> None:
    order = ordered(shop, "cash")
    paying.change(shop.dealer, order.pk, gateway="qris", offered=EVERY_WAY)
    with tenancy.inside(shop.dealer.pk):
        assert not Task.objects.filter(kind=TaskKind.CASH, closed_at=None).exists()


def test_cash_is_taken_for_an_order_whose_qris_was_closed(shop: Shop) -> None:
    order = ordered(shop, "qris")
    with tenancy.inside(shop.dealer.pk):
        tills.close_qris(shop.dealer)
        Payment.objects.update(state="expired")
    cashier = factories.member(shop.dealer, Role.CASHIER)
    payments.take_cash(shop.dealer, order.pk, seen=PRICE, cashier=cashier)
    assert shop.order(order).status == Status.PAID


def test_a_paid_order_is_paid_by_no_other_way(shop: Shop) -> None:
    order = ordered(shop, "qris")
    reports(shop, open_code(shop, order), PRICE)
    with pytest.raises(payments.NotPayable):
        paying.change(shop.dealer, order.pk, gateway="cash", offered=EVERY_WAY)


def test_a_balance_pays_at_once_and_takes_the_order_over(shop: Shop) -> None:
    order = ordered(shop, "qris")
    paying.pay_from_balance(shop.dealer, order.pk, customer=shop.customer, pin="")
    now = shop.order(order)
    assert (now.status, now.gateway, now.customer_id) == (Status.PAID, "balance", shop.customer.pk)
    assert shop.balance() == 1_000_000 - PRICE


def test_a_balance_pays_only_what_is_still_due(shop: Shop) -> None:
    order = ordered(shop, "qris")
    reports(shop, open_code(shop, order), PRICE - 400)
    paying.pay_from_balance(shop.dealer, order.pk, customer=shop.customer, pin="")
    assert shop.balance() == 1_000_000 - 400
    assert shop.order(order).status == Status.PAID


def test_too_little_balance_changes_nothing(shop: Shop) -> None:
    order, poor = ordered(shop, "qris"), factories.user()
    with pytest.raises(InsufficientBalance):
        paying.pay_from_balance(shop.dealer, order.pk, customer=poor, pin="")
    now = shop.order(order)
    assert (now.gateway, now.customer_id, open_code(shop, order).gateway) == ("qris", None, "qris")


def test_nobody_pays_another_customers_order_from_a_balance(shop: Shop) -> None:
    order = ordered(shop, "qris", customer=factories.user())
    with pytest.raises(paying.SomebodyElses):
        paying.pay_from_balance(shop.dealer, order.pk, customer=shop.customer, pin="")
    assert shop.balance() == 1_000_000


def test_a_transfer_asks_for_one_to_999_rupiah_less(shop: Shop) -> None:
    code = open_code(shop, ordered(shop, "transfer"))
    assert 1 <= code.discount <= 999
    assert code.amount + code.discount == PRICE


def test_no_two_open_transfers_ask_for_the_same(shop: Shop) -> None:
    amounts = [open_code(shop, ordered(shop, "transfer")).amount for _ in range(30)]
    assert len(set(amounts)) == 30


def test_the_database_refuses_the_same_amount_twice(shop: Shop) -> None:
    first, second = ordered(shop, "transfer"), ordered(shop, "transfer")
    amount = open_code(shop, first).amount
    with (
        pytest.raises(IntegrityError, match="one_open_transfer_per_amount"),
        tenancy.inside(shop.dealer.pk),
        transaction.atomic(),
    ):
        Payment.objects.filter(order=second).update(amount=amount, discount=PRICE - amount)


def test_an_amount_that_was_taken_meanwhile_is_drawn_again(shop: Shop) -> None:
    taken = open_code(shop, ordered(shop, "transfer")).discount
    other = 1 if taken != 1 else 2
    with patch("transactions.gateways.terms._discount", side_effect=[taken, other]):
        assert open_code(shop, ordered(shop, "transfer")).discount == other


def test_an_amount_rests_for_a_day_after_its_code_ended(shop: Shop) -> None:
    order = ordered(shop, "transfer")
    resting = open_code(shop, order).amount
    paying.change(shop.dealer, order.pk, gateway="cash", offered=EVERY_WAY)
    near = [terms.of(shop.dealer.pk, "transfer", due=PRICE).amount for _ in _inside(shop, 300)]
    assert resting not in near


def _inside(shop: Shop, times: int) -> Iterator[int]:
    with tenancy.inside(shop.dealer.pk):
        yield from range(times)


def test_when_every_amount_is_taken_transfers_are_closed(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        account = BankAccount.objects.get()
        some = ordered(shop, "cash")
        Payment.objects.bulk_create(
            Payment(
                dealer=shop.dealer,
                order=factories.place(shop.dealer, shop.product, gateway="cash") if k < 3 else some,
                gateway="transfer",
                code=f"X-{k}",
                amount=PRICE - k,
                discount=k,
                bank_account=account,
                state="open" if k < 3 else "void",
                finished_at=None if k < 3 else timezone.now(),
                expires_at=timezone.now(),
            )
            for k in range(1, 1_000)
        )
        # Resting amounts are used when there is nothing else; open ones never.
        assert terms.of(shop.dealer.pk, "transfer", due=PRICE).discount >= 3
        with pytest.raises(terms.MethodClosed):
            terms.of(shop.dealer.pk, "transfer", due=1)
