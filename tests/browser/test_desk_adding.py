"""Adding to the catalogue with a real browser: a supplier, its price list, what is ticked there; scripts or none."""

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from portal.lib import tenancy
from tests import factories
from tests.browser.test_desk import desk, goes, sits_down
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import Desk
from transactions.models import MarkupRule
from transactions.suppliers.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]


def _a_rule(desk: Desk) -> None:
    with tenancy.inside(desk.shop.dealer.pk):
        MarkupRule.objects.create(dealer=desk.shop.dealer, fixed=800)


def _fetches(visitor: Visitor) -> None:
    goes(visitor, "price_list", "konter-a")
    visitor.presses("Ambil daftar harga")
    expect(visitor.page.get_by_role("status").first).to_contain_text("Daftar harga diambil")


def test_a_supplier_is_connected_and_answers(
    visitor: Visitor, desk: Desk, simulator: Simulator, settings: Settings
) -> None:
    settings.DEMO = True  # the supplier is reached without TLS
    sits_down(visitor, desk)
    goes(visitor, "supplier_add")
    page = visitor.page
    page.get_by_label("Kode").fill("flazz")
    page.get_by_label("Alamat API").fill(simulator.url)
    page.get_by_label("Nama pengguna").fill("konter-b")
    page.get_by_label("Kunci API").fill("konter-b-key")
    visitor.presses("Simpan pemasok")
    visitor.presses("Coba hubungan")
    expect(page.get_by_text("Terhubung. Saldo")).to_be_visible()
    assert judged(page) == {}


def test_a_whole_page_is_ticked_at_once_and_becomes_products(visitor: Visitor, desk: Desk) -> None:
    _a_rule(desk)
    sits_down(visitor, desk)
    _fetches(visitor)
    visitor.page.get_by_label("Merek").select_option("Axis")
    visitor.follows("Tampilkan")
    assert judged(visitor.page) == {}
    visitor.page.get_by_label("Semua di halaman ini").check()
    visitor.presses("Lanjut")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Jual 14 produk ini?")
    assert judged(visitor.page) == {}
    visitor.presses("Simpan dan jual")
    expect(visitor.page.get_by_text("14 produk ditambahkan.")).to_be_visible()


def test_one_offer_is_taken_over_without_a_script(scriptless: Visitor, desk: Desk) -> None:
    _a_rule(desk)
    sits_down(scriptless, desk)
    _fetches(scriptless)
    scriptless.page.get_by_label("Indosat 5.000", exact=True).check()
    scriptless.presses("Lanjut")
    scriptless.presses("Simpan dan jual")
    expect(scriptless.page.get_by_text("1 produk ditambahkan.")).to_be_visible()


def test_what_is_missing_is_shown_open_and_readable(visitor: Visitor, desk: Desk) -> None:
    _a_rule(desk)
    factories.price_list(desk.shop.dealer, desk.shop.supplier, factories.offer("s5", brand="SIMPATI"))
    sits_down(visitor, desk)
    goes(visitor, "price_list", "konter-a")
    visitor.page.get_by_label("Telkomsel 5.000").check()
    visitor.presses("Lanjut")
    expect(visitor.page.get_by_label("Merek")).to_be_visible()
    assert judged(visitor.page) == {}
    visitor.page.get_by_label("Merek").select_option(label="Telkomsel")
    visitor.presses("Lihat harganya")
    expect(visitor.page.get_by_role("table")).to_contain_text("Rp6.100")


def test_a_deposit_is_shown_before_it_is_booked(visitor: Visitor, desk: Desk) -> None:
    sits_down(visitor, desk)
    goes(visitor, "supplier_deposit")
    visitor.page.get_by_label("Jumlah").fill("500.000")
    visitor.page.get_by_label("Bukti").fill("TF 1")
    visitor.presses("Lanjut")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Benar begini?")
    assert judged(visitor.page) == {}
