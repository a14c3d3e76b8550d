"""The desk with a real browser: a sale across the counter, and every page for everybody, on a phone and on a desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import NO, Desk, signed_in
from transactions import fulfilment, todo
from transactions.models import (
    Account,
    AccountKind,
    Attempt,
    Incident,
    MarkupRule,
    Order,
    Refund,
    Route,
    TaskKind,
    Tier,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(shop: factories.Shop) -> Desk:
    """The desk of the shop on the live server."""
    return Desk(shop)


def sits_down(visitor: Visitor, desk: Desk, role: Role = Role.OWNER) -> None:
    """Give the visitor's browser the session of somebody who has signed in."""
    cookie = signed_in(desk.person(role)).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.page.goto("/robots.txt")
    visitor.page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": visitor.page.url.removesuffix("/robots.txt")}]
    )


def goes(visitor: Visitor, name: str, *arguments: object) -> None:
    """Open a page of the desk."""
    visitor.page.goto(reverse(f"desk:{name}", args=arguments))


def sells(visitor: Visitor, number: str) -> None:
    """From the desk's first page to the order of a sale."""
    goes(visitor, "home")
    visitor.page.get_by_label("Nomor HP untuk dijual").fill(number)
    visitor.presses("Jual")
    visitor.chooses()
    visitor.page.get_by_label("Uang sudah diterima").check()
    visitor.page.locator(".pay").get_by_role("button", name="Jual").click()


def ended(visitor: Visitor, order: Order, word: str) -> None:
    """Watch an order's page until it has this status."""
    goes(visitor, "order", order.code)
    visitor.sees(word)


def test_a_cashier_sells_and_sees_it_arrive(visitor: Visitor, desk: Desk) -> None:
    sits_down(visitor, desk, Role.CASHIER)
    sells(visitor, "0812 3456 7001")
    visitor.sees("Berhasil")
    expect(visitor.page.get_by_text("Modal paling tinggi")).to_have_count(0)


def test_a_cashier_sells_without_a_script(scriptless: Visitor, desk: Desk) -> None:
    sits_down(scriptless, desk, Role.CASHIER)
    sells(scriptless, "0812 3456 7001")
    scriptless.sees("Berhasil")


def test_the_same_sale_again_asks_first(visitor: Visitor, desk: Desk) -> None:
    sits_down(visitor, desk, Role.CASHIER)
    sells(visitor, "0812 3456 7001")
    visitor.sees("Berhasil")
    sells(visitor, "0812 3456 7001")
    expect(visitor.page.get_by_role("alert")).to_contain_text("baru saja diisi")
    assert judged(visitor.page) == {}
    visitor.presses("Jual lagi")
    visitor.sees("Berhasil")


def test_a_rule_that_loses_money_shows_it_and_wants_a_yes(visitor: Visitor, desk: Desk) -> None:
    sits_down(visitor, desk)
    goes(visitor, "rule_add")
    visitor.page.get_by_label("Tambah rupiah").fill("-1.000")
    visitor.presses("Lihat akibatnya")
    expect(visitor.page.get_by_role("table")).to_contain_text("Rp9.200")
    assert judged(visitor.page) == {}
    visitor.presses("Simpan")
    expect(visitor.page.get_by_role("status")).to_contain_text("Belum disimpan")
    visitor.page.get_by_label("Saya tahu ini rugi").check()
    visitor.presses("Simpan")
    expect(visitor.page.get_by_role("status")).to_contain_text("Aturan disimpan")


def _furnish(visitor: Visitor, desk: Desk) -> dict[str, list[object]]:
    """One of everything in the shop, and the address of each."""
    shop, dealer_id = desk.shop, desk.shop.dealer.pk
    delivered, silent, failed, unpaid = shop.buy("001"), shop.buy("241"), desk.unpaid(), desk.unpaid()
    with tenancy.inside(dealer_id):
        Order.objects.filter(pk=failed.pk).update(destination=factories.number("232"))
        MarkupRule.objects.create(dealer=shop.dealer, tier=Tier.RETAIL, fixed=800)
        todo.ask(dealer_id, TaskKind.SUPPLIER, "konter-a", within=timedelta(hours=1))
    goes(visitor, "order_cash", failed.code)
    visitor.page.get_by_label("Sudah diperiksa").check()
    visitor.page.get_by_role("main").get_by_role("button").click()
    visitor.sees("Tidak berhasil")
    ended(visitor, delivered, "Berhasil")
    ended(visitor, silent, "Sedang dikirim")
    with tenancy.inside(dealer_id):
        attempt = Attempt.objects.get(order=delivered)
    fulfilment.record(dealer_id, attempt.pk, NO, source="callback")
    with tenancy.inside(dealer_id):
        todo.ask(dealer_id, TaskKind.UNDECIDED, silent.code, within=timedelta(hours=2), order=silent)
        return {
            **{name: [] for name in ("home", "menu", "sell", "cash", "orders", "tasks", "incidents", "money")},
            **{name: [] for name in ("wallets", "deposit", "products", "rules", "rule_add", "suppliers")},
            "order": [delivered.code],
            "order_cash": [unpaid.code],
            "order_cancel": [unpaid.code],
            "order_decide": [silent.code],
            "refunds": [],
            "refund": [Refund.objects.get().pk],
            "incident": [Incident.objects.get().pk],
            "account": [Account.objects.get(kind=AccountKind.SALES).pk],
            "product": [shop.product.sku],
            "route": [Route.objects.get().pk],
            "rule": [MarkupRule.objects.get().pk],
            "rule_delete": [MarkupRule.objects.get().pk],
            **{name: [] for name in ("product_add", "supplier_add", "supplier_deposit", "partner_deposit")},
            **{name: ["konter-a"] for name in ("supplier", "supplier_edit", "supplier_switch", "price_list")},
            "route_add": [shop.product.sku],
        }


def test_every_page_is_for_everybody(visitor: Visitor, desk: Desk) -> None:
    sits_down(visitor, desk)
    found = {}
    for name, arguments in _furnish(visitor, desk).items():
        goes(visitor, name, *arguments)
        found[name] = judged(visitor.page)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_an_empty_desk_is_for_everybody(visitor: Visitor, desk: Desk) -> None:
    sits_down(visitor, desk)
    for name in ("home", "orders", "tasks", "incidents", "rules"):
        goes(visitor, name)
        assert judged(visitor.page) == {}, name


def _tiles(visitor: Visitor) -> None:
    goes(visitor, "sell")
    visitor.page.get_by_label("Nomor HP atau nomor meter").fill("0812 3456 7001")
    visitor.presses("Lanjut")
    visitor.chooses()


def _wrong_number(visitor: Visitor) -> None:
    goes(visitor, "sell")
    visitor.page.get_by_label("Nomor HP atau nomor meter").fill("0812")
    visitor.presses("Lanjut")
    expect(visitor.page.get_by_text("kurang")).to_be_visible()


@pytest.mark.parametrize("arrive", [_tiles, _wrong_number])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_counter_is_for_everybody(
    visitor: Visitor, desk: Desk, arrive: Callable[[Visitor], None], scheme: str
) -> None:
    visitor.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sits_down(visitor, desk)
    arrive(visitor)
    assert judged(visitor.page) == {}


def test_dark_pages_are_as_readable(visitor: Visitor, desk: Desk) -> None:
    visitor.page.emulate_media(color_scheme="dark")
    sits_down(visitor, desk)
    addresses = _furnish(visitor, desk)
    for name in ("home", "order", "tasks", "incident", "product", "account", "suppliers"):
        goes(visitor, name, *addresses[name])
        assert judged(visitor.page) == {}, name
