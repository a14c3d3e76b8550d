"""Every state of the storefront: no violation, no sideways scrolling, no small target, no complaint of the browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dealers.models import Dealer
from tests import factories
from tests.browser.visitor import SHOP, Visitor, judged

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _empty(visitor: Visitor) -> None:
    visitor.comes()


def _chosen(visitor: Visitor) -> None:
    visitor.comes()
    visitor.types("081234567001")
    visitor.page.get_by_text("Bukan? Ganti").click()
    visitor.page.get_by_text("Ganti cara bayar").click()
    visitor.chooses()


def _wrong(visitor: Visitor) -> None:
    visitor.comes()
    visitor.types("0812")
    visitor.presses("Bayar")
    expect(visitor.page.get_by_role("alert")).to_be_visible()


def _asked(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    visitor.comes()
    visitor.types("081234567001")
    visitor.chooses()
    visitor.presses("Bayar")
    expect(visitor.page.get_by_role("alert")).to_be_visible()


def _again(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    visitor.comes()
    expect(visitor.page.locator(".chip").first).to_be_visible()


def _unpaid(visitor: Visitor) -> None:
    visitor.orders("081234567001")


def _delivered(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    visitor.pays()
    visitor.sees("Berhasil")


def _failed(visitor: Visitor) -> None:
    visitor.orders("081234567232")
    visitor.pays()
    visitor.sees("Tidak berhasil")


def _unknown(visitor: Visitor) -> None:
    visitor.page.goto("/o/1/?t=x")


@pytest.mark.parametrize("arrive", [_empty, _chosen, _again, _wrong, _asked, _unpaid, _delivered, _failed, _unknown])
def test_a_page_is_for_everybody(visitor: Visitor, arrive: Callable[[Visitor], None]) -> None:
    arrive(visitor)
    assert judged(visitor.page) == {}


def test_a_closed_shop_says_so_instead_of_a_form(visitor: Visitor, shop: factories.Shop) -> None:
    Dealer.objects.filter(pk=shop.dealer.pk).update(is_open=False, closed_note="Buka lagi 06.00 WIB.")
    visitor.page.goto(SHOP)
    expect(visitor.page.get_by_text("Buka lagi 06.00 WIB.")).to_be_visible()
    expect(visitor.page.locator("#sale")).to_have_count(0)
    assert judged(visitor.page) == {}


@pytest.mark.parametrize("arrive", [_chosen, _unpaid, _delivered])
def test_text_of_double_size_needs_no_sideways_scrolling(visitor: Visitor, arrive: Callable[[Visitor], None]) -> None:
    arrive(visitor)
    visitor.page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert visitor.page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_dark_is_as_readable(visitor: Visitor) -> None:
    visitor.page.emulate_media(color_scheme="dark")
    _chosen(visitor)
    assert judged(visitor.page) == {}
    _failed(visitor)
    assert judged(visitor.page) == {}
