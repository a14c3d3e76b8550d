"""A list that is held, with a real browser: seen on the supplier's page, looked through, decided about."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.test_desk import desk, goes, sits_down
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]


def test_a_held_list_is_found_looked_through_and_discarded(visitor: Visitor, desk: Desk) -> None:
    at, supplier = desk.shop.dealer, desk.shop.supplier
    sold = factories.offer("TSEL10", name="Telkomsel 10.000", price=10_200)
    factories.price_list(at, supplier, sold, factories.offer("s5"))
    factories.held_list(at, supplier, factories.offer("TSEL10", name="Telkomsel 10.000", price=102_000))
    sits_down(visitor, desk)
    goes(visitor, "supplier", supplier.code)
    page = visitor.page
    page.get_by_text("Pengambilan terakhir", exact=True).click()
    assert judged(page) == {}
    page.get_by_role("link", name="Periksa perbedaannya").click()
    expect(page.get_by_text("▲ 900 %")).to_be_visible()
    assert judged(page) == {}
    page.get_by_role("link", name="Langsung ke keputusan").click()
    page.get_by_label("Buang: daftar ini salah").check()
    page.get_by_label("Saya sudah memeriksa perbedaannya.").check()
    visitor.presses("Simpan keputusan")
    expect(page.get_by_text("Daftar dibuang.")).to_be_visible()
    assert judged(page) == {}
