"""A guest buys with a phone: success, failure, patience, and the questions of a careful cashier."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.visitor import Visitor
from transactions.suppliers.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_guest_buys_pulsa_and_sees_the_serial_number(visitor: Visitor, simulator: Simulator) -> None:
    visitor.orders("081234567001")
    visitor.pays()
    visitor.sees("Berhasil")
    expect(visitor.page.locator("#sn")).not_to_be_empty()
    assert [delivery["number"] for delivery in simulator.log()] == ["081234567001"]


def test_the_total_follows_the_chosen_voucher(visitor: Visitor) -> None:
    visitor.comes()
    visitor.types("0812")
    expect(visitor.page.locator("#total")).to_have_text("Pilih nominal")
    visitor.chooses()
    expect(visitor.page.locator("#total .num")).to_have_text("Rp11.000")


def test_a_failure_says_why_and_where_the_money_is(visitor: Visitor, simulator: Simulator) -> None:
    visitor.orders("081234567232")
    visitor.pays()
    visitor.sees("Tidak berhasil")
    expect(visitor.page.locator(".status")).to_contain_text("Rp11.000 disimpan untuk dikembalikan")
    assert simulator.log() == []


def test_a_pending_order_becomes_a_success_by_itself(visitor: Visitor) -> None:
    visitor.orders("081234567233")
    visitor.pays()
    visitor.sees("Sedang dikirim")
    visitor.sees("Berhasil")
    expect(visitor.page).to_have_title("Berhasil · Telkomsel 10000 · Berkah Cell")
    expect(visitor.page.locator("#say")).to_contain_text("Berhasil")


def test_a_short_payment_is_said_to_the_rupiah_and_can_be_completed(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    visitor.page.locator("#simulate-payment summary").click()
    visitor.page.get_by_label("Jumlah (rupiah)").fill("10.600")
    visitor.pays()
    visitor.sees("Kurang Rp400")
    visitor.pays()
    visitor.sees("Berhasil")


def test_the_same_again_is_asked_about_and_bought_when_meant(visitor: Visitor, shop: factories.Shop) -> None:
    visitor.orders("081234567001")
    visitor.pays()
    visitor.sees("Berhasil")
    visitor.presses("Isi lagi")
    expect(visitor.page.get_by_label("Nomor HP")).to_be_visible()
    visitor.presses("Bayar")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Nomor ini baru diisi Telkomsel 10000")
    visitor.presses("Ya, isi lagi")
    visitor.sees("Menunggu pembayaran")


def test_a_number_of_another_operator_is_asked_about(visitor: Visitor) -> None:
    visitor.comes()
    visitor.page.get_by_label("Nomor HP").press_sequentially("081712345678")
    expect(visitor.page.locator(".op")).to_have_text("XL awalan 0817")
    visitor.page.get_by_text("Bukan? Ganti").click()
    visitor.page.get_by_label("Operator").select_option(label="Telkomsel")
    visitor.chooses()
    visitor.presses("Bayar")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Awalan 0817-1234-5678 milik XL")
    visitor.presses("Ya, nomornya benar")
    visitor.sees("Menunggu pembayaran")


def test_changing_the_number_keeps_the_nominal(visitor: Visitor) -> None:
    visitor.comes()
    visitor.types("081234567001")
    visitor.chooses()
    visitor.page.get_by_label("Nomor HP").fill("")
    visitor.types("085212345678")
    expect(visitor.page.get_by_role("radio", name="10.000")).to_be_checked()
    expect(visitor.page.locator("#total .num")).to_have_text("Rp11.000")


def test_an_unpaid_order_is_cancelled_after_a_question(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    visitor.presses("Batalkan pesanan")
    visitor.presses("Ya, batalkan")
    visitor.sees("Dibatalkan")
    expect(visitor.page.locator(".status")).to_contain_text("Uang tidak dipotong.")


def test_three_presses_and_a_number_lead_to_the_page_that_takes_the_money(visitor: Visitor) -> None:
    visitor.comes()
    visitor.types("081234567001")
    visitor.chooses()
    expect(visitor.page.locator(".via")).to_contain_text("Bayar uji coba")
    visitor.presses("Bayar")
    visitor.sees("Menunggu pembayaran")


def test_another_way_to_pay_is_named_beside_the_button_and_remembered(visitor: Visitor) -> None:
    visitor.comes()
    visitor.types("081234567001")
    visitor.chooses()
    visitor.page.locator(".via").click()
    visitor.page.get_by_text("Tunai di gerai").click()
    expect(visitor.page.locator("#via")).to_have_text("Tunai di gerai")
    visitor.presses("Bayar")
    visitor.page.wait_for_url("**/o/**")
    visitor.comes()
    expect(visitor.page.locator("#via")).to_have_text("Tunai di gerai")


def test_a_recent_number_is_bought_for_again_without_typing(visitor: Visitor) -> None:
    visitor.orders("081234567001")
    visitor.comes()
    visitor.presses("Telkomsel 0812-••••-001")
    expect(visitor.page.get_by_label("Nomor HP")).to_have_value("0812-3456-7001")
    expect(visitor.page.get_by_role("radio", name="10.000")).to_be_visible()
