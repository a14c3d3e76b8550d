"""After delivery: a receipt to print, to send and to verify, an answer by one tap, and the order found again."""

import re
import time
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from portal.lib import tenancy
from tests import factories
from tests.browser.visitor import SHOP, Visitor, judged, watch
from transactions.models import Order, Rating

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_BOX = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")
_MM = 72 / 25.4


def _delivered(visitor: Visitor) -> str:
    """From the door to a delivered order; its code."""
    visitor.orders("081234567890")
    visitor.pays()
    visitor.sees("Berhasil")
    return visitor.page.url.split("/o/")[1].split("/")[0]


def test_the_paper_is_58_millimetres_wide_and_one_page(visitor: Visitor) -> None:
    _delivered(visitor)
    visitor.presses("Cetak 58 mm")
    expect(visitor.page.locator("main.slip")).to_contain_text("Rp11.000")
    paper = visitor.page.pdf(prefer_css_page_size=True)
    boxes = _BOX.findall(paper)
    assert len(boxes) == 1
    assert 57 <= float(boxes[0][0]) / _MM <= 58
    assert judged(visitor.page) == {}


def test_the_button_prints(visitor: Visitor) -> None:
    _delivered(visitor)
    visitor.presses("Cetak 58 mm")
    visitor.page.evaluate("() => { window.print = () => { document.body.dataset.printed = 'yes' } }")
    visitor.page.get_by_role("button", name="Cetak", exact=True).click()  # a script uncovers it
    expect(visitor.page.locator("body")).to_have_attribute("data-printed", "yes")


def test_the_number_can_be_masked_on_the_paper(visitor: Visitor) -> None:
    _delivered(visitor)
    visitor.presses("Cetak 58 mm")
    expect(visitor.page.locator("main.slip")).to_contain_text("0812-3456-7890")
    visitor.presses("Samarkan nomor")
    expect(visitor.page.locator("main.slip")).to_contain_text("0812-••••-890")
    expect(visitor.page.locator("main.slip")).not_to_contain_text("3456")


def test_the_message_for_whatsapp_is_ready_and_gives_nothing_away(visitor: Visitor) -> None:
    _delivered(visitor)
    link = visitor.page.get_by_role("link", name="Kirim WA").get_attribute("href") or ""
    message = unquote(link.removeprefix("https://wa.me/?text="))
    assert re.match(r"Pulsa Telkomsel 10\.000 ke 0812-••••-890 BERHASIL \d\d/\d\d/\d\d \d\d\.\d\d\. SN ", message)
    assert visitor.page.url.split("t=")[1] not in message
    visitor.page.goto(message.split("Cek: ")[1])
    expect(visitor.status).to_have_text("Struk asli")
    assert judged(visitor.page) == {}


def test_an_unknown_receipt_says_what_to_check(visitor: Visitor, shop: factories.Shop) -> None:
    visitor.page.goto("/v/0000-0000-0000-0000-0000")
    expect(visitor.page.get_by_role("heading", name="Yang perlu diperiksa")).to_be_visible()
    assert judged(visitor.page) == {}


def test_one_tap_rates_and_another_changes_it(visitor: Visitor, shop: factories.Shop) -> None:
    _delivered(visitor)
    visitor.presses("Puas")
    expect(visitor.page.get_by_role("button", name="Puas")).to_have_attribute("aria-pressed", "true")
    visitor.presses("Kurang")
    expect(visitor.page.get_by_role("button", name="Kurang")).to_have_attribute("aria-pressed", "true")
    with tenancy.inside(shop.dealer.pk):
        assert [rating.is_good for rating in Rating.objects.all()] == [False]
    assert judged(visitor.page) == {}


def test_a_lost_link_is_found_again_by_code_and_digits_to_be_read(visitor: Visitor) -> None:
    code = _delivered(visitor)
    visitor.page.goto("/o/1/?t=x")
    visitor.presses("Cek pesanan")
    visitor.page.get_by_label("Kode pesanan").fill(code.lower())
    visitor.page.get_by_label("Empat angka terakhir").fill("7890")
    visitor.presses("Cek")
    expect(visitor.page.locator(".status h2")).to_have_text("Berhasil")
    assert "t=" not in visitor.page.content().split("<main")[1].split("</main>")[0]
    assert judged(visitor.page) == {}


