"""Giving something for an order at the desk: asked for, shown in rupiah, booked once; its customer reads why."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from dealers.models import Dealer, Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import YES, Desk, desk, signed_in
from transactions import accounts, audit, ledger
from transactions.models import Amends, AmendsKind, Order

pytestmark = pytest.mark.django_db

PAGES = {"order_part_back": AmendsKind.PART, "order_goodwill": AmendsKind.GOODWILL}


@pytest.fixture
def here() -> Iterator[Desk]:
    at = desk()
    yield at
    with tenancy.inside(at.shop.dealer.pk):
        assert [str(v) for v in audit.violations("default") if v.dealer_id == at.shop.dealer.pk] == []


@pytest.fixture
def sold(here: Desk) -> Order:
    """Delivered to a guest for 11.000; it cost 10.200."""
    order = here.paid_by_guest()
    here.sent(order, YES)
    return here.shop.order(order)


def fields(browser: Client, address: str, **said: str) -> dict[str, str]:
    """What the form is sent with, with the hidden fields of the page."""
    form = browser.get(address).context["form"]
    hidden = {"token": str(form["token"].value()), "seen": str(form["seen"].value())}
    return {"amount": "4.000", "reason": "yang masuk kurang 2 GB", **hidden, **said}


def address(order: Order, name: str = "order_part_back") -> str:
    return reverse(f"desk:{name}", args=[order.code])


def sees(browser: Client, order: Order) -> str:
    return browser.get(reverse("desk:order", args=[order.code])).content.decode()


def due(here: Desk) -> int:
    with tenancy.inside(here.shop.dealer.pk):
        return ledger.balance(here.shop.dealer.pk, accounts.REFUNDS_DUE)


def test_the_first_step_books_nothing_and_says_what_would_happen(here: Desk, sold: Order) -> None:
    browser = here.as_()
    shown = browser.post(address(sold), fields(browser, address(sold))).content.decode()
    for said in ("Rp4.000", "Rp7.000", "Tamu, sebagai pengembalian", "Rekening bank", "-Rp3.200", "kurang 2 GB"):
        assert said in shown
    assert due(here) == 0


def test_the_second_step_books_it(here: Desk, sold: Order) -> None:
    browser = here.as_()
    browser.post(address(sold), fields(browser, address(sold), sure="on"))
    assert due(here) == 4_000
    shown = sees(browser, sold)
    assert "Uang kembali dan ganti rugi" in shown
    assert "yang masuk kurang 2 GB" in shown
    assert "Uang kembali diberikan: Rp4.000" in shown


def test_a_double_click_books_once_and_says_so_both_times(here: Desk, sold: Order) -> None:
    browser = here.as_()
    sent = fields(browser, address(sold), amount="11.000", sure="on")
    answers = [browser.post(address(sold), sent, follow=True).content.decode() for _ in range(2)]
    assert ["Dibukukan." in each for each in answers] == [True, True]
    assert due(here) == 11_000


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"amount": "11.001"}, "Paling banyak Rp11.000."),
        ({"amount": "0"}, "Paling sedikit Rp100."),
        ({"amount": "empat ribu"}, "Tulis jumlah rupiah"),
        ({"reason": "kurang"}, "8"),
    ],
)
def test_what_cannot_be_given_is_said_and_not_booked(here: Desk, sold: Order, said: dict[str, str], error: str) -> None:
    browser = here.as_()
    shown = browser.post(address(sold), fields(browser, address(sold), **said))
    assert error in shown.content.decode()
    browser.post(address(sold), fields(browser, address(sold), **said, sure="on"))
    assert due(here) == 0


def test_goodwill_says_that_it_is_the_shops_own_money(here: Desk, sold: Order) -> None:
    browser, page = here.as_(), address(sold, "order_goodwill")
    shown = browser.post(page, fields(browser, page)).content.decode()
    assert "Toko sendiri" in shown
    assert "Ke asal pembayaran" not in shown
    browser.post(page, fields(browser, page, sure="on"))
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.GOODWILL) == -4_000


def test_a_customers_wallet_is_shown_before_and_after(here: Desk) -> None:
    order = here.shop.buy()
    here.sent(order, YES)
    browser = here.as_()
    shown = browser.post(address(order), fields(browser, address(order))).content.decode()
    assert "Rp989.000 → Rp993.000" in shown
    browser.post(address(order), fields(browser, address(order), sure="on"))
    assert here.shop.balance() == 993_000


def test_the_guest_reads_where_the_money_is_and_why(here: Desk, sold: Order) -> None:
    browser = here.as_()
    browser.post(address(sold), fields(browser, address(sold), sure="on"))
    page = address(sold, "order_goodwill")
    browser.post(page, fields(browser, page, amount="1.000", reason="maaf menunggu lama", sure="on"))
    shown = Client().get(f"{reverse('order', args=[sold.code])}?t={sold.secret}").content.decode()
    for said in ("Rp4.000 disimpan", "Kata toko: yang masuk kurang 2 GB", "Ganti rugi Rp1.000", "maaf menunggu lama"):
        assert said in shown


def test_a_customer_reads_that_it_is_in_the_wallet(here: Desk) -> None:
    order = here.shop.buy()
    here.sent(order, YES)
    browser = here.as_()
    browser.post(address(order), fields(browser, address(order), sure="on"))
    shown = Client().get(f"{reverse('order', args=[order.code])}?t={order.secret}").content.decode()
    assert "Rp4.000 sudah kembali ke saldo" in shown
    assert "Kata toko: yang masuk kurang 2 GB" in shown


def test_above_the_limit_the_second_person_sees_it_on_the_order_and_agrees(here: Desk, sold: Order) -> None:
    Dealer.objects.filter(pk=here.shop.dealer.pk).update(four_eyes_above=3_999)
    browser, second = here.as_(), signed_in(factories.member(here.shop.dealer, Role.MANAGER))
    assert (
        "orang kedua harus menyetujui" in browser.post(address(sold), fields(browser, address(sold))).content.decode()
    )
    browser.post(address(sold), fields(browser, address(sold), sure="on"))
    with tenancy.inside(here.shop.dealer.pk):
        row = Amends.objects.get()
    approve = reverse("desk:amends_approve", args=[sold.code, row.pk])
    assert approve not in sees(browser, sold)
    assert approve in sees(second, sold)
    assert "Usul uang kembali menunggu orang kedua" in second.get(reverse("desk:tasks")).content.decode()
    second.post(approve, {})
    assert due(here) == 0
    browser.post(approve, {"sure": "on"})
    assert due(here) == 0
    second.post(approve, {"sure": "on"})
    assert due(here) == 4_000


def test_a_proposal_can_be_taken_back(here: Desk, sold: Order) -> None:
    Dealer.objects.filter(pk=here.shop.dealer.pk).update(four_eyes_above=0)
    browser = here.as_()
    browser.post(address(sold), fields(browser, address(sold), sure="on"))
    assert "masih ada usul" in browser.get(address(sold)).content.decode()
    with tenancy.inside(here.shop.dealer.pk):
        row = Amends.objects.get()
    browser.post(reverse("desk:amends_drop", args=[sold.code, row.pk]))
    assert "Tidak jadi" in sees(browser, sold)
    assert due(here) == 0


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize("role", [Role.CASHIER, Role.CS, Role.TRAINER])
def test_only_owners_and_managers_give(here: Desk, sold: Order, role: Role, name: str) -> None:
    assert here.as_(role).get(address(sold, name)).status_code == 403


def test_who_may_not_give_is_offered_no_button(here: Desk, sold: Order) -> None:
    assert address(sold) in sees(here.as_(Role.MANAGER), sold)
    assert address(sold) not in sees(here.as_(Role.CASHIER), sold)


@pytest.mark.parametrize("name", list(PAGES))
def test_an_order_that_gets_nothing_has_no_form(here: Desk, name: str) -> None:
    order = here.unpaid()
    browser = here.as_()
    assert "Tidak ada lagi yang bisa diberikan" in browser.get(address(order, name)).content.decode()
    assert address(order, name) not in sees(browser, order)
