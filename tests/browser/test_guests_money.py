"""A guest pays 10.400 by QRIS, the supplier refuses: the money's way is shown, chosen, paid out, and stands once."""

import time
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.browser.test_desk import goes, sits_down
from tests.browser.visitor import Visitor, judged, watch
from tests.chromium import PHONE
from tests.transactions.desk_rig import Desk
from transactions import accounts, ledger
from transactions.models import Price, Refund, RefundState, Transfer
from transactions.suppliers.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "audit"])]

PRICE = 10_400
PROMISED = 60.0
"""Seconds from the payment until the page says where the money is."""


@pytest.fixture
def desk(shop: factories.Shop) -> Desk:
    """The shop takes QRIS, and sells for 10.400."""
    factories.qris(shop.dealer)
    with tenancy.inside(shop.dealer.pk):
        Price.objects.filter(product=shop.product, tier="retail").update(amount=PRICE)
    return Desk(shop)


def pays_by_qris(visitor: Visitor) -> str:
    """Buy for a number that the supplier refuses; where the order is seen."""
    visitor.orders("081234567232")
    expect(visitor.page.get_by_role("img", name="Kode QRIS untuk membayar Rp10.400 ke TOKO UJI")).to_be_visible()
    began = time.monotonic()
    visitor.pays()
    expect(visitor.page.locator(".status")).to_contain_text(
        "Rp10.400 disimpan untuk dikembalikan", timeout=PROMISED * 1_000
    )
    assert time.monotonic() - began < PROMISED
    return visitor.page.url


def chooses_a_bank(visitor: Visitor) -> None:
    """Say whose account, without signing in."""
    page = visitor.page
    page.get_by_role("link", name="Rekening bank").click()
    page.get_by_label("Bank", exact=True).fill("BCA")
    page.get_by_label("Nomor rekening").fill("1234567890")
    page.get_by_label("Nama pemilik rekening").fill("Budi Santoso")
    visitor.presses("Kirim ke rekening ini")
    expect(page.locator(".status")).to_contain_text("dikirim ke BCA ••••7890 paling lambat")


def opens_the_refund(visitor: Visitor, desk: Desk, role: Role) -> None:
    """Somebody of this role sits down before the refund."""
    sits_down(visitor, desk, role)
    with tenancy.inside(desk.shop.dealer.pk):
        pk = Refund.objects.get().pk
    goes(visitor, "refund", pk)


def finishes(visitor: Visitor, proof: str) -> None:
    """Write down what proves that the money has left."""
    page = visitor.page
    page.get_by_label("Nomor bukti").fill(proof)
    page.get_by_label("Uang sudah dikirim").check()
    visitor.presses("Catat pengembalian")


def stands_once(desk: Desk, simulator: Simulator, proof: str) -> None:
    """One line out of the bank, none at the till or in the drawer, nothing due any more, and clean books."""
    dealer = desk.shop.dealer
    with tenancy.inside(dealer.pk):
        refund = Refund.objects.get()
        out = Transfer.objects.filter(frm_kind="refunds_due")
        assert list(out.values_list("to_kind", "to__key", "amount")) == [("bank", "main", PRICE)]
        assert (refund.state, refund.reference) == (RefundState.DONE, proof)
        assert not Transfer.objects.filter(to_kind="cash").exists()
        assert ledger.balance(dealer.pk, accounts.REFUNDS_DUE) == 0
    assert simulator.paybacks() == []
    said = StringIO()
    call_command("audit_ledger", simulator=f"{simulator.url.removesuffix('/v1')}/log", stdout=said)
    assert "every invariant holds" in said.getvalue()


def test_the_money_of_a_guest_is_shown_chosen_and_paid_out_once(
    visitor: Visitor, desk: Desk, simulator: Simulator
) -> None:
    page = visitor.page
    address = pays_by_qris(visitor)
    for way in ("E-wallet", "Rekening bank", "Saldo akun"):
        expect(page.get_by_role("link", name=way)).to_be_visible()
    expect(page.get_by_role("button", name="Tunai di gerai")).to_be_visible()
    # Nobody can take money back through a sticker.
    expect(page.get_by_role("button", name="Ke asal pembayaran")).to_have_count(0)
    assert judged(page) == {}
    chooses_a_bank(visitor)
    opens_the_refund(visitor, desk, Role.CASHIER)
    visitor.presses("Saya yang kirim")
    expect(page.get_by_text("1234567890")).to_be_visible()
    finishes(visitor, "TRX-2026-1")
    expect(page.get_by_text("Pengembalian dicatat.")).to_be_visible()
    page.goto(address)
    expect(page.locator(".status")).to_contain_text("Rp10.400 sudah kembali ke BCA ••••7890")
    stands_once(desk, simulator, "TRX-2026-1")


def test_above_the_limit_a_second_person_agrees_before_the_money_leaves(
    visitor: Visitor, desk: Desk, simulator: Simulator
) -> None:
    page, dealer = visitor.page, desk.shop.dealer
    dealer.four_eyes_above = 10_000
    dealer.save(update_fields=["four_eyes_above"])
    address = pays_by_qris(visitor)
    chooses_a_bank(visitor)
    opens_the_refund(visitor, desk, Role.MANAGER)
    visitor.presses("Usulkan pembayaran")
    expect(page.get_by_text("Menunggu pemilik atau manajer lain menyetujui")).to_be_visible()
    expect(page.get_by_text("1234567890")).to_have_count(0)
    expect(page.get_by_role("button", name="Setujui pembayaran ini")).to_have_count(0)
    opens_the_refund(visitor, desk, Role.OWNER)
    page.get_by_label("Sudah diperiksa").check()
    visitor.presses("Setujui pembayaran ini")
    expect(page.get_by_text("1234567890")).to_be_visible()
    opens_the_refund(visitor, desk, Role.MANAGER)
    finishes(visitor, "TRX-2026-2")
    expect(page.get_by_text("Pengembalian dicatat.")).to_be_visible()
    page.goto(address)
    expect(page.locator(".status")).to_contain_text("sudah kembali ke BCA ••••7890")
    stands_once(desk, simulator, "TRX-2026-2")


def test_two_agents_and_the_guest_have_the_page_open_and_one_of_them_pays(
    visitor: Visitor, desk: Desk, simulator: Simulator, chromium: Browser, live_server: LiveServer
) -> None:
    address = pays_by_qris(visitor)
    chooses_a_bank(visitor)
    others = [chromium.new_context(base_url=live_server.url, locale="id-ID", viewport=PHONE) for _ in range(2)]
    agents = [Visitor(context.new_page()) for context in others]
    heard = [watch(agent.page) for agent in agents]
    for agent, role in zip(agents, (Role.CASHIER, Role.MANAGER), strict=True):
        opens_the_refund(agent, desk, role)
    # The guest has the choice open in a form that was loaded before anybody began.
    page = visitor.page
    page.goto(address.replace("?", "refund/1/?") + "&way=cash")
    for agent in agents:
        agent.page.locator("button", has_text="Saya yang kirim").click()
    expect(agents[1].page.get_by_text("Tidak ada yang dibukukan")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("button", name="Tunai di gerai")).to_have_count(0)
    finishes(agents[0], "TRX-2026-3")
    expect(agents[0].page.get_by_text("Pengembalian dicatat.")).to_be_visible()
    finishes(agents[1], "TRX-2026-4")
    expect(agents[1].page.get_by_text("Pengembalian ini tidak menunggu itu lagi")).to_be_visible()
    stands_once(desk, simulator, "TRX-2026-3")
    assert heard == [[], []]
    for context in others:
        context.close()
