"""Buying from a wallet: one order, one hold, one due row, the wallet less exactly the price."""

import pytest

from portal.lib import tenancy
from tests import factories
from transactions import accounts, ledger, orders
from transactions.ledger import InsufficientBalance
from transactions.models import Due, Order, Price, Product, Status, Tier, Transfer

pytestmark = pytest.mark.django_db


def test_a_purchase_from_the_wallet_is_paid_and_held() -> None:
    shop = factories.shop(money=20_000)
    order = shop.buy()
    assert order.status == Status.PAID
    assert shop.balance() == 9_000
    with tenancy.inside(shop.dealer.pk):
        hold = Transfer.objects.get(reference=f"{order.code}:hold")
        assert (hold.amount, hold.frm_after, hold.to_kind) == (11_000, 9_000, "held")
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == 11_000
        assert Due.objects.filter(dealer=shop.dealer, kind="order", target=order.pk).count() == 1


def test_a_wallet_that_holds_too_little_buys_nothing() -> None:
    shop = factories.shop(money=10_999)
    with pytest.raises(InsufficientBalance):
        shop.buy()
    assert shop.balance() == 10_999
    with tenancy.inside(shop.dealer.pk):
        assert not Order.objects.exists()


def test_the_same_form_twice_is_one_order() -> None:
    shop = factories.shop()
    ask = factories.ask(shop.product, gateway="balance", customer=shop.customer)
    first, second = orders.place(shop.dealer, ask), orders.place(shop.dealer, ask)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.order.pk == second.order.pk
    assert shop.balance() == 989_000


def test_the_same_token_with_other_content_is_refused_and_names_the_order() -> None:
    shop = factories.shop()
    ask = factories.ask(shop.product)
    order = orders.place(shop.dealer, ask).order
    other = factories.ask(shop.product, form_token=ask.form_token, destination=factories.number())
    with pytest.raises(orders.AlreadyUsed) as refused:
        orders.place(shop.dealer, other)
    assert refused.value.order == order


def test_a_price_above_what_was_agreed_is_asked_again() -> None:
    shop = factories.shop()
    with tenancy.inside(shop.dealer.pk):
        Price.objects.filter(product=shop.product, tier=Tier.RETAIL).update(amount=11_500)
    with pytest.raises(orders.PriceRose) as rose:
        shop.buy(agreed_price=11_000)
    assert rose.value.price == 11_500


def test_a_closed_product_is_not_sold() -> None:
    shop = factories.shop()
    with tenancy.inside(shop.dealer.pk):
        Product.objects.update(is_open=False)
    with pytest.raises(orders.ProductClosed):
        shop.buy()


def test_the_same_product_for_the_same_number_asks_first() -> None:
    shop = factories.shop()
    order = shop.buy()
    with pytest.raises(orders.BoughtBefore) as asked:
        shop.buy(destination=order.destination)
    assert asked.value.order == order
    again = factories.ask(shop.product, gateway="balance", customer=shop.customer, destination=order.destination)
    assert orders.place(shop.dealer, again, again=True).is_new


def test_a_number_of_another_brand_asks_once() -> None:
    shop = factories.shop()
    with pytest.raises(orders.OtherBrand):
        shop.buy(destination="+6285712345678")
    ask = factories.ask(shop.product, destination="+6285712345678")
    assert orders.place(shop.dealer, ask, confirmed_brand=True).is_new
