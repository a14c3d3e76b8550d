"""Roll-ups count every transfer once: never before its transaction has closed, never twice, in any cluster."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connections

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from transactions import accounts, ledger, rollups
from transactions.models import Rollup, RollupMark

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


@pytest.fixture
def shop() -> Shop:
    """One wallet with a million."""
    return factories.shop()


def _rolled(shop: Shop) -> int:
    """What the roll-ups alone say the wallet holds, in rupiah."""
    with tenancy.inside(shop.dealer.pk):
        rows = Rollup.objects.filter(account__kind="wallet").values_list("came_in", "went_out")
        return sum(came - went for came, went in rows)


def _balance(shop: Shop) -> int:
    with tenancy.inside(shop.dealer.pk):
        return rollups.balance(shop.dealer.pk, accounts.customer_wallet(shop.customer.pk))


@contextmanager
def _open_elsewhere(shop: Shop, amount: int) -> Iterator[None]:
    """Another connection has moved money and has not committed yet; it commits at the end."""
    moved, may_end = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with tenancy.inside(shop.dealer.pk):
                frm, to = accounts.bank("slow"), accounts.bank("other")
                ledger.move(shop.dealer.pk, frm=frm, to=to, amount=amount, entry=ledger.Entry("slow"))
                moved.set()
                assert may_end.wait(30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(work)
        assert moved.wait(30)
        try:
            yield
        finally:
            may_end.set()
            slow.result(30)


def test_a_balance_is_right_before_the_first_roll_up_and_after_it(shop: Shop) -> None:
    assert (_rolled(shop), _balance(shop)) == (0, 1_000_000)
    rollups.roll_up(shop.dealer.pk)
    assert (_rolled(shop), _balance(shop)) == (1_000_000, 1_000_000)


def test_what_came_after_the_roll_up_is_in_the_balance_too(shop: Shop) -> None:
    rollups.roll_up(shop.dealer.pk)
    shop.buy()
    assert (_rolled(shop), _balance(shop)) == (1_000_000, 989_000)


def test_rolling_up_again_counts_nothing_twice(shop: Shop) -> None:
    for _ in range(3):
        shop.buy()
        rollups.roll_up(shop.dealer.pk)
        rollups.roll_up(shop.dealer.pk)
    assert (_rolled(shop), _balance(shop)) == (967_000, 967_000)


def test_an_account_that_never_was_holds_nothing(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        assert rollups.balance(shop.dealer.pk, accounts.bank("nowhere")) == 0


def test_a_long_transaction_is_counted_once_it_has_closed_and_only_then(shop: Shop) -> None:
    with _open_elsewhere(shop, 5_000):
        shop.buy()
        rollups.roll_up(shop.dealer.pk)
        # What began after the long transaction waits with it, and is in the balance all the same.
        assert (_rolled(shop), _balance(shop)) == (1_000_000, 989_000)
        rollups.roll_up(shop.dealer.pk)
        assert _rolled(shop) == 1_000_000
    rollups.roll_up(shop.dealer.pk)
    assert (_rolled(shop), _balance(shop)) == (989_000, 989_000)
    with tenancy.inside(shop.dealer.pk):
        assert rollups.balance(shop.dealer.pk, accounts.bank("other")) == 5_000
        assert sum(Rollup.objects.filter(account__key="other").values_list("came_in", flat=True)) == 5_000


def test_two_roll_ups_at_once_count_once(shop: Shop) -> None:
    for _ in range(4):
        shop.buy()
    gate = threading.Barrier(4, timeout=30)

    def roll_up(_number: int) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait()
            rollups.roll_up(shop.dealer.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(roll_up, range(4)))
    assert (_rolled(shop), _balance(shop)) == (956_000, 956_000)


def _as_owner(sql: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql)


def test_rebuilding_forgets_wrong_sums(shop: Shop) -> None:
    rollups.roll_up(shop.dealer.pk)
    _as_owner("UPDATE rollup SET came_in = came_in + 7")
    call_command("rollup", rebuild=True)
    assert (_rolled(shop), _balance(shop)) == (1_000_000, 1_000_000)


@pytest.fixture
def restored(shop: Shop) -> Shop:
    """The same books as a backup brings them into another cluster: its transactions are all in the future."""
    rollups.roll_up(shop.dealer.pk)
    _as_owner("ALTER TABLE transfer DISABLE TRIGGER append_only")
    _as_owner("UPDATE transfer SET xid = (pg_current_xact_id()::text::bigint + 1000000)::text::xid8")
    _as_owner("ALTER TABLE transfer ENABLE TRIGGER append_only")
    _as_owner("UPDATE rollup_mark SET system_identifier = 1, closed_before = closed_before + 1000000")
    return shop


def test_in_another_cluster_the_roll_ups_are_rebuilt_with_everything_that_was_restored(restored: Shop) -> None:
    call_command("rollup")
    assert (_rolled(restored), _balance(restored)) == (1_000_000, 1_000_000)
    with tenancy.inside(restored.dealer.pk):
        assert RollupMark.objects.get().system_identifier != 1


def test_after_a_restore_new_sales_are_counted_once(restored: Shop) -> None:
    call_command("rollup")
    restored.buy()
    assert _balance(restored) == 989_000
    for _ in range(2):
        call_command("rollup")
        assert (_rolled(restored), _balance(restored)) == (989_000, 989_000)
    call_command("rollup", rebuild=True)
    assert (_rolled(restored), _balance(restored)) == (989_000, 989_000)
