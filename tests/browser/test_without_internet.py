"""The internet goes away in the middle of things: copies are readable, nothing is sent later, every page says so."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.lib import tenancy
from tests import factories
from tests.browser.visitor import SHOP, Visitor, judged
from transactions.models import Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_GOVERNED = "() => navigator.serviceWorker.controller !== null"
_KEPT = "async (path) => (await (await caches.open('orders')).keys()).some(({ url }) => url.includes(path))"
_SUBMIT = "() => HTMLFormElement.prototype.submit.call(document.getElementById('sale'))"


@pytest.fixture
def regular(traveller: Visitor) -> Visitor:
    """Somebody who has been here before: the service worker is at work."""
    traveller.comes()
    traveller.page.wait_for_function(_GOVERNED)
    return traveller


def _goes_offline(page: Page) -> None:
    page.context.set_offline(True)


def _copy_holds(page: Page, words: str) -> None:
    """Wait until the copy of the order on the screen says this."""
    page.wait_for_function(
        "async (words) => ((await (await (await caches.open('orders')).match(location.href, { ignoreVary: true }))"
        "?.text()) ?? '').includes(words)",
        arg=words,
    )


def test_an_order_stays_readable_with_the_time_of_the_copy(regular: Visitor) -> None:
    regular.orders("081234567001")
    regular.pays()
    regular.sees("Berhasil")
    page = regular.page
    serial = page.locator("#sn").inner_text()
    _copy_holds(page, "Berhasil")
    _goes_offline(page)
    page.reload()
    expect(page.locator("#copy")).to_have_text(
        re.compile(r"Ini salinan \d\d\.\d\d WIB\. Sambungkan internet untuk status terbaru\.")
    )
    expect(page.locator("#sn")).to_have_text(serial)
    expect(page.get_by_role("button", name="Isi lagi")).to_be_hidden()


def test_a_copy_follows_what_the_page_learned_after_it_was_opened(regular: Visitor) -> None:
    regular.orders("081234567233")
    regular.pays()
    regular.sees("Berhasil")
    _copy_holds(regular.page, "Berhasil")


def test_an_order_opened_by_its_link_is_kept_though_the_worker_comes_later(regular: Visitor, chromium: Browser) -> None:
    regular.orders("081234567001")
    address = regular.page.url
    stranger = chromium.new_context()
    try:
        page = stranger.new_page()
        page.goto(address)
        page.wait_for_function(_GOVERNED)
        _copy_holds(page, "Menunggu pembayaran")
    finally:
        stranger.close()


def test_a_copy_gives_way_to_the_truth_when_the_internet_is_back(regular: Visitor) -> None:
    regular.orders("081234567001")
    page = regular.page
    _copy_holds(page, "Menunggu pembayaran")
    _goes_offline(page)
    page.reload()
    expect(page.locator("#copy")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#copy")).to_be_hidden(timeout=15_000)  # asked again after ten seconds where the first fails
    regular.sees("Menunggu pembayaran")


def test_a_purchase_without_internet_is_not_sent_and_says_so(regular: Visitor, shop: factories.Shop) -> None:
    regular.types("081234567001")
    regular.chooses()
    page = regular.page
    _goes_offline(page)
    page.evaluate(_SUBMIT)
    expect(page.get_by_role("heading", name="TIDAK terkirim: tidak ada internet")).to_be_visible()
    expect(page.get_by_text("Tidak ada pesanan baru, tidak ada uang yang dipotong.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Kembali").click()
    expect(page.get_by_label("Nomor HP")).to_have_value("0812-3456-7001")
    with tenancy.inside(shop.dealer.pk):
        assert not Order.objects.exists()


def test_a_page_that_was_never_opened_is_said_to_be_out_of_reach(regular: Visitor) -> None:
    page = regular.page
    _goes_offline(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Tidak ada internet")).to_be_visible()
    expect(page.get_by_text("Salinan di HP ini")).to_be_hidden()


def test_the_page_without_internet_leads_to_the_copies_and_can_forget_them(regular: Visitor) -> None:
    regular.orders("081234567001")
    page = regular.page
    _copy_holds(page, "Menunggu pembayaran")
    _goes_offline(page)
    page.goto(SHOP)
    copy = page.get_by_role("link", name="Menunggu pembayaran · Telkomsel 10000 · Berkah Cell")
    expect(copy).to_be_visible()
    assert judged(page) == {}
    copy.click()
    expect(page.locator("#copy")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Hapus salinan dari HP ini").click()
    expect(copy).to_be_hidden()
    assert page.evaluate(_KEPT, "/o/") is False


def test_the_last_twenty_orders_are_kept(regular: Visitor) -> None:
    page = regular.page
    regular.orders("081234567001")
    _copy_holds(page, "Menunggu pembayaran")
    first = page.url
    for number in range(20):
        page.goto(f"{first}&turn={number}")
        _copy_holds(page, "Menunggu pembayaran")
    kept = page.evaluate("async () => (await (await caches.open('orders')).keys()).map(({ url }) => url)")
    assert kept == [f"{first}&turn={number}" for number in range(20)]


def test_what_an_earlier_worker_kept_is_removed(visitor: Visitor) -> None:
    visitor.page.goto("/robots.txt")
    visitor.page.evaluate("caches.open('shell-earlier')")
    visitor.comes()
    visitor.page.wait_for_function(_GOVERNED)
    visitor.page.wait_for_function("async () => !(await caches.keys()).includes('shell-earlier')")


def test_the_shop_can_be_installed_under_its_own_name(visitor: Visitor, shop: factories.Shop) -> None:
    visitor.comes()
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    found = devtools.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/k/berkah-cell/manifest.webmanifest")
    assert shop.dealer.name in found["data"]
    hindrances = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [hindrance["errorId"] for hindrance in hindrances] == ["in-incognito"]  # as every page of a test is
