"""A bank transfer by its unique amount: exact, rounded up, wrong, late, twice, and reported after staff entered it."""

from collections.abc import Iterator

import pytest

from dealers.models import User
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.bank_rig import enter, entered
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
from transactions import accounts, orders
from transactions.models import BankLine, Order, Receipt, Status, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Iterator[Shop]:
    with audited():
        yield till()


@pytest.fixture
def staff(shop: Shop) -> User:
    return factories.member(shop.dealer)


@pytest.fixture
def order(shop: Shop) -> Order:
    return ordered(shop, "transfer")


def test_the_exact_amount_pays_and_the_dealer_gives_the_rest(shop: Shop, order: Order) -> None:
    code = open_code(shop, order)
    reports(shop, code, code.amount)
    assert shop.order(order).status == Status.PAID
    assert balance(shop, accounts.bank("main")) == -code.amount - 1_000_000  # the customer's money lies there, too
    assert balance(shop, accounts.PROMO) == -code.discount
    with tenancy.inside(shop.dealer.pk):
        assert Transfer.objects.filter(reference=f"{order.code}:unique", amount=code.discount).exists()


def test_the_full_price_pays_and_nobody_gives_anything(shop: Shop, order: Order) -> None:
    reports(shop, open_code(shop, order), PRICE)
    assert shop.order(order).status == Status.PAID
    assert balance(shop, accounts.PROMO) == 0
    assert refunds_of(shop, order) == []


def test_a_little_more_than_asked_is_enough(shop: Shop, order: Order) -> None:
    code = open_code(shop, order)
    reports(shop, code, code.amount + 1 if code.discount > 1 else code.amount)
    assert shop.order(order).status == Status.PAID


def test_less_than_asked_is_short_of_the_whole_price(shop: Shop, order: Order) -> None:
    code = open_code(shop, order)
    reports(shop, code, code.amount - 1_000)
    rest = open_code(shop, order)
    assert rest.amount + rest.discount == code.discount + 1_000
    reports(shop, rest, rest.amount, "tx-2")
    assert shop.order(order).status == Status.PAID
    assert -balance(shop, accounts.PROMO) == rest.discount


def test_the_same_reference_counts_once(shop: Shop, order: Order) -> None:
    code = open_code(shop, order)
    reports(shop, code, code.amount)
    reports(shop, code, code.amount)
    assert refunds_of(shop, order) == []
    with tenancy.inside(shop.dealer.pk):
        assert Receipt.objects.filter(gateway="bank:main").count() == 1


def test_a_transfer_after_the_order_was_given_up_goes_back_as_it_came(shop: Shop, order: Order) -> None:
    code = open_code(shop, order)
    orders.cancel(shop.dealer, order.pk)
    reports(shop, code, code.amount)
    assert refunds_of(shop, order) == [(code.amount, "due")]
    assert balance(shop, accounts.PROMO) == 0


def test_a_short_transfer_goes_back_whole_when_the_buyer_wants_that(shop: Shop, order: Order) -> None:
    reports(shop, open_code(shop, order), 5_000)
    orders.cancel(shop.dealer, order.pk)
    assert refunds_of(shop, order) == [(5_000, "due")]
    assert {code.state for code in codes(shop, order)} <= {"paid", "void"}


def test_the_bank_reports_a_line_that_staff_entered_and_it_counts_once(shop: Shop, order: Order, staff: User) -> None:

    code = open_code(shop, order)
    entered(shop, staff, code.amount, reference="tx-1")
    reports(shop, code, code.amount, "tx-1")
    assert shop.order(order).status == Status.PAID
    with tenancy.inside(shop.dealer.pk):
        assert BankLine.objects.get().state == "matched"
    assert balance(shop, accounts.suspense("main")) == 0


def test_staff_enter_a_line_that_the_bank_reported_and_it_counts_once(shop: Shop, order: Order, staff: User) -> None:

    code = open_code(shop, order)
    reports(shop, code, code.amount, "tx-1")
    found = enter(shop, staff, code.amount, reference="tx-1")
    assert (found.new, found.known) == (0, 1)
    with tenancy.inside(shop.dealer.pk):
        assert not BankLine.objects.exists()
