"""Roll-ups count every transfer once: never before its transaction has closed, never twice, in any cluster."""

import pytest
from django.core.management import call_command
from django.db import connections

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.elsewhere import held_open, meanwhile
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
    entry = ledger.Entry("slow")

    def move() -> int:
        return ledger.move(
            shop.dealer.pk, frm=accounts.bank("slow"), to=accounts.bank("other"), amount=5_000, entry=entry
        )

    with held_open(shop.dealer.pk, move):
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
    rollups.roll_up(shop.dealer.pk)
    shop.buy()
    meanwhile(shop.dealer.pk, lambda: rollups.roll_up(shop.dealer.pk), lambda: rollups.roll_up(shop.dealer.pk))
    assert (_rolled(shop), _balance(shop)) == (989_000, 989_000)


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
