"""The list of suppliers says of each how sure and fast it is, how long the money lasts, how fresh its list is."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import served
from tests.transactions.storefront_rig import NO, Storefront, storefront
from transactions.desk_selectors import supplier_figures
from transactions.desk_selectors.supplier_figures import Freshness, Line
from transactions.models import Attempt, Route, Supplier, SyncState

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront(money=10_000_000)


def only(here: Storefront) -> Line:
    with tenancy.inside(here.shop.dealer.pk):
        return supplier_figures.lines(here.shop.dealer)[0]


def reported(here: Storefront, balance: int) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Supplier.objects.filter(dealer=here.shop.dealer).update(reported_balance=balance, reported_at=timezone.now())


def shown(here: Storefront) -> str:
    browser = Client()
    browser.force_login(factories.member(here.shop.dealer, Role.OWNER))
    return re.sub(r"\s+", " ", browser.get(reverse("desk:suppliers")).content.decode())


def test_nothing_bought_is_no_forecast(here: Storefront) -> None:
    line = only(here)
    assert (line.hours_left, line.lasts, line.runs_out_soon) == (None, None, False)
    assert "belum ada belanja hari ini" in shown(here)


def test_the_money_lasts_as_long_as_at_the_pace_of_the_day(here: Storefront) -> None:
    cost = _costs(here, times=6, ago=timedelta(hours=10))
    reported(here, cost * 12)
    assert only(here).lasts == 48


def test_a_rush_of_three_hours_counts_more_than_a_quiet_day(here: Storefront) -> None:
    cost = _costs(here, times=6)
    reported(here, cost * 10)
    line = only(here)
    assert line.lasts == 5
    assert line.runs_out_soon
    page = shown(here)
    assert "± 5 jam" in page
    assert "Segera isi" in page


def test_what_was_refused_cost_nothing_and_counts_in_the_rate(here: Storefront) -> None:
    served.serve(here, times=9, seconds=8)
    served.serve(here, times=1, verdict=NO)
    day = only(here).day
    assert (day.succeeded, day.failed) == (9, 0), "a blocked number is nobody's failure"
    assert day.p50 == 8
    assert "9 dari 9" in shown(here)


def test_a_list_that_nobody_fetched_is_said_to_be_missing(here: Storefront) -> None:
    assert only(here).freshness is Freshness.NEVER
    with tenancy.inside(here.shop.dealer.pk):
        supplier = Supplier.objects.get(dealer=here.shop.dealer)
        SyncState.objects.create(dealer=here.shop.dealer, supplier=supplier, synced_at=timezone.now())
    assert only(here).freshness is Freshness.FRESH
    with tenancy.inside(here.shop.dealer.pk):
        SyncState.objects.update(synced_at=timezone.now() - timedelta(hours=1))
    assert only(here).freshness is Freshness.STALE


def test_the_second_supplier_of_a_product_is_its_fallback(here: Storefront) -> None:
    second = factories.supplier(here.shop.dealer, "kedua")
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.create(
            dealer=here.shop.dealer, product=here.shop.product, supplier=second, supplier_sku="X", cost=9_000, rank=2
        )
        turns = {line.supplier.code: line.turn for line in supplier_figures.lines(here.shop.dealer)}
    ours = next(turn for code, turn in turns.items() if code != "kedua")
    assert (ours.first, ours.later) == (1, 0)
    assert (turns["kedua"].first, turns["kedua"].later) == (0, 1)
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.exclude(supplier=second).update(is_open=False)
        turns = {line.supplier.code: line.turn for line in supplier_figures.lines(here.shop.dealer)}
    assert turns["kedua"].first == 1


def _costs(here: Storefront, *, times: int, ago: timedelta = timedelta(minutes=5)) -> int:
    """Sell that often; what one sale took."""
    served.serve(here, times=times, ago=ago)
    with tenancy.inside(here.shop.dealer.pk):
        return Attempt.objects.filter(dealer=here.shop.dealer).latest("pk").cost
