"""An order is seen by its secret link, and by nothing less."""

import pytest

from portal.lib import ids
from tests.transactions.storefront_rig import Storefront, storefront, text_of
from transactions.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    return here.bought()


def test_the_link_shows_number_product_price_and_code(here: Storefront, order: Order) -> None:
    page = here.page(order)
    for shown in ("0812-3456-7890", "Telkomsel 10000", "Rp11.000", order.code):
        assert shown in page


def test_the_code_may_be_typed_as_it_is_read_aloud(here: Storefront, order: Order) -> None:
    spoken = ids.grouped(order.code).lower()
    assert here.browser.get(f"/o/{spoken}/?t={order.secret}").status_code == 200


@pytest.mark.parametrize("secret", ["", "x", "\x00", "é", "A" * 5000])
@pytest.mark.parametrize("action", ["", "live/", "status.json"])
def test_a_wrong_secret_shows_nothing(here: Storefront, order: Order, action: str, secret: str) -> None:
    answer = here.browser.get(f"/o/{order.code}/{action}", {"t": secret})
    assert answer.status_code == 404
    assert b"Telkomsel" not in answer.content
    assert order.secret.encode() not in answer.content


@pytest.mark.parametrize("code", ["1", "x" * 500, "%00", "é", "00000000000"])
def test_an_unknown_code_says_what_to_do(here: Storefront, code: str) -> None:
    answer = here.browser.get(f"/o/{code}/?t=x")
    assert answer.status_code == 404
    assert "Pesanan tidak ditemukan" in text_of(answer)
    assert "Tidak ada uang yang berubah" in text_of(answer)


@pytest.mark.parametrize("action", ["simulate/", "renew/", "cancel/"])
def test_nobody_acts_without_the_secret(here: Storefront, order: Order, action: str) -> None:
    assert here.browser.post(f"/o/{order.code}/{action}?t=x").status_code == 404
    assert here.at(here.link(order)).status == order.status


@pytest.mark.parametrize("action", ["", "live/", "status.json", "cancel/"])
def test_nothing_keeps_the_page_or_passes_its_address_on(here: Storefront, order: Order, action: str) -> None:
    answer = here.browser.get(here.link(order, action))
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    # With `no-referrer` browsers send `Origin: null` with the page's own forms, and those are refused.
    assert answer["Referrer-Policy"] == "same-origin"
