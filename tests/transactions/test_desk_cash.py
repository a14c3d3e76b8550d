"""A customer comes to the counter with an order code: the cashier takes the money once."""

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import ids, tenancy
from tests.transactions.desk_rig import Desk, desk
from transactions import accounts, ledger, payments
from transactions.models import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def test_a_code_read_aloud_leads_to_its_order(here: Desk) -> None:
    order = here.unpaid()
    answer = here.as_(Role.CASHIER).get(reverse("desk:cash"), {"code": ids.grouped(order.code).lower()})
    assert answer["Location"] == reverse("desk:order_cash", args=[order.code])


def test_an_unknown_code_is_said(here: Desk) -> None:
    answer = here.as_(Role.CASHIER).get(reverse("desk:cash"), {"code": ids.new_order_code()})
    assert "Tidak ada pesanan dengan kode ini" in answer.content.decode()


def test_the_page_shows_the_price_before_the_money_is_taken(here: Desk) -> None:
    order = here.unpaid()
    shown = here.as_(Role.CASHIER).get(reverse("desk:order_cash", args=[order.code])).content.decode()
    assert "Rp11.000" in shown
    assert here.shop.order(order).status == Status.AWAITING_PAYMENT


def test_the_money_is_taken_once(here: Desk) -> None:
    order, browser = here.unpaid(), here.as_(Role.CASHIER)
    address = reverse("desk:order_cash", args=[order.code])
    for _tap in range(2):
        assert browser.post(address, {"sure": "on", "seen": "11000"}).status_code == 302
    assert here.shop.order(order).status == Status.PAID
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.cash("counter")) == -11_000


def test_without_the_tick_no_money_is_booked(here: Desk) -> None:
    order = here.unpaid()
    here.as_(Role.CASHIER).post(reverse("desk:order_cash", args=[order.code]), {"seen": "11000"})
    assert here.shop.order(order).status == Status.AWAITING_PAYMENT


def test_an_amount_that_changed_since_it_was_seen_is_said_and_nothing_is_booked(here: Desk) -> None:
    order, browser = here.unpaid("sandbox"), here.as_(Role.CASHIER)
    address = reverse("desk:order_cash", args=[order.code])
    part = payments.Money(gateway="sandbox", gateway_tx="tx-1", amount=4_000)
    payments.receive(here.shop.dealer.pk, payment_code=f"{order.code}-1", money=part)
    answer = browser.post(address, {"sure": "on", "seen": "11000"}, follow=True)
    said = answer.content.decode()
    assert "Rp7.000" in said
    assert "bukan Rp11.000" in said
    assert here.shop.order(order).status == Status.AWAITING_PAYMENT
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.cash("counter")) == 0
    browser.post(address, {"sure": "on", "seen": "7000"})
    assert here.shop.order(order).status == Status.PAID


def test_an_amount_is_due_only_while_the_order_waits_for_money(here: Desk) -> None:
    order = here.unpaid()
    with tenancy.inside(here.shop.dealer.pk):
        assert payments.due(order) == 11_000
    here.as_(Role.CASHIER).post(reverse("desk:order_cash", args=[order.code]), {"sure": "on", "seen": "11000"})
    with tenancy.inside(here.shop.dealer.pk):
        assert payments.due(here.shop.order(order)) == 0


def test_without_the_amount_that_was_seen_no_money_is_booked(here: Desk) -> None:
    order = here.unpaid()
    here.as_(Role.CASHIER).post(reverse("desk:order_cash", args=[order.code]), {"sure": "on"})
    assert here.shop.order(order).status == Status.AWAITING_PAYMENT
