"""Anybody can verify a receipt by its own code, and learns no more than that it is genuine."""

import pytest
from django.test import Client

from portal.lib import ids, tenancy
from tests.transactions import served
from tests.transactions.storefront_rig import Storefront, storefront, text_of
from transactions.models import Order
from transactions.slips import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    return served.serve(here)[0]


def _code(here: Storefront, order: Order) -> str:
    with tenancy.inside(here.shop.dealer.pk):
        return content.proof(order).code


def test_a_genuine_receipt_shows_shop_status_amount_and_masked_number_only(
    here: Storefront, order: Order, client: Client
) -> None:
    page = text_of(client.get(f"/v/{_code(here, order)}"))
    for told in ("Struk asli", here.shop.dealer.name, "Berhasil", "Rp11.000", "0812-••••-"):
        assert told in page
    for hidden in (order.code, order.secret, order.sn, order.destination[-9:-3]):
        assert hidden not in page


def test_the_code_may_be_typed_as_it_is_read(here: Storefront, order: Order, client: Client) -> None:
    typed = ids.grouped(_code(here, order)).lower().replace("0", "o")
    assert client.get(f"/v/{typed}/").status_code == 200


def test_an_unknown_code_says_what_to_check(client: Client) -> None:
    answer = client.get("/v/0000-0000-0000-0000-0000")
    assert answer.status_code == 404
    assert "Yang perlu diperiksa" in text_of(answer)


def test_an_order_code_is_no_receipt_code(order: Order, client: Client) -> None:
    assert client.get(f"/v/{order.code}").status_code == 404


def test_a_receipt_whose_money_went_back_says_so(here: Storefront, order: Order, client: Client) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        order.refunds.create(dealer=here.shop.dealer, number=1, amount=11_000)
    page = text_of(client.get(f"/v/{_code(here, order)}"))
    assert "Struk asli, uang kembali" in page
    assert "Rp11.000 dikembalikan" in page
