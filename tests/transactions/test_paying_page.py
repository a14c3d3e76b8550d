"""What a buyer sees and does on the page of an unpaid order: the QR, the account, another way, a balance with PIN."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
import qriskit
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from dealers import pins
from portal.lib import tenancy
from tests import factories
from tests.transactions.paying_rig import PRICE, audited, codes, open_code, ordered, reports, till
from tests.transactions.storefront_rig import Storefront, text_of
from transactions import tills
from transactions.models import Order, Payment, Status

pytestmark = pytest.mark.django_db

PIN = "402817"


@pytest.fixture
def here(settings: Settings) -> Iterator[Storefront]:
    settings.SANDBOX_SECRET = "secret-of-the-test"
    with audited():
        yield Storefront(till())


@pytest.fixture
def order(here: Storefront) -> Order:
    return here.bought(gateway="qris")


def changes(here: Storefront, order: Order, **fields: str) -> str:
    """Press one of the other ways, and read what is answered."""
    return text_of(here.browser.post(here.link(order, "method/"), fields, follow=True))


def test_the_shop_offers_qris_first_and_remembers_what_was_chosen(here: Storefront) -> None:
    page = text_of(here.browser.get(here.address))
    assert re.search(r'value="qris" checked', page)
    here.bought(gateway="transfer")
    assert re.search(r'value="transfer" checked', text_of(here.browser.get(here.address)))


def test_the_page_shows_the_code_the_payee_and_that_nothing_is_added(here: Storefront, order: Order) -> None:
    page = here.page(order)
    assert "<svg" in page and 'class="qr"' in page
    assert "TOKO UJI" in page
    assert "NMID ID1020260000001" in page
    assert "Tanpa biaya tambahan untuk QRIS" in page
    assert "Berlaku sampai" in page
    assert "Satu HP?" in page


def test_nothing_in_the_code_is_styled_or_scripted_inline(here: Storefront, order: Order) -> None:
    svg = re.search(r"<svg.*?</svg>", here.page(order))
    assert svg is not None
    assert "style" not in svg[0]
    assert "script" not in svg[0]


def test_the_picture_for_the_gallery_says_the_same(here: Storefront, order: Order) -> None:
    answer = here.browser.get(here.link(order, "qris.png"))
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "no-store"
    code = qriskit.scan(Image.open(BytesIO(answer.content)))
    assert (code.get("54"), code.get("62.05")) == (str(PRICE), open_code(here.shop, order).code)
    assert len(answer.content) < 2_000


def test_a_code_that_ran_out_has_no_picture_and_is_renewed(here: Storefront, order: Order) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Payment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert here.browser.get(here.link(order, "qris.png")).status_code == 404
    assert 'class="qr"' not in here.page(order)
    here.browser.post(here.link(order, "renew/"))
    assert 'class="qr"' in here.page(order)


def test_a_code_that_cannot_be_renewed_says_so_and_the_other_ways_stay(here: Storefront, order: Order) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Payment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        tills.close_qris(here.shop.dealer)
    page = text_of(here.browser.post(here.link(order, "renew/"), follow=True))
    assert "sedang tidak bisa dipakai" in page
    assert 'value="transfer"' in page


def test_a_transfer_shows_account_and_the_exact_sum(here: Storefront) -> None:
    order = here.bought(gateway="transfer")
    code, page = open_code(here.shop, order), here.page(order)
    tail = f"{code.amount % 1_000:03d}"
    assert f"Rp{code.amount // 1_000}.<mark>{tail}</mark>" in page
    assert "1234 5678 90" in page
    assert "Toko Uji" in page
    assert f'data-copy="{code.amount}"' in page


def test_short_by_qris_says_the_difference_and_shows_its_code(here: Storefront, order: Order) -> None:
    reports(here.shop, open_code(here.shop, order), PRICE - 400)
    page = here.page(order)
    assert "<h1>Kurang Rp400</h1>" in page
    assert "Kembalikan semua" in page
    assert open_code(here.shop, order).amount == 400


def test_getting_all_back_cancels_with_a_refund(here: Storefront, order: Order) -> None:
    reports(here.shop, open_code(here.shop, order), PRICE - 400)
    page = text_of(here.browser.post(here.link(order, "cancel/"), follow=True))
    assert "<h1>Dibatalkan</h1>" in page
    assert "Rp10.600 disimpan untuk dikembalikan" in page


def test_another_way_is_chosen_on_the_page(here: Storefront, order: Order) -> None:
    page = changes(here, order, gateway="transfer")
    assert "Transfer persis" in page
    assert [code.state for code in codes(here.shop, order)] == ["void", "open"]


def test_a_way_that_is_not_offered_changes_nothing(here: Storefront, order: Order) -> None:
    assert "sedang tidak bisa dipakai" in changes(here, order, gateway="emas")
    assert "sedang tidak bisa dipakai" in changes(here, order, gateway="balance")
    assert open_code(here.shop, order).gateway == "qris"


def test_a_signed_in_buyer_pays_from_the_balance_with_one_press(here: Storefront, order: Order) -> None:
    here.browser.force_login(here.shop.customer)
    assert "Saldo Rp1.000.000" in here.page(order)
    changes(here, order, gateway="balance")
    assert here.shop.order(order).status == Status.PAID
    assert here.shop.balance() == 1_000_000 - PRICE


def test_above_the_limit_the_pin_is_asked_and_nothing_is_taken_before(here: Storefront, order: Order) -> None:
    pins.keep(here.shop.customer, PIN, ask_above=5_000)
    here.browser.force_login(here.shop.customer)
    asked = changes(here, order, gateway="balance")
    assert "Rp1.000.000" in asked
    assert "Rp989.000" in asked
    assert "PIN salah. Masih 4 kali lagi." in changes(here, order, gateway="balance", pin="000111")
    assert here.shop.balance() == 1_000_000
    changes(here, order, gateway="balance", pin=PIN)
    assert here.shop.order(order).status == Status.PAID


def test_a_balance_that_is_too_small_says_so(here: Storefront, order: Order) -> None:
    here.browser.force_login(factories.user())
    assert "Saldo tidak cukup" in changes(here, order, gateway="balance")


def test_somebody_elses_order_does_not_offer_a_balance(here: Storefront) -> None:
    order = ordered(here.shop, "qris", customer=factories.user())
    here.browser.force_login(here.shop.customer)
    assert 'value="balance"' not in here.page(order)
    assert "milik akun lain" in changes(here, order, gateway="balance")


def test_the_sale_form_asks_for_the_pin_and_buys_once_with_it(here: Storefront) -> None:
    pins.keep(here.shop.customer, PIN, ask_above=0)
    here.browser.force_login(here.shop.customer)
    asked = here.send(gateway="balance")
    assert asked.status_code == 409
    assert "PIN saldo" in text_of(asked)
    assert here.orders() == 0
    wrong = here.sends_again(asked, pin="000111")
    assert wrong.status_code == 409
    assert "Masih 4 kali lagi" in text_of(wrong)
    assert here.sends_again(wrong, pin=PIN).status_code == 303
    assert here.orders() == 1


def test_a_locked_pin_offers_the_other_ways(here: Storefront) -> None:
    pins.keep(here.shop.customer, PIN, ask_above=0)
    here.browser.force_login(here.shop.customer)
    for _ in range(4):
        here.send(gateway="balance", pin="000111")
    locked = text_of(here.send(gateway="balance", pin="000111"))
    assert "dikunci sampai" in locked
    assert 'name="gateway" value="qris"' in locked


def test_the_page_changes_its_tag_with_the_way_to_pay(here: Storefront, order: Order) -> None:
    def tag() -> str:
        return str(here.browser.get(here.link(order, "live/"))["ETag"])

    before = tag()
    assert tag() == before
    changes(here, order, gateway="transfer")
    assert tag() != before