def test_wrong_digits_find_nothing(visitor: Visitor) -> None:
    code = _delivered(visitor)
    visitor.page.goto("/cek/")
    visitor.page.get_by_label("Kode pesanan").fill(code)
    visitor.page.get_by_label("Empat angka terakhir").fill("0000")
    visitor.presses("Cek")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Periksa kode atau nomor")
    assert judged(visitor.page) == {}


def test_a_silent_supplier_is_amber_after_the_promise_and_never_red(visitor: Visitor, shop: factories.Shop) -> None:
    visitor.orders("081234567241")
    visitor.pays()
    visitor.sees("Sedang dikirim")
    with tenancy.inside(shop.dealer.pk):
        order = Order.objects.get()
        earlier = {name: getattr(order, name) - timedelta(minutes=4) for name in ("paid_at", "sent_at")}
        Order.objects.filter(pk=order.pk).update(**earlier)
    visitor.sees("Masih dikirim")
    expect(visitor.page.locator(".status.warn")).to_contain_text("Kabar berikutnya paling lambat")
    expect(visitor.page.locator(".status.bad")).to_have_count(0)
    assert judged(visitor.page) == {}


def test_the_cancel_window_counts_down_and_closes(visitor: Visitor, shop: factories.Shop) -> None:
    shop.dealer.cancel_seconds = 4
    shop.dealer.save(update_fields=["cancel_seconds"])
    visitor.orders("081234567890")
    visitor.pays()
    visitor.sees("Sudah dibayar")
    expect(visitor.page.locator("[data-until]")).to_contain_text("detik lagi")
    visitor.sees("Berhasil")
    expect(visitor.page.get_by_role("link", name="Batalkan pesanan")).to_have_count(0)


def test_the_status_page_is_for_everybody(visitor: Visitor, shop: factories.Shop) -> None:
    bought = [shop.buy() for _ in range(6)]
    _delivered(visitor)
    until = time.monotonic() + 20
    while not all(shop.order(each).is_final for each in bought):
        assert time.monotonic() < until
        visitor.page.wait_for_timeout(100)
    cache.clear()  # the figures are kept for half a minute, and the shop's page has shown them already
    visitor.page.goto(f"{SHOP}status/")
    visitor.page.get_by_text("Lihat angka").click()
    expect(visitor.page.get_by_role("table")).to_be_visible()
    assert judged(visitor.page) == {}
    visitor.page.emulate_media(color_scheme="dark")
    assert judged(visitor.page) == {}


def test_receipt_rating_and_lookup_work_without_a_script(
    scriptless: Visitor, chromium: Browser, live_server: LiveServer
) -> None:
    page: Page = scriptless.page
    page.goto(SHOP)
    page.get_by_label("Nomor HP").fill("081234567890")
    scriptless.presses("Lanjut")
    scriptless.chooses()
    scriptless.presses("Bayar")
    scriptless.presses("Bayar sekarang")
    expect(scriptless.status).to_have_text("Berhasil", timeout=20_000)
    scriptless.presses("Puas")
    expect(page.get_by_text("Terima kasih. Jawaban bisa diubah")).to_be_visible()
    scriptless.presses("Cetak 58 mm")
    expect(page.get_by_text("pilih Cetak di menu browser")).to_be_visible()
    other = chromium.new_context(base_url=live_server.url, java_script_enabled=False, locale="id-ID")
    seen = other.new_page()
    complaints = watch(seen)
    seen.goto("/cek/")
    seen.get_by_label("Kode pesanan").fill(page.url.split("/o/")[1].split("/")[0])
    seen.get_by_label("Empat angka terakhir").fill("7890")
    seen.get_by_role("button", name="Cek").click()
    expect(seen.locator(".status h2")).to_have_text("Berhasil")
    other.close()
    assert complaints == []
