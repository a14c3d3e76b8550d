"""A guest says how the money comes back, behind the secret link and without an account, until somebody pays."""

import re

import pytest
from django.urls import reverse
from pytest_django import Settings

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import refund_rig
from tests.transactions.desk_rig import signed_in
from tests.transactions.storefront_rig import NO, PRICE, Storefront, storefront, text_of
from transactions import payouts, refund_ways
from transactions.models import Order, OrderEvent, Refund, RefundState, RefundWay

pytestmark = pytest.mark.django_db

BANK = {"way": "bank", "bank": "BCA", "number": "123-456 7890", "holder": "Budi Santoso"}


@pytest.fixture
def here(settings: Settings) -> Storefront:
    settings.SANDBOX_SECRET = "secret-of-the-test"
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    """A guest's, paid by the sandbox and refused by the supplier."""
    bought = here.bought(gateway="sandbox")
    here.pays(bought)
    here.is_sent(bought, NO)
    return bought


def chooses(here: Storefront, order: Order, **fields: str) -> int:
    return here.browser.post(here.link(order, "refund/1/"), fields).status_code


def refund(here: Storefront) -> Refund:
    with tenancy.inside(here.shop.dealer.pk):
        return Refund.objects.select_related("order", "payment").latest("number")


def test_the_page_says_where_the_money_is_and_offers_every_way(here: Storefront, order: Order) -> None:
    page = here.page(order)
    assert "Rp11.000 disimpan untuk dikembalikan, paling lambat" in page
    for way in ("Ke asal pembayaran", "E-wallet", "Rekening bank", "Tunai di gerai", "Saldo akun"):
        assert f"<b>{way}</b>" in page


def test_in_english_too(here: Storefront, order: Order) -> None:
    here.browser.cookies["language"] = "en"
    page = here.page(order)
    assert "Rp11.000 is kept for you to get back" in page
    assert "<b>Bank account</b>" in page


def test_an_account_is_sealed_and_shown_masked(here: Storefront, order: Order) -> None:
    assert chooses(here, order, **BANK) == 303
    row, page = refund(here), here.page(order)
    assert (row.way, row.state) == (RefundWay.BANK, RefundState.DUE)
    assert row.destination.startswith("v1.")
    assert "1234567890" not in row.destination + page
    assert "BCA ••••7890" in page
    assert refund_ways.destination_of(row) == refund_rig.BCA


def test_no_account_stands_in_the_history_of_an_order(here: Storefront, order: Order) -> None:
    chooses(here, order, **BANK)
    with tenancy.inside(here.shop.dealer.pk):
        notes = " ".join(OrderEvent.objects.values_list("note", flat=True))
    assert not re.search(r"7890|Budi", notes)


def test_an_e_wallet_is_a_phone_number(here: Storefront, order: Order) -> None:
    assert chooses(here, order, way="ewallet", kind="DANA", number="0812 3456") == 422
    assert chooses(here, order, way="ewallet", kind="DANA", number="0812-3456-7890") == 303
    assert refund_ways.destination_of(refund(here)) == refund_rig.DANA


@pytest.mark.parametrize("wrong", [{"number": "12"}, {"number": "12345678x0"}, {"holder": ""}, {"holder": "12345"}])
def test_what_is_no_account_is_asked_again_with_everything_kept(
    here: Storefront, order: Order, wrong: dict[str, str]
) -> None:
    answer = here.browser.post(here.link(order, "refund/1/"), {**BANK, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)
    assert 'value="BCA"' in text_of(answer)
    assert refund(here).way == RefundWay.UNDECIDED


def test_cash_shows_a_code_that_only_the_guest_sees(here: Storefront, order: Order) -> None:
    assert chooses(here, order, way="cash") == 303
    shown = re.search(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4})</code>", here.page(order))
    assert shown
    assert refund_ways.is_counter_code(refund(here), shown[1].lower())
    assert not refund_ways.is_counter_code(refund(here), "0000-0000")


def test_the_code_of_another_refund_is_wrong(here: Storefront, order: Order) -> None:
    mine, other = refund(here), storefront()
    bought = other.bought(gateway="cash")
    with tenancy.inside(other.shop.dealer.pk):
        theirs = Refund.objects.create(dealer=other.shop.dealer, order=bought, number=1, amount=1)
    assert not refund_ways.is_counter_code(mine, refund_ways.counter_code(theirs))


