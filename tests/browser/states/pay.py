"""States of an order that waits for money."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from dealers import pins
from portal.lib import tenancy
from tests.browser.states.scene import OFFLINE, Scene, state, tills
from transactions import payments, states
from transactions.models import Order, Payment, Status

_PIN = "402817"


def _waiting(here: Scene, gateway: str) -> Order:
    tills(here)
    order = here.ordered(gateway=gateway)
    here.opens(order)
    return order


@state("pay-qris", "Pastikan nama penerima", "Check the payee")
def _qris(here: Scene) -> None:
    _waiting(here, "qris")


@state("pay-qris-open", "Pilih gambar tadi dari galeri", "gallery")
def _qris_open(here: Scene) -> None:
    _waiting(here, "qris")
    here.page.locator(".qris details.more summary").click()
    here.page.locator(".change summary").click()


@state("pay-transfer", "Transfer persis", "Transfer exactly")
def _transfer(here: Scene) -> None:
    _waiting(here, "transfer")


@state("pay-cash", "Tunjukkan kode ini ke kasir", "Show this code")
def _cash(here: Scene) -> None:
    _waiting(here, "cash")


@state("pay-sandbox", "Bayar uji coba", "Test payment")
def _sandbox(here: Scene) -> None:
    _waiting(here, "sandbox")
    here.page.locator("#simulate-payment summary").click()


@state("pay-change-with-balance", "Saldo Rp1.000.000", "Balance Rp1.000.000")
def _change(here: Scene) -> None:
    here.signs_in(here.shop.customer)
    _waiting(here, "qris")
    here.page.locator(".change summary").click()


def _asks_pin(here: Scene) -> None:
    pins.keep(here.shop.customer, _PIN, ask_above=5_000)
    _change(here)
    here.page.locator('.change button[value="balance"]').click()
    here.sees("#pin")


def _tries(here: Scene, times: int) -> None:
    for _ in range(times):
        here.page.locator("#pin").fill("111111")
        here.page.locator("main form .btn:not(.quiet)").click()
        here.page.wait_for_load_state("load")


@state("pay-balance", "Berhasil", "Delivered")
def _balance(here: Scene) -> None:
    _change(here)
    here.page.locator('.change button[value="balance"]').click()
    here.waits_for("ok")


@state("pay-pin", "Isi PIN 6 angka", "6-digit PIN")
def _pin(here: Scene) -> None:
    _asks_pin(here)


@state("pay-pin-wrong", "Masih 3 kali lagi", "3 ")
def _pin_wrong(here: Scene) -> None:
    _asks_pin(here)
    _tries(here, 2)


@state("pay-pin-locked", "dikunci sampai", "locked until")
def _pin_locked(here: Scene) -> None:
    _asks_pin(here)
    _tries(here, 5)


@state("pay-underpaid", "Kurang Rp400", "Rp400 short")
def _underpaid(here: Scene) -> None:
    tills(here)
    order = here.ordered(gateway="qris")
    here.receives(order, 10_600)
    here.opens(order)


@state("pay-underpaid-expired", "buat kode baru untuk sisanya", "new code")
def _underpaid_expired(here: Scene) -> None:
    tills(here)
    order = here.ordered(gateway="sandbox")
    here.receives(order, 10_600)
    _runs_out(here, order)
    here.opens(order)


@state("pay-overpaid", "Rp4.000", "Rp4.000")
def _overpaid(here: Scene) -> None:
    order = here.ordered()
    here.receives(order, 15_000)
    here.opens(order)
    here.waits_for("ok")


@state("pay-twice", "Rp11.000 disimpan untuk dikembalikan", "Rp11.000")
def _twice(here: Scene) -> None:
    order = here.ordered()
    here.receives(order, times=2)
    here.opens(order)
    here.waits_for("ok")


@state("pay-late", "disimpan untuk dikembalikan", "Rp11.000")
def _late(here: Scene) -> None:
    order = here.ordered()
    _ends(here, order)
    here.receives(order)
    here.opens(order)


@state("pay-expired-code", "Kode bayar habis waktunya", "has run out")
def _expired_code(here: Scene) -> None:
    tills(here)
    order = here.ordered(gateway="qris")
    _runs_out(here, order)
    here.opens(order)


@state("pay-expired-order", "Kedaluwarsa", "Expired")
def _expired_order(here: Scene) -> None:
    order = here.ordered()
    _ends(here, order)
    here.opens(order)


@state("pay-gateway-down", "Simulator pembayaran tidak menjawab", "does not answer")
def _gateway_down(here: Scene) -> None:
    _waiting(here, "sandbox")
    here.settings.SIMULATOR_PORT = 9
    here.page.locator(".pay .btn").click()
    here.sees(".note.bad")


@state("pay-method-closed", "sedang tidak bisa dipakai", "cannot be used")
def _method_closed(here: Scene) -> None:
    order = _waiting(here, "sandbox")
    here.page.locator(".change summary").click()
    with tenancy.inside(here.shop.dealer.pk):
        here.shop.dealer.bank_accounts.update(is_open=False)
    here.page.locator('.change button[value="transfer"]').click()
    here.sees(".note.warn")
    assert here.shop.order(order).status == Status.AWAITING_PAYMENT


@state("pay-offline", "Pesanan dan uang tetap aman", "are safe", complains=OFFLINE)
def _offline(here: Scene) -> None:
    order = _waiting(here, "qris")
    here.page.context.set_offline(True)
    expect(here.page.locator("#say")).not_to_be_empty(timeout=15_000)
    assert here.shop.order(order).status == Status.AWAITING_PAYMENT


def _runs_out(here: Scene, order: Order) -> None:
    """The time of the order's code is over."""
    with tenancy.inside(here.shop.dealer.pk):
        code = Payment.objects.filter(order=order).latest("id")
        past = timezone.now() - timedelta(minutes=1)
        Payment.objects.filter(pk=code.pk).update(created_at=past - timedelta(minutes=15), expires_at=past)


def _ends(here: Scene, order: Order) -> None:
    """Nobody has paid for a day."""
    here.earlier(order, timedelta(hours=25), "created_at")
    with tenancy.inside(here.shop.dealer.pk):
        payments.expire_order(states.lock(here.shop.dealer.pk, order.pk))
