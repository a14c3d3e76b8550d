"""The promise rests on what the dealer delivered: the brand's own orders, else all, else it is called a guess."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.lib import tenancy
from tests import factories
from tests.transactions import served
from tests.transactions.storefront_rig import NO, Storefront, storefront
from transactions import fulfilment, pace, tasks
from transactions.models import Order, Pace, Task, TaskKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront(money=10_000_000)


def _promise(here: Storefront, order: Order) -> pace.Promise:
    with tenancy.inside(here.shop.dealer.pk):
        return pace.promise(order)


def _waiting(here: Storefront, **fields: str) -> Order:
    order = here.shop.buy(**fields)
    here.is_sent(order)
    return here.shop.order(order)


def test_twenty_orders_of_the_brand_make_its_promise(here: Storefront) -> None:
    served.serve(here, times=19, seconds=10)
    served.serve(here, times=2, seconds=100)
    pace.work_out(here.shop.dealer.pk)
    promise = _promise(here, _waiting(here))
    assert promise.is_of_brand
    assert promise.pace is not None
    assert (promise.pace.orders, promise.pace.p50, promise.pace.p95) == (21, 10, 100)


def test_a_brand_with_too_few_orders_borrows_from_all_of_the_dealers(here: Storefront) -> None:
    served.serve(here, times=20, seconds=30)
    other = served.give_brand(here, factories.product(here.shop.dealer, here.shop.supplier, sku="BYU10"), "BYU")
    pace.work_out(here.shop.dealer.pk)
    here.shop.product = other
    promise = _promise(here, _waiting(here, destination="+6285155123456"))
    assert not promise.is_of_brand
    assert promise.pace is not None
    assert promise.usual == timedelta(seconds=30)


def test_nineteen_orders_are_no_ground_for_a_promise(here: Storefront) -> None:
    served.serve(here, times=19)
    pace.work_out(here.shop.dealer.pk)
    promise = _promise(here, _waiting(here))
    assert promise.pace is None
    assert promise.usual == pace.GUESS


def test_orders_that_failed_or_ended_a_week_ago_do_not_count(here: Storefront) -> None:
    served.serve(here, times=10)
    served.serve(here, times=10, verdict=NO)
    served.serve(here, times=10, ago=timedelta(days=7, minutes=1))
    pace.work_out(here.shop.dealer.pk)
    with tenancy.inside(here.shop.dealer.pk):
        assert not Pace.objects.exists()


def test_working_out_again_forgets_what_is_no_longer_so(here: Storefront) -> None:
    orders = served.serve(here, times=20)
    pace.work_out(here.shop.dealer.pk)
    here.long_ago(orders[0], timedelta(days=8), "finished_at")
    pace.work_out(here.shop.dealer.pk)
    assert _promise(here, _waiting(here)).pace is None


def test_a_pace_that_nobody_renews_is_not_believed_for_ever(here: Storefront) -> None:
    served.serve(here, times=20)
    pace.work_out(here.shop.dealer.pk)
    with tenancy.inside(here.shop.dealer.pk):
        Pace.objects.update(at=timezone.now() - timedelta(days=3))
    assert _promise(here, _waiting(here)).pace is None


@pytest.mark.parametrize(("p95", "minutes"), [(0.2, 1), (120, 3), (3600, 8)])
def test_a_promise_has_room_and_lies_between_one_minute_and_eight(p95: float, minutes: int) -> None:
    paid = timezone.now().replace(second=0, microsecond=0)
    assert pace.until(paid, Pace(p50=0.1, p95=p95)) == paid + timedelta(minutes=minutes)


def test_a_promise_ends_with_a_full_minute_because_clocks_show_no_more() -> None:
    paid = timezone.now().replace(second=10, microsecond=0)
    assert pace.until(paid, None) == paid.replace(second=0) + timedelta(minutes=3)


def test_late_means_the_same_to_the_desk_as_to_the_page(here: Storefront) -> None:
    served.serve(here, times=20, seconds=60)
    pace.work_out(here.shop.dealer.pk)
    order = _waiting(here)
    with tenancy.inside(here.shop.dealer.pk), time_machine.travel(timezone.now(), tick=False):
        for seconds in range(30, 240, 7):
            Order.objects.filter(pk=order.pk).update(paid_at=timezone.now() - timedelta(seconds=seconds))
            order.refresh_from_db()
            found = Order.objects.filter(pace.is_late(here.shop.dealer.pk), pk=order.pk).exists()
            assert found == (pace.promise(order).until <= timezone.now()), seconds


def test_staff_are_asked_soon_after_the_promise_was_missed(here: Storefront) -> None:
    order = _waiting(here)
    here.long_ago(order, timedelta(minutes=3, seconds=30), "paid_at", "sent_at")
    tasks.overdue()
    with tenancy.inside(here.shop.dealer.pk):
        assert not Task.objects.exists()
    here.long_ago(order, timedelta(minutes=5, seconds=1), "paid_at", "sent_at")
    tasks.overdue()
    with tenancy.inside(here.shop.dealer.pk):
        assert Task.objects.get().kind == TaskKind.UNDECIDED


def test_staff_are_asked_when_the_page_says_so(here: Storefront) -> None:
    order = _waiting(here)
    here.long_ago(order, timedelta(minutes=5, seconds=1), "paid_at", "sent_at")
    order = here.shop.order(order)
    with tenancy.inside(here.shop.dealer.pk):
        assert fulfilment.staff_look_at(order) <= timezone.now()
    here.is_sent(order)
    with tenancy.inside(here.shop.dealer.pk):
        assert Task.objects.get().order_id == order.pk
