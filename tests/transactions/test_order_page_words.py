"""What the page of an order says in each of its states: what happened, what about the money, what to do now."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from portal.lib import tenancy
from tests.transactions.storefront_rig import NO, PRICE, YES, Storefront, storefront
from transactions import orders, payments, states
from transactions.models import Order, Payment, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Settings) -> Storefront:
    settings.SANDBOX_SECRET = "secret-of-the-test"
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    """A guest's, waiting for money."""
    return here.bought(gateway="sandbox")


def test_an_unpaid_order_says_until_when_and_that_nothing_was_taken(here: Storefront, order: Order) -> None:
    page = here.page(order)
    assert "<h1>Menunggu pembayaran</h1>" in page
    assert "Bayar sebelum" in page
    assert "Uang belum dipotong." in page
    assert 'id="simulate-payment"' in page


def test_cash_is_paid_at_the_counter_with_the_code(here: Storefront) -> None:
    page = here.page(here.bought(gateway="cash"))
    assert "Bayar ke kasir" in page
    assert "simulate-payment" not in page


def test_an_expired_code_can_be_renewed_and_cost_nothing(here: Storefront, order: Order) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Payment.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    page = here.page(order)
    assert "Kode bayar habis waktunya" in page
    assert "Buat kode baru" in page
    assert "simulate-payment" not in page


def test_too_little_is_said_to_the_rupiah(here: Storefront, order: Order) -> None:
    here.pays(order, PRICE - 400)
    page = here.page(order)
    assert "<h1>Kurang Rp400</h1>" in page
    assert "Sudah masuk Rp10.600 dari Rp11.000" in page
    assert "Uang belum dipotong" not in page


def test_too_much_is_kept_to_be_given_back(here: Storefront, order: Order) -> None:
    here.pays(order, PRICE + 500)
    page = here.page(order)
    assert "<h1>Sedang dikirim</h1>" in page
    assert "Rp500 disimpan untuk dikembalikan" in page


def test_a_sent_order_promises_news_and_never_says_that_it_failed(here: Storefront, order: Order) -> None:
    here.pays(order)
    here.is_sent(order)
    page = here.page(order)
    assert "kabar paling lambat" in page
    assert "Tidak berhasil" not in page


def test_after_the_promise_it_says_slower_than_usual_and_when_news_comes(here: Storefront, order: Order) -> None:
    here.pays(order)
    here.is_sent(order)
    here.long_ago(order, timedelta(minutes=5), "created_at", "paid_at", "sent_at")
    page = here.page(order)
    assert 'class="status warn"' in page
    assert "Lebih lama dari biasa" in page
    assert "Kabar berikutnya paling lambat" in page
    assert "Jangan beli lagi dulu" in page


def test_a_delivered_order_shows_the_serial_number_and_the_time(here: Storefront, order: Order) -> None:
    here.pays(order)
    here.is_sent(order, YES)
    page = here.page(order)
    assert "<h1>Berhasil</h1>" in page
    assert "0031 8890 7712 9" in page
    assert "Pulsa masuk" in page


def test_a_failed_order_says_why_and_where_the_money_is(here: Storefront, order: Order) -> None:
    here.pays(order)
    here.is_sent(order, NO)
    page = here.page(order)
    assert "<h1>Tidak berhasil</h1>" in page
    assert "Nomor ini tidak bisa diisi" in page
    assert "Rp11.000 disimpan untuk dikembalikan" in page
    assert "Pakai nomor lain" in page


def test_a_customer_sees_the_money_back_in_the_wallet(here: Storefront) -> None:
    here.browser.force_login(here.shop.customer)
    order = here.bought(gateway="balance")
    here.is_sent(order, NO)
    assert "Rp11.000 sudah kembali ke saldo" in here.page(order)


def test_an_expired_order_says_that_nothing_was_taken(here: Storefront, order: Order) -> None:
    dealer_id = here.shop.dealer.pk
    with tenancy.inside(dealer_id):
        payments.expire_order(states.lock(dealer_id, order.pk))
    page = here.page(order)
    assert "<h1>Kedaluwarsa</h1>" in page
    assert "Uang tidak dipotong." in page


def test_within_the_cancel_window_it_says_when_the_order_goes_out() -> None:
    here = storefront(cancel_seconds=30)
    here.browser.force_login(here.shop.customer)
    order = here.bought(gateway="balance")
    assert order.status == Status.PAID
    page = here.page(order)
    assert "Sampai saat itu masih bisa dibatalkan" in page
    assert "Batalkan pesanan" in page


def test_a_cancelled_order_of_a_customer_is_back_in_the_wallet() -> None:
    here = storefront(cancel_seconds=30)
    here.browser.force_login(here.shop.customer)
    order = here.bought(gateway="balance")
    orders.cancel(here.shop.dealer, order.pk)
    page = here.page(order)
    assert "<h1>Dibatalkan</h1>" in page
    assert "sudah kembali ke saldo" in page
