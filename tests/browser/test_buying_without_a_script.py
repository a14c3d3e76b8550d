"""The whole purchase where no script runs: number, vouchers, order, and a page that refreshes itself."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_purchase_takes_two_steps(scriptless: Visitor) -> None:
    page = scriptless.page
    scriptless.comes()
    page.get_by_label("Nomor HP").fill("+62 812-3456-7001")
    scriptless.presses("Lanjut")
    expect(page.locator(".op")).to_have_text("Telkomsel awalan 0812")
    expect(page.get_by_label("Nomor HP")).to_have_value("+62 812-3456-7001")
    scriptless.chooses()
    scriptless.presses("Bayar")
    scriptless.sees("Menunggu pembayaran")
    scriptless.pays()
    scriptless.sees("Berhasil")  # by the page's own refresh


def test_what_is_wrong_is_said_with_everything_kept(scriptless: Visitor) -> None:
    page = scriptless.page
    scriptless.comes()
    page.get_by_label("Nomor HP").fill("0812345")
    scriptless.presses("Lanjut")
    scriptless.presses("Bayar")
    expect(page.get_by_role("alert")).to_contain_text("Nomor kurang 3 angka.")
    expect(page.get_by_role("alert")).to_contain_text("Uang belum dipotong.")
    expect(page.get_by_label("Nomor HP")).to_have_value("0812345")


def test_another_operator_can_be_chosen(scriptless: Visitor) -> None:
    page = scriptless.page
    scriptless.comes()
    page.get_by_label("Nomor HP").fill("081712345678")
    scriptless.presses("Lanjut")
    page.get_by_text("Bukan? Ganti").click()
    page.get_by_label("Operator").select_option(label="Telkomsel")
    scriptless.presses("Tampilkan")
    scriptless.chooses()
    scriptless.presses("Bayar")
    scriptless.presses("Ya, nomornya benar")
    scriptless.sees("Menunggu pembayaran")
