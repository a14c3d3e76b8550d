"""The desk for each role and for large type: nothing to scroll sideways, nothing shown that is not allowed."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from dealers.models import Role
from portal.lib import tenancy
from tests import factories, worlds
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import signed_in
from transactions.models import Account, AccountKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def dispatcher() -> Iterator[None]:
    """Nobody at work: the orders of these tests stay as they were made."""
    yield


@pytest.fixture
def world(live_server: LiveServer, shop: factories.Shop) -> worlds.World:
    return worlds.world("meja", staff=True)


def _sits_down(visitor: Visitor, world: worlds.World, role: Role, url: str) -> None:
    """Sign in, without the detour of the form."""
    cookie = signed_in(world.staff[role]).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])


PLACES = {
    Role.CASHIER: ["Jual", "Terima tunai", "Pesanan", "Uang masuk", "Deposit mitra", "Pengembalian"],
    Role.CS: ["Pesanan", "Tugas"],
    Role.TRAINER: [],
}


@pytest.mark.parametrize("role", list(PLACES))
def test_each_role_is_shown_only_what_it_may_open(
    visitor: Visitor, world: worlds.World, live_server: LiveServer, role: Role
) -> None:
    _sits_down(visitor, world, role, live_server.url)
    visitor.page.goto(reverse("desk:home"))
    assert judged(visitor.page) == {}
    visitor.page.goto(reverse("desk:menu"))
    assert judged(visitor.page) == {}
    expect(visitor.page.locator(".menu a")).to_have_text(PLACES[role])


def test_no_page_of_the_desk_scrolls_sideways_at_double_size(
    visitor: Visitor, world: worlds.World, live_server: LiveServer
) -> None:
    _sits_down(visitor, world, Role.OWNER, live_server.url)
    with tenancy.inside(world.dealer.pk):
        account = Account.objects.get(dealer=world.dealer, kind=AccountKind.SALES)
    pages = [reverse(f"desk:{name}") for name in ("home", "menu", "orders", "tasks", "money", "wallets", "products")]
    pages += [f"{reverse('desk:sell')}?number=081234567001"]
    pages += [reverse("desk:order", args=[order.code]) for order in (world.delivered, world.silent, world.refunded)]
    pages += [reverse("desk:account", args=[account.pk]), reverse("desk:product", args=[world.product.sku])]
    pages += [
        reverse(f"desk:{name}", args=[world.supplier.code]) for name in ("supplier", "supplier_edit", "price_list")
    ]
    pages += [reverse(f"desk:{name}") for name in ("supplier_add", "supplier_deposit", "product_add")]
    pages += [reverse(f"desk:{name}") for name in ("tickets", "bank_files", "money_in")]
    pages += [reverse("desk:ticket", args=[world.deposit.code]), reverse("desk:bank_file", args=[world.bank_file.pk])]
    too_wide = {}
    for address in pages:
        visitor.page.goto(address)
        visitor.page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        if (width := visitor.page.evaluate("() => document.documentElement.scrollWidth")) > 360:
            too_wide[address] = width
    assert too_wide == {}
