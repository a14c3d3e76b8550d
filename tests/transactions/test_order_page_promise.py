"""What a buyer reads while waiting: the promise, then the truth, and when the next news comes; never a failure."""

from datetime import timedelta

import pytest

from portal.lib import tenancy
from tests.transactions import served
from tests.transactions.storefront_rig import Storefront, storefront
from transactions import pace, todo
from transactions.models import Order, Status, Task, TaskKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront(money=10_000_000)


@pytest.fixture
def order(here: Storefront) -> Order:
    """Paid and sent; the supplier is silent."""
    order = here.shop.buy()
    here.is_sent(order)
    return order


def _after(here: Storefront, order: Order, minutes: float) -> str:
    here.long_ago(order, timedelta(minutes=minutes), "created_at", "paid_at", "sent_at")
    page = here.page(order)
    assert "Tidak berhasil" not in page
    assert "status bad" not in page
    return page


def test_a_promise_from_the_brands_own_orders_names_the_brand(here: Storefront, order: Order) -> None:
    served.serve(here, times=20, seconds=40)
    pace.work_out(here.shop.dealer.pk)
    assert "Telkomsel biasanya di bawah 1 menit, kabar paling lambat" in here.page(order)


def test_a_quick_brand_takes_a_few_seconds(here: Storefront, order: Order) -> None:
    served.serve(here, times=20, seconds=4)
    pace.work_out(here.shop.dealer.pk)
    assert "Telkomsel biasanya beberapa detik" in here.page(order)


def test_a_guess_is_called_a_guess(here: Storefront, order: Order) -> None:
    page = here.page(order)
    assert "Perkiraan di bawah 2 menit" in page
    assert "belum punya cukup pesanan" in page


def test_after_the_promise_the_next_news_is_when_staff_look(here: Storefront, order: Order) -> None:
    page = _after(here, order, 3.5)
    assert 'class="status warn"' in page
    assert "ikut memeriksa" in page


def test_when_staff_were_asked_it_says_so_and_until_when(here: Storefront, order: Order) -> None:
    _ask_staff(here, order, within=timedelta(hours=2))
    assert "diminta memeriksa. Kabar berikutnya paling lambat" in _after(here, order, 6)


def test_where_nobody_was_asked_yet_it_does_not_claim_so(here: Storefront, order: Order) -> None:
    page = _after(here, order, 6)
    assert "diminta memeriksa" not in page
    assert "Kabar berikutnya paling lambat" in page


def test_a_deadline_that_staff_missed_is_admitted(here: Storefront, order: Order) -> None:
    _ask_staff(here, order, within=timedelta(seconds=-1))
    assert "belum memberi kabar sampai" in _after(here, order, 180)


def test_a_paid_order_that_was_never_sent_does_not_blame_the_operator(here: Storefront) -> None:
    order = here.shop.buy()
    page = _after(here, order, 6)
    assert "<h1>Masih antre</h1>" in page
    assert "Operator belum" not in page


def test_the_cancel_window_has_a_countdown_by_the_servers_clock() -> None:
    here = storefront(cancel_seconds=30)
    order = here.shop.buy()
    assert order.status == Status.PAID
    page = here.page(order)
    assert "data-until=" in page
    assert "countdown.js" in page


def _ask_staff(here: Storefront, order: Order, *, within: timedelta) -> None:
    dealer_id = here.shop.dealer.pk
    with tenancy.inside(dealer_id):
        todo.ask(dealer_id, TaskKind.UNDECIDED, order.code, within=within, order=order)
        assert Task.objects.count() == 1
