"""A purchase that does not go through as it is is asked about once, in plain words, and a yes buys it."""

from datetime import timedelta

import pytest

from portal.lib import tenancy
from tests.transactions.storefront_rig import YES, Answer, Storefront, storefront, text_of
from transactions import pricing
from transactions.models import Product, Route, Status, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


def _asks(here: Storefront, answer: Answer, *, orders: int, words: str) -> None:
    assert answer.status_code == 409
    assert words in text_of(answer)
    assert "belum dipotong" in text_of(answer)
    assert here.orders() == orders


def _new_price(here: Storefront, amount: int) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=amount, actor=None)


def test_the_same_again_within_the_day_asks_and_yes_buys_it(here: Storefront) -> None:
    here.bought()
    answer = here.send()
    _asks(here, answer, orders=1, words="yang belum dibayar")
    assert 'name="again" value="1"' in text_of(answer)
    assert here.sends_again(answer).status_code == 303
    assert here.orders() == 2


def test_again_may_be_said_at_once(here: Storefront) -> None:
    here.bought()
    assert here.send(again="1").status_code == 303


def test_the_question_knows_that_the_first_one_has_arrived(here: Storefront) -> None:
    order = here.bought()
    here.pays(order)
    here.is_sent(order, YES)
    _asks(here, here.send(), orders=1, words="Nomor ini baru diisi Telkomsel 10000")


def test_an_order_that_was_given_up_is_not_asked_about(here: Storefront) -> None:
    order = here.bought()
    here.browser.post(here.link(order, "cancel/"))
    assert here.send().status_code == 303


def test_a_number_of_another_operator_asks_and_yes_sends_it(here: Storefront) -> None:
    answer = here.send(destination="0817 1234 5678")
    _asks(here, answer, orders=0, words="Awalan 0817-1234-5678 milik XL")
    assert 'name="confirm" value="brand"' in text_of(answer)
    assert here.at(here.sends_again(answer)["Location"]).destination == "+6281712345678"


def test_two_questions_come_one_after_the_other_and_the_first_yes_is_kept(here: Storefront) -> None:
    here.bought(destination="0817 1234 5678", confirm="brand")
    first = here.send(destination="0817 1234 5678")
    second = here.sends_again(first)
    assert (first.status_code, second.status_code) == (409, 409)
    assert here.sends_again(second).status_code == 303


def test_a_price_that_rose_is_asked_about_and_yes_pays_the_new_one(here: Storefront) -> None:
    form = here.filled(**{"price.TSEL10": "11000"})
    _new_price(here, 11_500)
    answer = here.browser.post(here.address, form)
    _asks(here, answer, orders=0, words="sekarang Rp11.500, tadi Rp11.000")
    assert here.at(here.sends_again(answer)["Location"]).price == 11_500


def test_a_price_that_fell_is_charged_as_it_is(here: Storefront) -> None:
    form = here.filled()
    _new_price(here, 10_800)
    assert here.at(here.browser.post(here.address, form)["Location"]).price == 10_800


def test_an_old_page_whose_price_has_not_moved_is_not_asked_about(here: Storefront) -> None:
    assert here.bought(token=here.token(age=timedelta(hours=3))).price == 11_000


def test_a_product_that_closed_meanwhile_says_why_and_offers_no_yes(here: Storefront) -> None:
    form = here.filled()
    with tenancy.inside(here.shop.dealer.pk):
        Product.objects.update(is_open=False, closed_note="Gangguan")
    answer = here.browser.post(here.address, form)
    _asks(here, answer, orders=0, words="Telkomsel 10000: Gangguan.")
    assert "Ya," not in text_of(answer)


def test_a_product_whose_only_route_is_closed_is_closed(here: Storefront) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.update(is_open=False, closed_note="Gangguan")
    _asks(here, here.send(), orders=0, words="Produk ini sedang tutup")


def test_a_wallet_that_holds_too_little_says_how_much_is_missing_and_offers_another_way(here: Storefront) -> None:
    poor = storefront(money=4_000)
    poor.browser.force_login(poor.shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    answer = poor.send(gateway="balance")
    _asks(poor, answer, orders=0, words="Saldo kurang Rp7.000")
    assert poor.shop.balance() == 4_000
    order = poor.at(poor.sends_again(answer, gateway="cash")["Location"])
    assert (order.gateway, order.status) == ("cash", Status.AWAITING_PAYMENT)


def test_a_shop_that_closed_meanwhile_sells_nothing_and_says_so(here: Storefront) -> None:
    dealer = here.shop.dealer
    dealer.is_open, dealer.closed_note = False, "Buka lagi 06.00 WIB."
    dealer.save(update_fields=["is_open", "closed_note"])
    _asks(here, here.send(), orders=0, words="Buka lagi 06.00 WIB.")
