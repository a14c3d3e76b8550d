"""Many at once: the database lets through exactly as many as it should, whoever comes first."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import TypeVar

import pytest
from django.db import connections

from portal.lib import tenancy
from tests import factories
from tests.worlds import UNREACHABLE
from transactions import accounts, fulfilment, ledger, orders, postings_business, states
from transactions.ledger import InsufficientBalance
from transactions.models import AccountKind, Due, Order, Status, Transfer
from transactions.suppliers.base import Outcome, Reason, Verdict

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
R = TypeVar("R")


def at_once(work: Callable[[T], R], given: list[T]) -> list[R]:
    """Do the work once per item, each in a thread with a connection of its own, all let go together."""
    gate = threading.Barrier(len(given), timeout=30)

    def one(item: T) -> R:
        try:
            connections["default"].ensure_connection()
            gate.wait()
            return work(item)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(one, given))


def test_fifty_buyers_with_money_for_ten_are_exactly_ten_orders() -> None:
    shop = factories.shop(money=110_000)
    asks = [factories.ask(shop.product, gateway="balance", customer=shop.customer) for _ in range(50)]

    def buy(ask: orders.Ask) -> str:
        try:
            return "bought" if orders.place(shop.dealer, ask).is_new else "repeated"
        except InsufficientBalance:
            return "refused"

    assert Counter(at_once(buy, asks)) == {"bought": 10, "refused": 40}
    assert shop.balance() == 0
    with tenancy.inside(shop.dealer.pk):
        placed = list(Order.objects.values_list("pk", "status"))
        assert [status for _, status in placed] == [Status.PAID] * 10
        assert ledger.balance(shop.dealer.pk, accounts.customer_wallet(shop.customer.pk)) == 0
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == 110_000
        holds = Transfer.objects.filter(to_kind=AccountKind.HELD).order_by("frm_seq")
        assert set(holds.values_list("order_id", flat=True)) == {pk for pk, _ in placed}
        assert list(holds.values_list("frm_after", flat=True)) == [99_000 - 11_000 * n for n in range(10)]
        assert Due.objects.filter(dealer=shop.dealer).count() == 10


def test_two_tabs_with_one_form_are_one_order() -> None:
    shop = factories.shop()
    ask = factories.ask(shop.product, gateway="balance", customer=shop.customer)
    placed = at_once(lambda ask: orders.place(shop.dealer, ask), list(repeat(ask, 8)))
    assert Counter(one.is_new for one in placed) == {True: 1, False: 7}
    assert len({one.order.pk for one in placed}) == 1
    assert shop.balance() == 1_000_000 - 11_000


def test_one_success_told_five_times_at_once_is_one_capture() -> None:
    shop = factories.shop(url=UNREACHABLE)
    order = shop.buy()
    with tenancy.inside(shop.dealer.pk):
        call = fulfilment.decide(states.lock(shop.dealer.pk, order.pk))
    assert call is not None
    verdict = Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn="003188907712", price=10_200, raw="{}")

    def tell(attempt_id: int) -> None:
        fulfilment.record(shop.dealer.pk, attempt_id, verdict, source="callback")

    at_once(tell, [call.attempt_id] * 5)
    assert shop.order(order).status == Status.SUCCEEDED
    with tenancy.inside(shop.dealer.pk):
        assert Transfer.objects.filter(order_id=order.pk, to_kind=AccountKind.SALES).count() == 1
        assert Transfer.objects.filter(order_id=order.pk, frm_kind=AccountKind.COST).count() == 1
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == 0
        assert not shop.order(order).incidents.exists()


def test_two_wallets_that_pay_each_other_all_the_time_never_wait_for_each_other() -> None:
    shop = factories.shop(money=50_000)
    other = factories.user()
    factories.fund(shop.dealer, other, 50_000)
    wallets = [accounts.customer_wallet(shop.customer.pk), accounts.customer_wallet(other.pk)]

    def pay(side: int) -> None:
        for turn in range(60):
            with tenancy.inside(shop.dealer.pk):
                postings_business.fund_batch(
                    shop.dealer.pk,
                    wallet=wallets[side % 2],
                    batch=wallets[(side + 1) % 2],
                    amount=100,
                    reference=f"{side}-{turn}",
                )

    at_once(pay, list(range(4)))
    with tenancy.inside(shop.dealer.pk):
        kept = [ledger.wallet_balance(shop.dealer.pk, wallet) for wallet in wallets]
        assert kept == [ledger.balance(shop.dealer.pk, wallet) for wallet in wallets] == [50_000, 50_000]
