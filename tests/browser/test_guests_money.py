"""A guest pays by QRIS and gets nothing: where the money is, how it comes back, and that it comes back once."""

import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.browser.visitor import Visitor
from tests.transactions.desk_rig import Desk
from tests.transactions.test_race import at_once
from transactions import accounts, ledger, pricing, refund_ways
from transactions.models import Order, Refund, RefundState, RefundWay, Tier, Transfer
from transactions.suppliers.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "audit"])]

PRICE = 10_400


@pytest.fixture
def desk(shop: factories.Shop) -> Desk:
    """The shop takes QRIS, sells at 10.400, and has two who may pay out."""
    factories.qris(shop.dealer)
    with tenancy.inside(shop.dealer.pk):
        pricing.set_price(shop.product, tier=Tier.RETAIL, amount=PRICE, actor=None)
    rig = Desk(shop)
    rig.person(Role.OWNER)
    rig.person(Role.CASHIER)
    return rig


def pays_by_qris_for_nothing(visitor: Visitor) -> float:
    """Buy for a number that the supplier refuses; after how many seconds the page says so."""
    visitor.orders("081234567232")
    expect(visitor.page.locator(".qr")).to_be_visible()
    paid_at = time.monotonic()
    visitor.pays()
    visitor.sees("Tidak berhasil")
    return time.monotonic() - paid_at


def test_it_is_shown_chosen_and_paid_out_once_though_everybody_presses_at_once(
    visitor: Visitor, shop: factories.Shop, desk: Desk, simulator: Simulator
) -> None:
    page = visitor.page
    waited = pays_by_qris_for_nothing(visitor)
    expect(page.locator(".status")).to_contain_text("Rp10.400 disimpan untuk dikembalikan")
    assert waited < 60
    # A sticker takes no money back by itself.
    expect(page.get_by_role("button", name="Ke asal pembayaran")).to_have_count(0)
    page.get_by_role("link", name="Rekening bank").click()
    page.get_by_label("Bank", exact=True).fill("BCA")
    page.get_by_label("Nomor rekening").fill("1234567890")
    page.get_by_label("Nama pemilik rekening").fill("Budi Santoso")
    visitor.presses("Kirim ke rekening ini")
    expect(page.locator(".status")).to_contain_text("dikirim ke BCA ••••7890 paling lambat")

    with tenancy.inside(shop.dealer.pk):
        refund, order = Refund.objects.get(), Order.objects.get()
    agents = [desk.as_(Role.OWNER), desk.as_(Role.CASHIER)]
    choice = f"{reverse('order_refund', args=[order.code, refund.number])}?t={order.secret}"

    def presses(who: int) -> None:
        if who == len(agents):  # the guest would rather have it at the counter
            Client().post(choice, {"way": "cash"})
            return
        agents[who].post(reverse("desk:refund", args=[refund.pk]), {"way": "bank"})
        for _ in range(2):
            proof = {"reference": f"TRX-{who}", "sure": "on"}
            agents[who].post(reverse("desk:refund_finish", args=[refund.pk]), proof)

    at_once(presses, [0, 1, 2])
    refund = _now(shop, refund)
    if refund.way == RefundWay.CASH:  # the guest was first, and comes by
        code = refund_ways.counter_code(refund)
        for agent in agents:
            agent.post(reverse("desk:refund", args=[refund.pk]), {"way": "cash", "code": code, "sure": "on"})
        refund = _now(shop, refund)
    assert refund.state == RefundState.DONE
    _stands_once(shop, simulator, refund)
    page.reload()
    expect(page.locator(".status")).to_contain_text("Rp10.400 sudah")


def _now(shop: factories.Shop, refund: Refund) -> Refund:
    with tenancy.inside(shop.dealer.pk):
        return Refund.objects.select_related("order").get(pk=refund.pk)


def _stands_once(shop: factories.Shop, simulator: Simulator, refund: Refund) -> None:
    """In the record of the way chosen, and nowhere else."""
    record = ("bank", "main") if refund.way == RefundWay.BANK else ("cash", "counter")
    with tenancy.inside(shop.dealer.pk):
        out = Transfer.objects.filter(frm_kind="refunds_due").values_list("to_kind", "to__key", "amount")
        assert list(out) == [(*record, PRICE)]
        assert ledger.balance(shop.dealer.pk, accounts.REFUNDS_DUE) == 0
    assert simulator.paybacks() == []
    said = StringIO()
    call_command("audit_ledger", simulator=f"{simulator.url.removesuffix('/v1')}/log", stdout=said)
    assert "every invariant holds" in said.getvalue()
