"""Many at once: the database lets through exactly as many as it should, whoever comes first."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import repeat
from typing import TypeVar

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from portal.lib import retry, tenancy
from tests import factories
from tests.worlds import UNREACHABLE
from transactions import accounts, form_tokens, fulfilment, ledger, orders, postings_business, states
from transactions.ledger import InsufficientBalance
from transactions.models import Account, AccountKind, Due, Order, Status, Transfer
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


def test_two_transactions_in_a_deadlock_are_both_done_in_the_end() -> None:
    shop = factories.shop()
    other = factories.user()
    factories.fund(shop.dealer, other, 50_000)
    first, second = accounts.customer_wallet(shop.customer.pk), accounts.customer_wallet(other.pk)
    met, tries = threading.Barrier(2, timeout=30), Counter[accounts.Acc]()

    def crosswise(wallets: tuple[accounts.Acc, accounts.Acc]) -> bool:
        def once() -> bool:
            tries[wallets[0]] += 1
            with tenancy.inside(shop.dealer.pk):
                _lock(shop, wallets[0])
                if tries[wallets[0]] == 1:
                    met.wait()
                _lock(shop, wallets[1])
                return True

        return retry.on_conflict(once)

    assert at_once(crosswise, [(first, second), (second, first)]) == [True, True]
    assert sorted(tries.values()) == [1, 2]


def _lock(shop: factories.Shop, wallet: accounts.Acc) -> None:
    Account.objects.select_for_update().get(dealer=shop.dealer, kind=wallet.kind, key=wallet.key)


def _break_off(sqlstate: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'broken off' USING ERRCODE = '{sqlstate}'; END $$")


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_a_purchase_that_the_database_breaks_off_is_done_again_and_paid_once(
    monkeypatch: pytest.MonkeyPatch, sqlstate: str
) -> None:
    shop, call, calls = factories.shop(), orders._call, list[str]()

    def broken_once(*given: object) -> tuple[int, bool, str]:
        placed = call(*given)  # type: ignore[arg-type]  # passed on as it came
        calls.append("placed")
        if len(calls) == 1:
            _break_off(sqlstate)
        return placed

    monkeypatch.setattr(orders, "_call", broken_once)
    order = shop.buy()
    assert calls == ["placed", "placed"]
    assert shop.order(order).status == Status.PAID
    assert shop.balance() == 1_000_000 - 11_000


def test_a_purchase_is_broken_off_three_times_at_most_and_nothing_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, calls = factories.shop(), list[str]()

    def broken(*_given: object) -> tuple[int, bool, str]:
        calls.append("tried")
        _break_off("40P01")
        raise AssertionError("the database let it pass")

    monkeypatch.setattr(orders, "_call", broken)
    with pytest.raises(OperationalError):
        shop.buy()
    assert len(calls) == 3
    assert shop.balance() == 1_000_000


def another_connection_holding(shop: factories.Shop, wallet: accounts.Acc) -> AbstractContextManager[None]:
    """Somebody's long transaction has the wallet's row; on leaving it is rolled back."""
    return another_connection(shop.dealer.pk, lambda: _lock(shop, wallet))


@contextmanager
def another_connection(dealer_id: int, lock: Callable[[], object]) -> Iterator[None]:
    """Somebody's long transaction has what `lock` locks; on leaving it is rolled back."""
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with tenancy.inside(dealer_id):
                lock()
                held.set()
                assert let_go.wait(9)  # the database ends a transaction that idles for ten
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        try:
            assert held.wait(30)
            yield
        finally:
            let_go.set()
        holder.result(30)


def test_a_wallet_that_somebody_holds_is_a_503_after_two_seconds_and_nothing_is_lost(client: Client) -> None:
    shop = factories.shop()
    client.force_login(shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("shop", args=[shop.dealer.slug])
    form = {
        "destination": factories.spelled(factories.number()),
        "sku": shop.product.sku,
        "gateway": "balance",
        "token": form_tokens.make(shop.dealer.pk),
    }
    with another_connection_holding(shop, accounts.customer_wallet(shop.customer.pk)):
        answer = client.post(address, form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "formulir yang dikirim ulang tidak menjadi pesanan kedua" in answer.content.decode()
    with tenancy.inside(shop.dealer.pk):
        assert not Order.objects.exists()
    assert shop.balance() == 1_000_000
    assert client.post(address, form).status_code == client.post(address, form).status_code == 303
    with tenancy.inside(shop.dealer.pk):
        assert Order.objects.get().status == Status.PAID
    assert shop.balance() == 1_000_000 - 11_000
