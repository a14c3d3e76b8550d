"""The quote: brand and prices for a number that is still being typed, for people and for programs."""

import pytest
from pytest_django import Settings

from portal.lib import tenancy
from tests import factories
from tests.transactions.storefront_rig import PRICE, Answer, Storefront, storefront, text_of
from transactions.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


def _ask(here: Storefront, accept: str = "text/html", **fields: str) -> Answer:
    return here.browser.post(f"{here.address}quote/", fields, headers={"Accept": accept})


def test_four_digits_are_enough_for_brand_and_prices(here: Storefront) -> None:
    page = text_of(_ask(here, destination="0812"))
    assert "Telkomsel" in page
    assert 'value="TSEL10"' in page
    assert "Rp11.000" in page


def test_programs_get_the_same_as_an_object_with_a_token_that_buys(here: Storefront) -> None:
    answer = _ask(here, "application/json", destination="081234567890")
    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    assert (told["kind"], told["brand"]["code"]) == ("pulsa", "TSEL")
    (product,) = told["products"]
    assert (product["sku"], product["nominal"], product["price"], product["open"]) == ("TSEL10", 10_000, PRICE, True)
    assert here.send(token=told["token"]).status_code == 303


def test_a_closed_product_is_shown_with_its_reason_and_cannot_be_chosen(here: Storefront) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Product.objects.update(is_open=False, closed_note="Gangguan")
        factories.product(here.shop.dealer, here.shop.supplier, sku="TSEL20", nominal=20_000)
    page = text_of(_ask(here, destination="0812"))
    assert 'data-nominal="10.000" disabled' in page
    assert "Gangguan" in page
    (ten, twenty) = _ask(here, "application/json", destination="0812").json()["products"]
    assert (ten["open"], ten["note"], twenty["open"]) == (False, "Gangguan", True)


def test_the_brand_can_be_corrected(here: Storefront) -> None:
    assert _ask(here, "application/json", destination="0817").json()["products"] == []
    corrected = _ask(here, "application/json", destination="0817", brand="TSEL").json()
    assert [product["sku"] for product in corrected["products"]] == ["TSEL10"]


def test_an_unknown_beginning_has_no_brand_and_no_prices(here: Storefront) -> None:
    told = _ask(here, "application/json", destination="0835").json()
    assert (told["brand"], told["products"]) == (None, [])


@pytest.mark.parametrize("typed", ["", "08", "halo", "0217654321", "0" * 64])
def test_what_is_no_number_is_refused_with_a_sentence(here: Storefront, typed: str) -> None:
    assert _ask(here, destination=typed).status_code == 422
    told = _ask(here, "application/json", destination=typed)
    assert (told.status_code, told["Content-Type"]) == (422, "application/problem+json")
    assert told.json()["field"] == "destination"


@pytest.mark.parametrize("value", ["\x00", "9" * 5000, "<script>alert(1)</script>", "Ω" * 100])
@pytest.mark.parametrize("name", ["destination", "brand", "jenis"])
def test_nothing_that_is_sent_breaks_it(here: Storefront, name: str, value: str) -> None:
    for accept in ("text/html", "application/json"):
        answer = _ask(here, accept, **{"destination": "0812", name: value})
        assert answer.status_code in {200, 422}
        assert b"<script>alert" not in answer.content


def test_a_quote_is_asked_for_by_post(here: Storefront) -> None:
    assert here.browser.get(f"{here.address}quote/").status_code == 405


def test_an_address_that_asks_too_often_waits(here: Storefront, settings: Settings) -> None:
    settings.GUEST_QUOTES_PER_MINUTE = 3
    assert [_ask(here, destination="0812").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = _ask(here, "application/json", destination="0812")
    assert refused.json()["code"] == "too_many_requests"
    assert int(refused["Retry-After"]) >= 1
