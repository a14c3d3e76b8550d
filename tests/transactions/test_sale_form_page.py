"""The landing page is the buy form, and takes two steps where there is no script."""

import re

import pytest

from portal.lib import tenancy
from tests import factories
from tests.transactions.storefront_rig import Storefront, hidden, storefront, text_of
from transactions.models import Brand, Kind, Price, Product, Route, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


def _sells_tokens(here: Storefront) -> None:
    dealer = here.shop.dealer
    with tenancy.inside(dealer.pk):
        pln = Brand.objects.get(code="PLN")
        made = Product.objects.create(
            dealer=dealer, sku="PLN20", name="PLN 20000", kind=Kind.PLN, brand=pln, nominal=20_000
        )
        Price.objects.create(dealer=dealer, product=made, tier=Tier.RETAIL, amount=21_500)
        Route.objects.create(
            dealer=dealer, product=made, supplier=here.shop.supplier, supplier_sku="pln20", cost=20_100
        )


def test_the_form_stands_on_the_landing_page(here: Storefront) -> None:
    page = text_of(here.browser.get(here.address))
    assert '<form id="sale"' in page
    assert "<h1> Isi pulsa </h1>" in page


def test_a_head_request_is_answered_like_a_get(here: Storefront) -> None:
    assert here.browser.head(here.address).status_code == 200


def test_without_a_script_the_number_comes_first_then_its_vouchers_then_the_order(here: Storefront) -> None:
    step = here.browser.post(here.address, {"jenis": "pulsa", "destination": "0812 3456 7890", "gateway": "cash"})
    assert step.status_code == 200
    page = text_of(step)
    assert 'value="0812 3456 7890"' in page
    assert here.orders() == 0
    sent = {**hidden(step.content.decode()), "destination": "0812 3456 7890", "sku": "TSEL10", "gateway": "cash"}
    assert here.browser.post(here.address, sent).status_code == 303


def test_a_press_on_a_tab_buys_nothing_even_with_everything_filled_in(here: Storefront) -> None:
    answer = here.send(look="pulsa")
    assert answer.status_code == 200
    assert here.orders() == 0


def test_an_operator_chosen_by_hand_shows_its_vouchers(here: Storefront) -> None:
    page = text_of(here.send(look="pulsa", destination="0817 1234 5678", brand="TSEL"))
    assert 'value="TSEL10"' in page
    assert 'value="TSEL" selected' in page


def test_a_meter_number_buys_a_token(here: Storefront) -> None:
    _sells_tokens(here)
    order = here.bought(jenis="pln", sku="PLN20", destination="1234 5678 901")
    assert (order.destination, order.price) == ("12345678901", 21_500)


def test_a_phone_number_is_not_taken_to_the_meter_tab(here: Storefront) -> None:
    _sells_tokens(here)
    assert "0812 3456 7890" not in re.sub('placeholder="[^"]*"', "", text_of(here.send(look="pln")))


def test_a_closed_shop_shows_when_it_opens_and_no_form(here: Storefront) -> None:
    dealer = here.shop.dealer
    dealer.is_open, dealer.closed_note = False, "Buka lagi 06.00 WIB."
    dealer.save(update_fields=["is_open", "closed_note"])
    page = text_of(here.browser.get(here.address))
    assert "Buka lagi 06.00 WIB." in page
    assert '<form id="sale"' not in page


def test_a_voucher_of_another_dealer_is_nowhere_on_the_page(here: Storefront) -> None:
    other = factories.dealer()
    factories.product(other, factories.supplier(other), sku="TSEL77", nominal=77_000)
    assert "TSEL77" not in text_of(here.send(look="pulsa"))


def test_the_page_holds_no_inline_script_and_no_style_attribute(here: Storefront) -> None:
    page = text_of(here.send(look="pulsa"))
    assert re.findall(r"\sstyle=|<script(?! defer src=)|\son\w+=", page) == []


def test_a_page_with_a_purchase_on_it_is_not_stored(here: Storefront) -> None:
    assert here.send(sku="NONE")["Cache-Control"] == "no-store"
