"""Staff see in the acquirer's app that a QRIS was paid: one receipt, also when the acquirer reports it later."""

from collections.abc import Iterator

import pytest

from dealers.models import User
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.paying_rig import PRICE, audited, open_code, ordered, refunds_of, reports, till
from transactions import payments
from transactions.models import Order, Receipt, Status

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
    return ordered(shop, "qris")


def confirm(shop: Shop, order: Order, staff: User, reference: str = "", seen: int = PRICE) -> None:
    payments.confirm_qris(shop.dealer, order.pk, seen=seen, reference=reference, actor=staff)


def test_a_persons_word_pays_the_order(shop: Shop, order: Order, staff: User) -> None:
    confirm(shop, order, staff)
    assert shop.order(order).status == Status.PAID
    with tenancy.inside(shop.dealer.pk):
        assert Receipt.objects.get(order=order).taken_by == staff


@pytest.mark.parametrize("reference", ["", "RRN-1", "tx-1"])
def test_the_acquirers_report_of_the_same_money_changes_nothing(
    shop: Shop, order: Order, staff: User, reference: str
) -> None:
    code = open_code(shop, order)
    confirm(shop, order, staff, reference)
    for _ in range(2):
        reports(shop, code, PRICE, "tx-1")
    assert refunds_of(shop, order) == []
    with tenancy.inside(shop.dealer.pk):
        assert Receipt.objects.filter(order=order).count() == 1


def test_a_second_payment_after_that_is_due_back(shop: Shop, order: Order, staff: User) -> None:
    code = open_code(shop, order)
    confirm(shop, order, staff)
    reports(shop, code, PRICE, "tx-1")
    reports(shop, code, PRICE, "tx-2")
    assert refunds_of(shop, order) == [(PRICE, "due")]


def test_another_sum_than_confirmed_is_other_money(shop: Shop, order: Order, staff: User) -> None:
    code = open_code(shop, order)
    confirm(shop, order, staff)
    reports(shop, code, 5_000, "tx-1")
    assert refunds_of(shop, order) == [(5_000, "due")]


def test_after_the_report_there_is_nothing_to_confirm(shop: Shop, order: Order, staff: User) -> None:
    reports(shop, open_code(shop, order), PRICE)
    with pytest.raises(payments.NotPayable):
        confirm(shop, order, staff)


def test_what_came_in_since_the_page_is_said(shop: Shop, order: Order, staff: User) -> None:
    reports(shop, open_code(shop, order), 5_000)
    with pytest.raises(payments.OtherAmount) as refused:
        confirm(shop, order, staff)
    assert refused.value.due == PRICE - 5_000


def test_a_reference_stands_for_one_payment(shop: Shop, order: Order, staff: User) -> None:
    confirm(shop, order, staff, "RRN-1")
    with pytest.raises(payments.AlreadyTaken):
        confirm(shop, ordered(shop, "qris"), staff, "RRN-1")


def test_an_order_without_a_qris_code_is_not_confirmed(shop: Shop, staff: User) -> None:
    with pytest.raises(payments.NotPayable):
        confirm(shop, ordered(shop, "transfer"), staff)
