"""A guest pays, the supplier refuses: the money's way is shown, chosen, paid out, and stands once in its record."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.browser.test_desk import goes, sits_down
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import Desk
from transactions.models import Refund, RefundWay, Transfer
from transactions.suppliers.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PRICE = 11_000


@pytest.fixture
def desk(shop: factories.Shop) -> Desk:
    return Desk(shop)


def pays_for_nothing(visitor: Visitor) -> str:
    """Buy for a number that the supplier refuses; where the order is seen."""
    visitor.orders("081234567232")
    visitor.pays()
    visitor.sees("Tidak berhasil")
    return visitor.page.url


def pays_without_a_script(visitor: Visitor) -> str:
    """The same where no script runs."""
    page = visitor.page
    visitor.comes()
    page.get_by_label("Nomor HP").fill("081234567232")
    visitor.presses("Lanjut")
    visitor.chooses()
    visitor.presses("Bayar")
    visitor.pays()
    visitor.sees("Tidak berhasil")
    return page.url


def out(shop: factories.Shop) -> list[tuple[str, str, int]]:
    """What left for guests: to which account, and rupiah."""
    with tenancy.inside(shop.dealer.pk):
        rows = Transfer.objects.filter(frm_kind="refunds_due").order_by("id")
        return list(rows.values_list("to_kind", "to__key", "amount"))


def test_back_to_where_it_came_from_in_one_press(visitor: Visitor, shop: factories.Shop, simulator: Simulator) -> None:
    pays_for_nothing(visitor)
    expect(visitor.page.locator(".status")).to_contain_text("Rp11.000 disimpan untuk dikembalikan")
    visitor.page.get_by_role("button", name="Ke asal pembayaran").click()
    expect(visitor.page.locator(".status")).to_contain_text("sudah kembali ke asal pembayaran", timeout=15_000)
    (paid,) = simulator.paybacks()
    expect(visitor.page.locator(".status")).to_contain_text(paid["gateway_tx"])
    assert out(shop) == [("clearing", "sandbox", PRICE)]


def test_without_a_script_back_to_where_it_came_from(
    scriptless: Visitor, shop: factories.Shop, simulator: Simulator
) -> None:
    pays_without_a_script(scriptless)
    scriptless.page.get_by_role("button", name="Ke asal pembayaran").click()
    # By the page's own refresh.
    expect(scriptless.page.locator(".status")).to_contain_text("sudah kembali ke asal pembayaran", timeout=20_000)
    assert [row["amount"] for row in simulator.paybacks()] == [PRICE]


def test_without_a_script_to_a_bank_account_that_the_desk_pays(
    scriptless: Visitor, shop: factories.Shop, desk: Desk, simulator: Simulator
) -> None:
    page = scriptless.page
    address = pays_without_a_script(scriptless)
    page.get_by_role("link", name="Rekening bank").click()
    page.get_by_label("Bank", exact=True).fill("BCA")
    page.get_by_label("Nomor rekening").fill("12")
    page.get_by_label("Nama pemilik rekening").fill("Budi Santoso")
    scriptless.presses("Kirim ke rekening ini")
    expect(page.get_by_role("alert")).to_contain_text("5 sampai 20 angka")
    page.get_by_label("Nomor rekening").fill("123 456 7890")
    scriptless.presses("Kirim ke rekening ini")
    expect(page.locator(".status")).to_contain_text("dikirim ke BCA ••••7890 paling lambat")

    sits_down(scriptless, desk, Role.CASHIER)
    goes(scriptless, "refunds")
    page.locator("a.name").click()
    scriptless.presses("Saya yang kirim")
    expect(page.get_by_text("1234567890")).to_be_visible()
    page.get_by_label("Nomor bukti").fill("TRX-2026-1")
    page.get_by_label("Uang sudah dikirim").check()
    scriptless.presses("Catat pengembalian")
    expect(page.get_by_text("Pengembalian dicatat.")).to_be_visible()

    page.goto(address)
    expect(page.locator(".status")).to_contain_text("sudah kembali ke BCA ••••7890")
    expect(page.locator(".status")).to_contain_text("kode TRX-2026-1")
    assert out(shop) == [("bank", "main", PRICE)]
    assert simulator.paybacks() == []


def test_cash_against_the_code_on_the_guests_page(visitor: Visitor, shop: factories.Shop, desk: Desk) -> None:
    page = visitor.page
    pays_for_nothing(visitor)
    page.get_by_role("button", name="Tunai di gerai").click()
    code = page.locator(".show-code code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    sits_down(visitor, desk, Role.CASHIER)
    with tenancy.inside(shop.dealer.pk):
        goes(visitor, "refund", Refund.objects.get(way=RefundWay.CASH).pk)
    page.get_by_label("Kode yang ditunjukkan pembeli").fill(code)
    page.get_by_label("Uang sudah dihitung").check()
    visitor.presses("Serahkan tunai")
    expect(page.get_by_text("Pengembalian dicatat.")).to_be_visible()
    assert out(shop) == [("cash", "counter", PRICE)]


def test_who_signs_in_comes_back_and_has_it_in_the_wallet(visitor: Visitor, shop: factories.Shop) -> None:
    page, before = visitor.page, shop.balance()
    pays_for_nothing(visitor)
    page.get_by_role("link", name="Saldo akun").click()
    page.locator("main").get_by_role("link", name="Masuk").click()
    page.get_by_label("E-mail").fill(shop.customer.email)
    page.get_by_label("Kata sandi").fill("konter-test-123")
    visitor.presses("Masuk")
    visitor.presses("Masukkan ke saldo")
    expect(page.locator(".status")).to_contain_text("Rp11.000 sudah kembali ke saldo")
    assert shop.balance() == before + PRICE


def test_every_page_of_a_refund_is_for_everybody(visitor: Visitor, desk: Desk, shop: factories.Shop) -> None:
    page = visitor.page
    address = pays_for_nothing(visitor)
    assert judged(page) == {}
    choice = address.replace("?", "refund/1/?")
    for way in ("", "bank", "ewallet", "wallet"):
        page.goto(f"{choice}&way={way}")
        assert judged(page) == {}, way
    page.goto(f"{choice}&way=bank")
    visitor.presses("Kirim ke rekening ini")
    page.wait_for_load_state("networkidle")
    assert judged(page) == {}
    page.get_by_label("Bank", exact=True).fill("BCA")
    page.get_by_label("Nomor rekening").fill("1234567890")
    page.get_by_label("Nama pemilik rekening").fill("Budi Santoso")
    visitor.presses("Kirim ke rekening ini")
    page.wait_for_load_state("networkidle")
    assert judged(page) == {}
    sits_down(visitor, desk)
    with tenancy.inside(shop.dealer.pk):
        pk = Refund.objects.get().pk
    page.goto(f"{reverse('desk:refund_choice', args=[pk])}?way=bank")
    assert judged(page) == {}
    goes(visitor, "refund", pk)
    assert judged(page) == {}
    visitor.presses("Saya yang kirim")
    page.wait_for_load_state("networkidle")
    assert judged(page) == {}
    page.get_by_label("Nomor bukti").fill("TRX-2026-1")
    page.get_by_label("Uang sudah dikirim").check()
    visitor.presses("Catat pengembalian")
    page.wait_for_load_state("networkidle")
    assert judged(page) == {}
    page.get_by_text("Uangnya kembali").click()
    page.get_by_label("Uangnya sudah ada lagi").check()
    visitor.presses("Catat kembali")
    page.wait_for_load_state("networkidle")
    assert judged(page) == {}
    page.goto(address)
    expect(page.locator(".status")).to_contain_text("kembali ke kami (rekening menolak): pilih lagi.")
    assert judged(page) == {}
