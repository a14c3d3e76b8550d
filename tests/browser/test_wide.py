"""The main pages at every width, in light, dark and forced colours (`make check-all`)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from dealers.models import Role
from tests import factories
from tests.browser.test_desk import goes, sits_down
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import Desk

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]

WIDTHS = (320, 360, 768, 1280)
LOOKS = ("light", "dark", "forced")
Arrive = Callable[[Visitor, factories.Shop], None]


def _empty(visitor: Visitor, _shop: factories.Shop) -> None:
    visitor.comes()


def _chosen(visitor: Visitor, _shop: factories.Shop) -> None:
    visitor.comes()
    visitor.types("081234567001")
    visitor.page.get_by_text("Bukan? Ganti").click()
    visitor.page.get_by_text("Ganti cara bayar").click()
    visitor.chooses()


def _wrong(visitor: Visitor, _shop: factories.Shop) -> None:
    visitor.comes()
    visitor.types("0812")
    visitor.presses("Bayar")
    expect(visitor.page.get_by_role("alert")).to_be_visible()


def _unpaid(visitor: Visitor, _shop: factories.Shop) -> None:
    visitor.orders("081234567001")


def _delivered(visitor: Visitor, _shop: factories.Shop) -> None:
    visitor.orders("081234567001")
    visitor.pays()
    visitor.sees("Berhasil")


def _directory(visitor: Visitor, _shop: factories.Shop) -> None:
    visitor.page.goto("/")


def _sign_in(visitor: Visitor, _shop: factories.Shop) -> None:
    visitor.page.goto("/akun/masuk/")


def _desk(name: str) -> Arrive:
    def arrive(visitor: Visitor, shop: factories.Shop) -> None:
        sits_down(visitor, Desk(shop), Role.OWNER)
        goes(visitor, name)

    return arrive


PAGES: dict[str, Arrive] = {
    "empty": _empty,
    "chosen": _chosen,
    "wrong": _wrong,
    "unpaid": _unpaid,
    "delivered": _delivered,
    "directory": _directory,
    "sign in": _sign_in,
    "desk": _desk("home"),
    "menu": _desk("menu"),
    "orders": _desk("orders"),
    "products": _desk("products"),
    "money": _desk("money"),
    "components": _desk("styleguide"),
}


def _wears(page: Page, look: str) -> None:
    if look == "forced":
        page.emulate_media(forced_colors="active")
    else:
        page.emulate_media(color_scheme="dark" if look == "dark" else "light")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_holds_at_every_width(
    visitor: Visitor, shop: factories.Shop, settings: Settings, *, name: str, look: str
) -> None:
    settings.DEMO = True
    _wears(visitor.page, look)
    PAGES[name](visitor, shop)
    assert judged(visitor.page, WIDTHS) == {}
