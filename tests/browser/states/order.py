"""States of an order that was paid: on its way, arrived, not arrived, and its money."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.browser.states import scene
from tests.browser.states.scene import OFFLINE, Scene, state, stock
from tests.browser.visitor import SHOP
from transactions import orders, pace, payouts, refund_choices
from transactions.models import Order, Pace, Refund, RefundState, RefundWay
from transactions.payouts import Payer
from transactions.refund_choices import Choice
from transactions.refund_ways import Destination

_BCA = Destination("BCA", "1234567890", "Budi Santoso")
_GOVERNED = "() => navigator.serviceWorker.controller !== null"
_KEPT = "async () => !!(await (await caches.open('orders')).match(location.href, { ignoreVary: true }))"


def _can_cancel(here: Scene, seconds: int) -> None:
    here.shop.dealer.cancel_seconds = seconds
    here.shop.dealer.save(update_fields=["cancel_seconds"])


def _known_pace(here: Scene) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        brand = here.shop.product.brand
        Pace.objects.create(
            dealer=here.shop.dealer, brand=brand, orders=pace.LEAST_ORDERS, p50=8, p95=21, at=timezone.now()
        )


@state("order-paid", "Sampai saat itu masih bisa dibatalkan", "can still be cancelled")
def _paid(here: Scene) -> None:
    _can_cancel(here, 30)
    here.opens(here.bought())


@state("order-cancel", "Batalkan pesanan ini?", "Cancel this order?")
def _cancel(here: Scene) -> None:
    _can_cancel(here, 30)
    here.opens(here.bought(), "cancel/")


@state("order-cancelled", "Dibatalkan", "Cancelled")
def _cancelled(here: Scene) -> None:
    _can_cancel(here, 30)
    order = here.bought()
    orders.cancel(here.shop.dealer, order.pk)
    here.opens(order)


@state("order-cancelled-unpaid", "Uang tidak dipotong", "Nothing was charged")
def _cancelled_unpaid(here: Scene) -> None:
    order = here.ordered()
    orders.cancel(here.shop.dealer, order.pk)
    here.opens(order)


@state("order-cancel-too-late", "tidak bisa dibatalkan lagi", "can no longer be cancelled")
def _too_late(here: Scene) -> None:
    here.opens(here.bought(), "cancel/")


@state("order-sending", "kabar paling lambat", "news by")
def _sending(here: Scene) -> None:
    _known_pace(here)
    here.opens(here.bought("241"))
    expect(here.page.locator(".steps li").nth(2)).to_have_class("done", timeout=15_000)


@state("order-sending-guess", "Perkiraan", "Our guess")
def _guess(here: Scene) -> None:
    here.opens(here.bought("241"))
    expect(here.page.locator(".steps li").nth(2)).to_have_class("done", timeout=15_000)


def _overdue(here: Scene, by: timedelta) -> None:
    _known_pace(here)
    order = here.bought("241")
    here.opens(order)
    expect(here.page.locator(".steps li").nth(2)).to_have_class("done", timeout=15_000)
    here.earlier(order, by, "created_at", "paid_at", "sent_at")
    here.opens(order)
    here.waits_for("warn")


@state("order-slow", "Lebih lama dari biasa", "Slower than usual")
def _slow(here: Scene) -> None:
    _overdue(here, timedelta(minutes=4))


@state("order-very-slow", "Kabar berikutnya", "Next news")
def _very_slow(here: Scene) -> None:
    _overdue(here, timedelta(minutes=40))


def _arrives(here: Scene, order: Order) -> None:
    here.opens(order)
    here.waits_for("ok")


@state("order-pulsa", "SN (bukti dari operator)", "SN (proof from the operator)")
def _pulsa(here: Scene) -> None:
    _arrives(here, here.bought())


@state("order-data", "Paket masuk", "Data plan delivered")
def _data(here: Scene) -> None:
    _arrives(here, here.bought(product=stock(here, *scene.DATA[:2])))


@state("order-pln", "Token terbit", "Token issued")
def _pln(here: Scene) -> None:
    sold = stock(here, *scene.TOKENS[:1])
    _arrives(here, here.bought(product=sold, destination="12345678901"))


@state("order-rated", "Jawaban bisa diubah selama satu hari", "change your answer")
def _rated(here: Scene) -> None:
    _arrives(here, here.bought())
    here.page.locator(".rate button").first.click()
    expect(here.page.locator(".rate [aria-pressed=true]")).to_have_count(1)


def _fails(here: Scene, **fields: Any) -> Order:
    order = here.bought("232", **fields)
    here.opens(order)
    here.waits_for("bad")
    return order


@state("order-failed", "Mau diterima lewat mana?", "How would you like to receive it?")
def _failed(here: Scene) -> None:
    _fails(here)


@state("order-failed-wallet", "sudah kembali ke saldo", "balance")
def _failed_wallet(here: Scene) -> None:
    here.signs_in(here.shop.customer)
    here.opens(here.shop.buy("232"))
    here.waits_for("bad")


@state("refund-ways", "Terima kembali Rp11.000", "Get Rp11.000 back")
def _ways(here: Scene) -> None:
    here.opens(_fails(here), "refund/1/")


@state("refund-bank", "Nomor rekening", "Account number")
def _bank(here: Scene) -> None:
    here.opens(_fails(here), "refund/1/?way=bank")


@state("refund-bank-errors", "5 sampai 20 angka", "5 to 20 digits")
def _bank_errors(here: Scene) -> None:
    _bank(here)
    here.page.locator("[name=number]").fill("12")
    here.page.locator("main form .btn").click()
    here.sees("[role=alert]")


@state("refund-ewallet", "Kirim ke e-wallet ini", "Send it to this e-wallet")
def _ewallet(here: Scene) -> None:
    here.opens(_fails(here), "refund/1/?way=ewallet")


@state("refund-account", "Masuk dulu", "Sign in first")
def _account(here: Scene) -> None:
    here.opens(_fails(here), "refund/1/?way=wallet")


@state("refund-account-signed-in", "Masukkan ke saldo", "balance")
def _account_signed_in(here: Scene) -> None:
    order = _fails(here)
    here.signs_in(here.shop.customer)
    here.opens(order, "refund/1/?way=wallet")


@state("refund-counter", "Tunjukkan kode ini ke kasir", "Show this code")
def _counter(here: Scene) -> None:
    order = _fails(here)
    refund_choices.choose(here.shop.dealer, _refund(here, order).pk, Choice(way=RefundWay.CASH))
    here.opens(order)


@state("refund-source", "sudah kembali ke asal pembayaran", "went back to where you paid from")
def _source(here: Scene) -> None:
    order = here.ordered("232")
    here.opens(order)
    here.page.locator(".pay .btn").click()
    here.waits_for("bad")
    here.page.locator('button[value="source"]').click()
    expect(here.page.locator(".steps li.done").last).to_contain_text("11.000", timeout=20_000)
    assert _refund(here, order).state == RefundState.DONE


def _chosen(here: Scene) -> tuple[Order, Refund]:
    order = _fails(here)
    choice = Choice(way=RefundWay.BANK, destination=_BCA)
    return order, refund_choices.choose(here.shop.dealer, _refund(here, order).pk, choice)


def _payer(here: Scene) -> Payer:
    return Payer(user=factories.member(here.shop.dealer, Role.OWNER), may_approve=True)


@state("refund-chosen", "BCA ••••7890", "BCA ••••7890")
def _bank_chosen(here: Scene) -> None:
    order, _refund_now = _chosen(here)
    here.opens(order)


@state("refund-under-way", "sedang dikirim ke BCA", "is on its way to BCA")
def _under_way(here: Scene) -> None:
    order, refund = _chosen(here)
    payouts.begin(here.shop.dealer, refund.pk, way=RefundWay.BANK, payer=_payer(here))
    here.opens(order)


def _paid_back(here: Scene) -> tuple[Order, Refund, Payer]:
    order, refund = _chosen(here)
    payer = _payer(here)
    payouts.begin(here.shop.dealer, refund.pk, way=RefundWay.BANK, payer=payer)
    return order, payouts.finish(here.shop.dealer, refund.pk, payer=payer, reference="TRX-2026-1"), payer


@state("refund-done", "kode TRX-2026-1", "TRX-2026-1")
def _done(here: Scene) -> None:
    order, _paid_refund, _payer_then = _paid_back(here)
    here.opens(order)


@state("refund-bounced", "rekening menolak", "account refused")
def _bounced(here: Scene) -> None:
    order, refund, payer = _paid_back(here)
    payouts.bounce(here.shop.dealer, refund.pk, payer=payer)
    here.opens(order)


@state("order-copy", "Ini salinan", "Saved copy", complains=OFFLINE)
def _copy(here: Scene) -> None:
    here.page.goto(SHOP)
    here.page.wait_for_function(_GOVERNED)
    _arrives(here, here.bought())
    here.page.reload()
    here.page.wait_for_function(_KEPT)
    here.page.context.set_offline(True)
    here.page.reload()
    here.sees("#copy")


@state("order-slip", "Cetak", "Print")
def _slip(here: Scene) -> None:
    order = here.bought()
    _arrives(here, order)
    here.opens(order, "struk/")


@state("order-slip-token", "Token", "Token")
def _slip_token(here: Scene) -> None:
    order = here.bought(product=stock(here, *scene.TOKENS[:1]), destination="12345678901")
    _arrives(here, order)
    here.opens(order, "struk/")


@state("verify", "Struk asli", "Genuine receipt")
def _verify(here: Scene) -> None:
    _arrives(here, here.bought())
    here.page.goto(here.page.locator(".proof a").get_attribute("href") or "")


@state("verify-unknown", "Struk tidak dikenal", "Unknown receipt")
def _verify_unknown(here: Scene) -> None:
    here.page.goto("/v/0000-0000-0000-0000-0001")


def _looks_up(here: Scene, code: str, end: str) -> None:
    here.page.goto("/cek/")
    here.page.locator("#kode").fill(code)
    here.page.locator("#akhir").fill(end)
    here.page.locator("main form .btn").click()


@state("lookup", "Cek pesanan", "Find an order")
def _lookup(here: Scene) -> None:
    here.page.goto("/cek/")


@state("lookup-found", "0812-••••", "0812-••••")
def _lookup_found(here: Scene) -> None:
    order = here.bought()
    _arrives(here, order)
    _looks_up(here, order.code, order.destination[-4:])
    here.sees(".status h2")


@state("lookup-not-found", "Periksa kode atau nomor", "Check the code or the number")
def _lookup_not_found(here: Scene) -> None:
    _looks_up(here, "7K3MQ9XA2B4", "0000")
    here.sees("[role=alert]")


@state("lookup-empty", "Kode pesanan", "Order code")
def _lookup_empty(here: Scene) -> None:
    _looks_up(here, "", "")
    here.sees(".error")


def picture(here: Scene) -> bytes:
    """The receipt as a picture, in the language of the page."""
    order = here.bought()
    _arrives(here, order)
    client = Client(headers={"Accept-Language": here.language})
    answer = client.get(here.link(order, "struk.png"))
    assert answer["Content-Type"] == "image/png"
    return bytes(answer.content)


def _refund(here: Scene, order: Order) -> Refund:
    with tenancy.inside(here.shop.dealer.pk):
        return Refund.objects.select_related("order").filter(order=order).latest("number")
