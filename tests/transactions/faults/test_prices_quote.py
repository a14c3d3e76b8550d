"""A price that moves between page and purchase is asked about again; nobody is charged what they did not see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions.faults import driving
from tests.transactions.storefront_rig import PRICE, Answer, Storefront, text_of
from transactions import form_tokens, pricing, sales
from transactions.models import Status, Tier
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db

MONEY = 1_000_000
VALID, EXPIRED = timedelta(minutes=4, seconds=50), timedelta(minutes=5, seconds=10)


@pytest.fixture
def here(shop: Shop) -> Storefront:
    """The customer, who pays from the wallet."""
    there = Storefront(shop)
    there.browser.force_login(shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    return there


def new_price(here: Storefront, amount: int) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=amount, actor=None)


def is_asked_about(here: Storefront, answer: Answer, words: str) -> None:
    """A question, and nothing bought or taken."""
    assert answer.status_code == 409
    assert words in text_of(answer)
    assert here.orders() == 0
    assert here.shop.balance() == MONEY


def is_bought_for(here: Storefront, answer: Answer, price: int) -> None:
    """One order at exactly this price, delivered."""
    assert answer.status_code == 303, text_of(answer)
    order = here.at(answer["Location"])
    assert (here.orders(), order.price) == (1, price)
    assert here.shop.balance() == MONEY - price
    driving.step()
    assert here.shop.order(order).status == Status.SUCCEEDED


@pytest.mark.parametrize("seen", [{}, {"price.TSEL10": "11000"}], ids=["by its token", "by its own words"])
@pytest.mark.parametrize("age", [timedelta(0), VALID, EXPIRED], ids=["fresh", "valid", "expired"])
def test_a_price_that_rose_since_the_page_is_asked_about_whatever_its_age(
    here: Storefront, simulator: Simulator, seen: dict[str, str], age: timedelta
) -> None:
    form = {**here.filled(gateway="balance", token=here.token(age=age)), **seen}
    new_price(here, 11_500)
    answer = here.browser.post(here.address, form)
    is_asked_about(here, answer, "sekarang Rp11.500, tadi Rp11.000")
    is_bought_for(here, here.sends_again(answer), 11_500)
    assert len(simulator.log()) == 1


def test_a_price_that_rose_with_its_cost_is_asked_about_and_not_said_to_be_closed(here: Storefront) -> None:
    """The price that was seen does not even bear the new cost: no route is left at that price."""
    form = here.filled(gateway="balance")
    with tenancy.inside(here.shop.dealer.pk):
        here.shop.product.routes.update(cost=PRICE + 300)
    new_price(here, 11_500)
    answer = here.browser.post(here.address, form)
    is_asked_about(here, answer, "sekarang Rp11.500, tadi Rp11.000")
    is_bought_for(here, here.sends_again(answer), 11_500)


def test_a_price_that_rises_again_is_asked_about_again(here: Storefront) -> None:
    form = here.filled(gateway="balance")
    new_price(here, 11_500)
    first = here.browser.post(here.address, form)
    new_price(here, 12_000)
    second = here.sends_again(first)
    is_asked_about(here, second, "sekarang Rp12.000")
    is_bought_for(here, here.sends_again(second), 12_000)


@pytest.mark.django_db(transaction=True)
def test_a_price_that_rises_in_the_very_moment_of_the_purchase_is_asked_about(
    here: Storefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = sales._agreed

    def rise() -> None:
        try:
            new_price(here, 11_500)
        finally:
            connections.close_all()

    def then_rises(wish: sales.Wish) -> int:
        limit = agreed(wish)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(rise).result(30)
        return limit

    form = here.filled(gateway="balance")
    with monkeypatch.context() as patched:
        patched.setattr(sales, "_agreed", then_rises)
        answer = here.browser.post(here.address, form)
    is_asked_about(here, answer, "sekarang Rp11.500, tadi Rp11.000")
    is_bought_for(here, here.sends_again(answer), 11_500)


def test_a_price_that_fell_is_charged_as_it_is_while_the_quote_is_valid(here: Storefront) -> None:
    form = here.filled(gateway="balance", token=here.token(age=VALID))
    new_price(here, 10_800)
    is_bought_for(here, here.browser.post(here.address, form), 10_800)


def test_an_expired_quote_of_another_price_is_asked_about_also_when_it_fell(here: Storefront) -> None:
    form = here.filled(gateway="balance", token=here.token(age=EXPIRED))
    new_price(here, 10_800)
    answer = here.browser.post(here.address, form)
    is_asked_about(here, answer, "Rp10.800")
    is_bought_for(here, here.sends_again(answer), 10_800)


def test_an_expired_quote_whose_price_stands_is_honoured(here: Storefront) -> None:
    is_bought_for(here, here.send(gateway="balance", token=here.token(age=EXPIRED)), PRICE)


def test_a_form_that_says_less_than_the_price_buys_nothing_for_less(here: Storefront) -> None:
    answer = here.send(gateway="balance", **{"price.TSEL10": "1"})
    is_asked_about(here, answer, "sekarang Rp11.000")


@pytest.mark.parametrize("said", ["11500", "99999999", "Rp99.999.999", "-1", "abc", "1e9"])
def test_a_form_that_says_more_than_the_page_showed_agrees_to_nothing_more(here: Storefront, said: str) -> None:
    form = {**here.filled(gateway="balance"), "price.TSEL10": said}
    new_price(here, 11_500)
    is_asked_about(here, here.browser.post(here.address, form), "sekarang Rp11.500")


def test_a_token_whose_time_was_moved_is_none(here: Storefront) -> None:
    old, new = here.token(age=EXPIRED), here.token()
    moved = old.rpartition(":")[0].rpartition(".")[0] + "." + new.rpartition(".")[2].partition(":")[0]
    forged = f"{moved}:{old.rpartition(':')[2]}"
    with pytest.raises(form_tokens.Forged):
        form_tokens.read(here.shop.dealer.pk, forged)
    new_price(here, 11_500)
    answer = here.send(gateway="balance", token=forged)
    assert answer.status_code == 422
    assert "Formulir ini tidak dikenali." in text_of(answer)
    assert here.orders() == 0
    assert here.shop.balance() == MONEY


def test_an_order_that_waits_for_money_keeps_the_price_it_was_placed_at(here: Storefront) -> None:
    order = here.bought(gateway="cash")
    new_price(here, 11_500)
    here.pays(order)
    paid = here.shop.order(order)
    assert (paid.status, paid.price) == (Status.PAID, PRICE)
    driving.step()
    assert here.shop.order(order).status == Status.SUCCEEDED
