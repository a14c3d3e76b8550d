"""Today's numbers: of the dealer's own day, and from the book."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from dealers import days
from dealers.models import Role
from portal.lib import msisdn, tenancy
from tests.transactions.desk_rig import NO, YES, desk
from transactions import mirrors
from transactions.desk_selectors import home
from transactions.models import Order

pytestmark = pytest.mark.django_db


def test_sales_profit_and_success_are_those_of_today() -> None:
    here = desk()
    here.sent(here.shop.buy(), YES)
    here.sent(here.shop.buy(), NO)
    with tenancy.inside(here.shop.dealer.pk):
        today = home.today(here.shop.dealer)
    assert (today.sales, today.profit, today.orders) == (11_000, 800, 2)
    assert today.success == "50,0 %"


def test_yesterday_s_orders_are_not_counted() -> None:
    here = desk()
    order = here.shop.buy()
    with tenancy.inside(here.shop.dealer.pk):
        Order.objects.filter(pk=order.pk).update(created_at=order.created_at - dt.timedelta(days=1))
        assert home.today(here.shop.dealer).orders == 0


@time_machine.travel(dt.datetime(2026, 11, 24, 16, 30, tzinfo=dt.UTC), tick=False)
def test_a_day_begins_at_midnight_in_the_dealer_s_zone() -> None:
    jakarta, jayapura = desk(), desk(time_zone="Asia/Jayapura")
    assert days.today(jakarta.shop.dealer) == dt.date(2026, 11, 24)
    assert days.today(jayapura.shop.dealer) == dt.date(2026, 11, 25)
    starts = days.begins(jayapura.shop.dealer, dt.date(2026, 11, 25))
    assert starts == dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC)


def test_a_day_without_sales_says_so() -> None:
    assert "Belum ada penjualan hari ini" in desk().as_().get(reverse("desk:home")).content.decode()


def test_the_numbers_on_the_screens_of_others_are_masked() -> None:
    here = desk()
    order = here.shop.buy()
    shown = here.as_(Role.CASHIER).get(reverse("desk:home")).content.decode()
    assert msisdn.masked(order.destination) in shown
    assert msisdn.grouped(order.destination) not in shown


def test_the_supplier_s_money_is_shown_to_those_who_may_see_it() -> None:
    here = desk()
    here.sent(here.shop.buy(), YES)
    with tenancy.inside(here.shop.dealer.pk):
        assert mirrors.expected(here.shop.supplier) == -10_200
    assert "-Rp10.200" in here.as_().get(reverse("desk:home")).content.decode()
    assert "-Rp10.200" not in here.as_(Role.CASHIER).get(reverse("desk:home")).content.decode()
