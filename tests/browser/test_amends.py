"""A guest got less than was bought: the desk gives a part back and a gift, and the guest reads it and has it."""

import pytest
from playwright.sync_api import expect

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.browser.test_desk import goes, sits_down
from tests.browser.test_refunds import out
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import Desk
from transactions import audit
from transactions.models import Order
from transactions.suppliers.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REASON = "Kuota yang masuk kurang 2 GB."


@pytest.fixture
def desk(shop: factories.Shop) -> Desk:
    return Desk(shop)


def buys(visitor: Visitor) -> str:
    """A guest's order that arrives; where it is seen."""
    visitor.orders("081234567890")
    visitor.pays()
    visitor.sees("Berhasil")
    return visitor.page.url


def opens(visitor: Visitor, desk: Desk, role: Role = Role.MANAGER) -> None:
    """The order's page of the desk."""
    sits_down(visitor, desk, role)
    with tenancy.inside(desk.shop.dealer.pk):
        goes(visitor, "order", Order.objects.get().code)


def asks(visitor: Visitor, amount: str, reason: str = REASON) -> None:
    """Fill the first step in."""
    visitor.page.get_by_label("Jumlah").fill(amount)
    visitor.page.get_by_label("Alasan").fill(reason)
    visitor.presses("Lanjut")


def is_clean(desk: Desk) -> bool:
    with tenancy.inside(desk.shop.dealer.pk):
        return [v for v in audit.violations("default") if v.dealer_id == desk.shop.dealer.pk] == []


def test_the_desk_gives_a_part_back_and_the_guest_has_it(visitor: Visitor, desk: Desk, simulator: Simulator) -> None:
    page, address = visitor.page, buys(visitor)
    opens(visitor, desk)
    visitor.follows("Kembalikan sebagian")
    assert judged(page) == {}
    asks(visitor, "20.000")
    expect(page.get_by_role("alert")).to_contain_text("Paling banyak Rp11.000.")
    assert judged(page) == {}
    asks(visitor, "4.000")
    expect(page.get_by_text("Rp7.000")).to_be_visible()
    expect(page.get_by_text("Ke asal pembayaran")).to_be_visible()
    assert judged(page) == {}
    page.get_by_label("Sudah diperiksa").check()
    page.get_by_role("button", name="Kembalikan uangnya").dblclick()
    expect(page.get_by_text("Dibukukan. Pembeli melihatnya")).to_be_visible()
    assert judged(page) == {}

    page.goto(address)
    expect(page.locator(".status")).to_contain_text("Rp4.000 disimpan untuk dikembalikan")
    expect(page.locator(".status")).to_contain_text(f"Kata toko: {REASON}")
    assert judged(page) == {}
    page.get_by_role("button", name="Ke asal pembayaran").click()
    expect(page.locator(".status")).to_contain_text("Rp4.000 sudah kembali ke asal pembayaran", timeout=15_000)
    assert [row["amount"] for row in simulator.paybacks()] == [4_000]
    assert out(desk.shop) == [("clearing", "sandbox", 4_000)]
    assert is_clean(desk)


def test_above_the_limit_a_second_person_agrees_to_the_gift(visitor: Visitor, desk: Desk) -> None:
    page, dealer = visitor.page, desk.shop.dealer
    order = desk.paid_by_guest()
    dealer.four_eyes_above = 1_000
    dealer.save(update_fields=["four_eyes_above"])
    sits_down(visitor, desk, Role.MANAGER)
    goes(visitor, "order", order.code)
    expect(page.locator(".status h1")).to_have_text("Berhasil", timeout=20_000)
    visitor.presses("Beri ganti rugi")
    asks(visitor, "2.000", "Maaf, menunggu terlalu lama.")
    expect(page.get_by_text("Toko sendiri", exact=True)).to_be_visible()
    page.get_by_label("Sudah diperiksa").check()
    visitor.presses("Usulkan")
    expect(page.get_by_text("Usul dicatat")).to_be_visible()
    expect(page.get_by_role("button", name="Setujui Rp2.000")).to_have_count(0)

    sits_down(visitor, desk, Role.OWNER)
    goes(visitor, "tasks")
    page.get_by_role("link", name="Usul uang kembali menunggu orang kedua").click()
    assert judged(page) == {}
    page.get_by_label("Sudah diperiksa").check()
    visitor.presses("Setujui Rp2.000")
    expect(page.get_by_text("Disetujui.")).to_be_visible()
    page.get_by_role("link", name="Lihat halaman pembeli").click()
    expect(page.locator(".status")).to_contain_text("Ganti rugi Rp2.000")
    assert is_clean(desk)
