"""One tap: good or not, one answer per order, to be changed for a day, counted on the status page."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from portal.lib import tenancy
from tests.transactions import served
from tests.transactions.storefront_rig import Storefront, storefront, text_of
from transactions.models import Order, Rating

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    cache.clear()
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    return served.serve(here)[0]


def _says(here: Storefront, order: Order, good: str) -> None:
    answer = here.browser.post(here.link(order, "nilai/"), {"good": good})
    assert (answer.status_code, answer["Location"]) == (303, here.link(order))


def _said(here: Storefront) -> list[bool]:
    with tenancy.inside(here.shop.dealer.pk):
        return list(Rating.objects.values_list("is_good", flat=True))


def test_one_tap_is_kept_and_shown(here: Storefront, order: Order) -> None:
    _says(here, order, "1")
    assert _said(here) == [True]
    assert 'aria-pressed="true"' in here.page(order)


def test_another_tap_changes_the_answer_and_adds_none(here: Storefront, order: Order) -> None:
    _says(here, order, "1")
    _says(here, order, "0")
    assert _said(here) == [False]


def test_after_a_day_the_answer_stays(here: Storefront, order: Order) -> None:
    _says(here, order, "1")
    with tenancy.inside(here.shop.dealer.pk):
        Rating.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    _says(here, order, "0")
    assert _said(here) == [True]
    assert "Dinilai: puas" in here.page(order)


def test_nonsense_is_no_answer(here: Storefront, order: Order) -> None:
    _says(here, order, "2")
    assert _said(here) == []


def test_what_has_not_arrived_cannot_be_rated(here: Storefront) -> None:
    waiting = here.shop.buy()
    here.is_sent(waiting)
    _says(here, waiting, "1")
    assert _said(here) == []
    assert "Penilaian dibuka setelah pesanan masuk" in here.page(waiting)


def test_a_wrong_secret_rates_nothing(here: Storefront, order: Order) -> None:
    assert here.browser.post(f"/o/{order.code}/nilai/?t=x", {"good": "1"}).status_code == 404
    assert _said(here) == []


def test_the_status_page_counts_it(here: Storefront, order: Order) -> None:
    _says(here, order, "1")
    page = text_of(here.browser.get(f"{here.address}status/"))
    assert "1 dari 1 pembeli yang menilai puas" in page
