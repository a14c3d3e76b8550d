"""The status page says how each brand and route works, from the dealer's own orders, and when it cannot tell."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from portal.lib import tenancy
from tests import factories
from tests.transactions import served
from tests.transactions.storefront_rig import NO, Storefront, storefront, text_of
from transactions import service
from transactions.models import Product, Supplier
from transactions.service import BrandService, Trouble
from transactions.suppliers.base import Outcome, Reason, Verdict

pytestmark = pytest.mark.django_db

REFUSED = Verdict(outcome=Outcome.FAILED, rc="02", reason=Reason.OTHER, raw="{}")
"""Of a kind that closes no route after three."""


@pytest.fixture
def here() -> Storefront:
    cache.clear()
    return storefront(money=10_000_000)


def _brand(here: Storefront) -> BrandService:
    return service.read(here.shop.dealer).brands[0]


def _page(here: Storefront) -> str:
    answer = here.browser.get(f"{here.address}status/")
    assert answer.status_code == 200
    return text_of(answer)


def _quote(here: Storefront) -> str:
    return text_of(here.browser.post(f"{here.address}quote/", {"destination": "0812"}))


def test_median_and_p95_come_from_the_last_day(here: Storefront) -> None:
    served.serve(here, times=9, seconds=8)
    served.serve(here, times=2, seconds=100)
    served.serve(here, times=5, seconds=999, ago=timedelta(hours=25))
    day = _brand(here).day
    assert (day.succeeded, day.failed, day.p50, day.p95) == (11, 0, 8, 100)
    page = _page(here)
    assert "8 detik" in page
    assert "95 dari 100 masuk dalam 2 menit" in page
    assert "Lancar" in page


def test_the_hours_add_up_to_the_day(here: Storefront) -> None:
    served.serve(here, times=3)
    served.serve(here, times=4, ago=timedelta(hours=5))
    served.serve(here, times=2, ago=timedelta(hours=5), verdict=REFUSED)
    found = _brand(here)
    assert len(found.hours) == 24
    assert sum(hour.figures.verdicts for hour in found.hours) == found.day.verdicts == 9
    assert sorted(hour.figures.failed for hour in found.hours if hour.figures.verdicts) == [0, 2]


def test_too_few_orders_make_no_rate(here: Storefront) -> None:
    served.serve(here, times=3)
    page = _page(here)
    assert "Baru 3 pesanan dalam 24 jam, 3 berhasil" in page
    assert "100 %" not in page
    assert "Belum cukup data" in page


def test_a_brand_without_orders_claims_nothing(here: Storefront) -> None:
    page = _page(here)
    assert "Belum ada pesanan dalam 24 jam" in page
    assert "Lancar" not in page


def test_wrong_and_blocked_numbers_are_nobodys_failure(here: Storefront) -> None:
    served.serve(here, times=6)
    served.serve(here, times=6, verdict=NO)
    found = _brand(here)
    assert (found.day.rate, found.now.trouble) == (1.0, Trouble.NONE)


def test_many_refusals_within_half_an_hour_are_a_disturbance_that_buyers_are_told(here: Storefront) -> None:
    served.serve(here, times=3)
    served.serve(here, times=3, verdict=REFUSED)
    assert _brand(here).now.trouble == Trouble.FAILING
    told = "Gangguan Telkomsel: 3 dari 6 pesanan tidak masuk dalam 30 menit terakhir"
    assert told in _page(here)
    assert told in _quote(here)


def test_refusals_of_an_hour_ago_are_over(here: Storefront) -> None:
    served.serve(here, times=6, verdict=REFUSED, ago=timedelta(minutes=31))
    assert _brand(here).now.trouble == Trouble.NONE
    assert "Gangguan" not in _quote(here)


def test_orders_stuck_beyond_their_promise_are_said_to_buyers(here: Storefront) -> None:
    for _ in range(3):
        order = here.shop.buy()
        here.is_sent(order)
        here.long_ago(order, timedelta(minutes=5), "paid_at", "sent_at")
    assert "Telkomsel sedang lambat: 3 pesanan menunggu" in _page(here)
    assert "Telkomsel sedang lambat" in _quote(here)


def test_slow_is_slower_than_twice_the_usual(here: Storefront) -> None:
    served.serve(here, times=5, seconds=61)
    assert _brand(here).now.trouble == Trouble.SLOW
    assert "masuk dalam 61 detik" in _page(here)


def test_a_brand_of_which_nothing_can_be_bought_is_closed(here: Storefront) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Product.objects.update(is_open=False)
    assert "Semua produk Telkomsel sedang tutup" in _page(here)


def test_routes_have_numbers_and_no_names(here: Storefront) -> None:
    factories.product(here.shop.dealer, factories.supplier(here.shop.dealer, "rahasia"), sku="TSEL5", nominal=5_000)
    served.serve(here, times=6)
    page = _page(here)
    assert "Jalur 1" in page
    assert "Jalur 2" in page
    assert "rahasia" not in page
    assert here.shop.supplier.name not in page


def test_a_closed_supplier_is_a_closed_route(here: Storefront) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Supplier.objects.update(is_open=False)
    assert service.read(here.shop.dealer).routes[0].trouble == Trouble.CLOSED
