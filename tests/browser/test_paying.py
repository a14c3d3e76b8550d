"""Paying with a phone: a QR and its countdown, a transfer, too little and the rest, another way, without a script."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from dealers import pins
from dealers.models import Role, User
from tests import factories
from tests.browser.visitor import Visitor, judged
from tests.transactions.bank_rig import entered
from tests.transactions.desk_rig import Desk, signed_in
from tests.transactions.paying_rig import open_code, ordered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _takes_qris_and_transfers(shop: factories.Shop) -> None:
    factories.qris(shop.dealer)
    factories.bank_account(shop.dealer)


def comes_in(visitor: Visitor, user: User) -> None:
    """Give the visitor's browser the session of somebody who has signed in."""
    cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.page.goto("/robots.txt")
    address = visitor.page.url.removesuffix("/robots.txt")
    visitor.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])


def changes(visitor: Visitor, way: str) -> None:
    """Choose another way on the order's page."""
    visitor.page.get_by_text("Ganti cara bayar").click()
    visitor.page.locator("button.method", has_text=way).click()


def tries(visitor: Visitor, amount: str) -> None:
    """Pay another sum than is asked for."""
    visitor.page.locator("#simulate-payment summary").click()
    visitor.page.get_by_label("Jumlah (rupiah)").fill(amount)
    visitor.pays()


def test_qris_is_the_first_way_and_three_taps_pay(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    expect(visitor.page.get_by_role("img", name="Kode QRIS untuk membayar Rp11.000 ke TOKO UJI")).to_be_visible()
    expect(visitor.page.locator(".left")).to_have_text(re.compile(r"sisa 1[45]\.\d\d"))
    assert judged(visitor.page) == {}
    visitor.pays()
    visitor.sees("Berhasil")


def test_the_picture_is_saved_to_the_phone(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    with visitor.page.expect_download() as download:
        visitor.presses("Simpan gambar QR")
    assert re.fullmatch(r"qris-[0-9A-Z]{11}\.png", download.value.suggested_filename)


def test_too_little_by_qris_then_the_rest(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    tries(visitor, "10.600")
    visitor.sees("Kurang Rp400")
    expect(visitor.page.locator(".payment .hero")).to_have_text("Rp400")
    assert judged(visitor.page) == {}
    visitor.pays()
    visitor.sees("Berhasil")


def test_too_little_is_got_back_whole(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    tries(visitor, "10.600")
    visitor.sees("Kurang Rp400")
    visitor.presses("Kembalikan semua")
    visitor.presses("Ya, batalkan")
    visitor.sees("Dibatalkan")
    expect(visitor.page.locator(".status")).to_contain_text("Rp10.600 disimpan untuk dikembalikan")


def test_another_way_takes_the_place_of_the_code(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    changes(visitor, "Transfer bank")
    expect(visitor.page.locator(".sum-exact mark")).to_be_visible()
    expect(visitor.page.locator(".qr")).to_have_count(0)
    assert judged(visitor.page) == {}
    visitor.pays()
    visitor.sees("Berhasil")


def test_everything_works_without_a_script(scriptless: Visitor) -> None:
    page = scriptless.page
    scriptless.comes()
    page.get_by_label("Nomor HP").fill("081234567001")
    scriptless.presses("Lanjut")
    scriptless.chooses()
    scriptless.presses("Bayar")
    scriptless.sees("Menunggu pembayaran")
    expect(page.locator(".qr")).to_be_visible()
    expect(page.locator(".countdown")).to_contain_text("Berlaku sampai")
    page.get_by_text("Ganti cara bayar").click()
    page.locator("button.method", has_text="Transfer bank").click()
    expect(page.locator(".sum-exact")).to_be_visible()
    scriptless.pays()
    scriptless.sees("Berhasil")  # by the page's own refresh


def test_a_balance_with_a_pin(visitor: Visitor, shop: factories.Shop) -> None:
    pins.keep(shop.customer, "402817", ask_above=5_000)
    comes_in(visitor, shop.customer)
    visitor.orders("081234567001")
    changes(visitor, "Saldo Rp1.000.000")
    assert judged(visitor.page) == {}
    visitor.page.get_by_label("PIN 6 angka").fill("402817")
    visitor.presses("Bayar dari saldo")
    visitor.sees("Berhasil")


def test_the_pin_page_is_for_everybody(visitor: Visitor, shop: factories.Shop) -> None:
    pins.keep(shop.customer, "402817", ask_above=5_000)
    comes_in(visitor, shop.customer)
    visitor.page.goto(reverse("pin"))
    assert judged(visitor.page) == {}


def test_the_desks_pages_about_money_are_for_everybody(visitor: Visitor, shop: factories.Shop) -> None:
    desk = Desk(shop)
    owner = desk.person(Role.OWNER)
    comes_in(visitor, owner)
    by_qris, by_transfer = ordered(shop, "qris"), ordered(shop, "transfer")
    amount = open_code(shop, by_transfer).amount
    line = entered(shop, owner, amount - 7, reference="FT-1")
    entered(shop, owner, amount, reference="FT-2", note="BUDI")
    entered(shop, owner, 77_777, reference="FT-3")
    found = {}
    pages: dict[str, list[object]] = {
        "qris": [],
        "bank_accounts": [],
        "money_in": [],
        "bank_line": [line.pk],
        "order_qris": [by_qris.code],
        "history": [],
    }
    for name, arguments in pages.items():
        visitor.page.goto(reverse(f"desk:{name}", args=arguments))
        found[name] = judged(visitor.page)
    visitor.page.goto(reverse("desk:qris"))
    visitor.page.get_by_label("Atau tempel teks QRIS").fill(factories.sticker("TOKO BARU"))
    visitor.follows("Baca QRIS")
    found["preview"] = judged(visitor.page)
    visitor.page.goto(reverse("desk:qris"))
    visitor.page.get_by_label("Atau tempel teks QRIS").fill("bukan qris")
    visitor.follows("Baca QRIS")
    found["fault"] = judged(visitor.page)
    assert {name: faults for name, faults in found.items() if faults} == {}