def test_a_choice_can_be_changed_and_nothing_of_the_old_one_stays(here: Storefront, order: Order) -> None:
    chooses(here, order, **BANK)
    chooses(here, order, way="cash")
    assert (refund(here).way, refund(here).destination) == (RefundWay.CASH, "")
    assert "Ganti pilihan" in here.page(order)


def test_once_somebody_pays_the_choice_stands(here: Storefront, order: Order) -> None:
    chooses(here, order, **BANK)
    staff = refund_rig.owner(factories.member(here.shop.dealer, Role.OWNER))
    payouts.begin(here.shop.dealer, refund(here).pk, way=RefundWay.BANK, payer=staff)
    answer = here.browser.post(here.link(order, "refund/1/"), {"way": "cash"}, follow=True)
    assert "sudah mulai dikirim" in text_of(answer)
    assert refund(here).way == RefundWay.BANK
    assert "Ganti pilihan" not in here.page(order)
    assert "Rp11.000 sedang dikirim ke BCA ••••7890." in here.page(order)


def test_a_way_that_does_not_exist_is_asked_again(here: Storefront, order: Order) -> None:
    assert chooses(here, order, way="kantong") == 422
    assert chooses(here, order) == 422


def test_what_was_paid_in_cash_does_not_go_back_by_a_gateway(here: Storefront) -> None:
    bought = here.bought(gateway="cash")
    with tenancy.inside(here.shop.dealer.pk):
        row = Refund.objects.create(dealer=here.shop.dealer, order=bought, number=1, amount=1)
        assert RefundWay.SOURCE not in refund_ways.offered(row)


def test_without_signing_in_the_wallet_asks_to_sign_in_and_comes_back(here: Storefront, order: Order) -> None:
    address = here.link(order, "refund/1/")
    assert "Masuk dulu" in text_of(here.browser.get(f"{address}&way=wallet"))
    answer = here.browser.post(address, {"way": "wallet"})
    assert answer.status_code == 303
    assert answer["Location"].startswith("/akun/masuk/?next=%2Fo%2F")
    assert refund(here).state == RefundState.DUE


def test_who_signs_in_has_it_in_the_wallet_at_once(here: Storefront, order: Order) -> None:
    before, browser = here.shop.balance(), signed_in(here.shop.customer)
    assert here.shop.customer.email in text_of(browser.get(f"{here.link(order, 'refund/1/')}&way=wallet"))
    assert browser.post(here.link(order, "refund/1/"), {"way": "wallet"}).status_code == 303
    assert here.shop.balance() == before + PRICE
    assert (refund(here).state, refund(here).way) == (RefundState.DONE, RefundWay.WALLET)
    browser.post(here.link(order, "refund/1/"), {"way": "wallet"})
    assert here.shop.balance() == before + PRICE


def test_programs_are_told_the_state(here: Storefront, order: Order) -> None:
    told = here.browser.get(here.link(order, "status.json")).json()
    assert told["refund"] == {"amount": PRICE, "state": "due"}
    signed_in(here.shop.customer).post(here.link(order, "refund/1/"), {"way": "wallet"})
    told = here.browser.get(here.link(order, "status.json")).json()
    assert told["refund"] == {"amount": PRICE, "state": "done"}


def test_another_order_opens_no_refund(here: Storefront, order: Order) -> None:
    other = here.bought(gateway="cash", destination="0812 3456 7891")
    address = reverse("order_refund", args=[order.code, 1])
    assert here.browser.post(f"{address}?t={other.secret}", {"way": "cash"}).status_code == 404
    assert refund(here).way == RefundWay.UNDECIDED


def test_the_page_looks_again_only_while_the_gateway_pays(here: Storefront, order: Order) -> None:
    assert here.browser.get(here.link(order, "live/"))["X-Next"] == "0"
    chooses(here, order, way="source")
    assert here.browser.get(here.link(order, "live/"))["X-Next"] == "1"
    assert 'http-equiv="refresh"' in here.page(order)
