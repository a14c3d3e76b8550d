"""The address of a button, opened by hand: refused with a page that leads back; programs get no page."""

import pytest

from portal.lib import tenancy
from tests.transactions.storefront_rig import Storefront, guest, storefront, text_of
from transactions import payments

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


def test_the_address_of_an_orders_button_leads_back_to_the_order(here: Storefront) -> None:
    order = here.shop.buy(gateway="sandbox", customer=None)
    with tenancy.inside(here.shop.dealer.pk):
        payments.start(order)
    answer = here.browser.get(here.link(order, "renew/"))
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Halaman ini tidak bisa dibuka langsung" in text_of(answer)
    assert f'href="{here.link(order)}"' in text_of(answer)


def test_without_a_secret_it_leads_to_the_look_up(here: Storefront) -> None:
    answer = guest().get(f"{here.address}quote/")
    assert answer.status_code == 405
    assert 'href="/cek/"' in text_of(answer)


def test_its_style_is_allowed_by_its_policy(here: Storefront) -> None:
    answer = guest().get(f"{here.address}quote/")
    assert "'sha256-" in answer["Content-Security-Policy"]


def test_a_program_gets_no_page(here: Storefront) -> None:
    answer = guest().get(f"{here.address}quote/", headers={"Accept": "application/json"})
    assert answer.status_code == 405
    assert answer.content == b""
