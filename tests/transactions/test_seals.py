"""A seal over closed time notices any change of the past, and its chain notices a seal that is gone."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions import breaking
from transactions import audit, rollups
from transactions.models import Seal

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


@pytest.fixture
def shop() -> Shop:
    """A book with two seals: the deposit and a purchase in the first, another purchase in the second."""
    shop = factories.shop()
    shop.buy()
    _seal(shop)
    shop.buy()
    _seal(shop)
    return shop


def _seal(shop: Shop) -> Seal:
    """Seal everything up to now, as if ten minutes had passed."""
    return rollups.seal(shop.dealer.pk, now=timezone.now() + rollups.BEHIND)


def _broken() -> list[str]:
    return [violation.reference for violation in audit.violations("owner", only={19})]


def test_seals_follow_one_another_and_hold(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        first, second = Seal.objects.order_by("number")
    assert (first.number, first.transfers, first.previous) == (1, 2, "")
    assert (second.number, second.transfers, second.previous) == (2, 1, first.digest)
    assert second.start == first.end
    assert _broken() == []


def test_the_last_ten_minutes_are_not_sealed_yet() -> None:
    shop = factories.shop()
    assert rollups.seal(shop.dealer.pk).transfers == 0


def test_a_seal_is_due_when_the_last_one_is_a_day_old(shop: Shop) -> None:
    other = factories.dealer()
    for dealer_id, due in ((other.pk, True), (shop.dealer.pk, False)):
        with tenancy.inside(dealer_id):
            assert rollups.seal_is_due(dealer_id) is due
    breaking.run("ALTER TABLE seal DISABLE TRIGGER append_only")
    breaking.run('UPDATE seal SET "end" = "end" - interval \'25 hours\' WHERE number = 2')
    breaking.run("ALTER TABLE seal ENABLE TRIGGER append_only")
    with tenancy.inside(shop.dealer.pk):
        assert rollups.seal_is_due(shop.dealer.pk)


@pytest.mark.parametrize(
    "change",
    [
        "amount = amount + 1",
        "at = at + interval '1 millisecond'",
        "order_id = NULL",
        # The same words in other columns: a missing value is not the same as its neighbour's.
        "resolves_id = order_id, order_id = NULL",
        "frm_id = to_id, to_id = frm_id",
    ],
)
def test_any_change_of_a_sealed_transfer_breaks_its_seal(shop: Shop, change: str) -> None:
    with breaking.guards_off():
        assert breaking.run(f"UPDATE transfer SET {change} WHERE to_kind = 'held' AND frm_seq = 2") == 1
        assert _broken() == ["seal 1"]
    assert _broken() == []


def test_a_transfer_that_is_gone_breaks_its_seal(shop: Shop) -> None:
    with breaking.guards_off():
        breaking.run("DELETE FROM transfer WHERE frm_seq = 3")
        assert _broken() == ["seal 2"]


def test_a_transfer_dated_back_breaks_the_seal_it_slips_under(shop: Shop) -> None:
    with breaking.guards_off():
        breaking.run("UPDATE transfer SET at = (SELECT min(at) FROM transfer) WHERE frm_seq = 3")
        assert _broken() == ["seal 1", "seal 2"]


def test_a_seal_made_up_again_breaks_the_chain_after_it(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        first = Seal.objects.get(number=1)
    with breaking.guards_off():
        breaking.run("UPDATE transfer SET amount = amount + 1 WHERE frm_seq = 2")
        count, digest = rollups.stretch(shop.dealer.pk, start=first.start, end=first.end, previous="", using="owner")
        breaking.run(
            "UPDATE seal SET digest = %(digest)s, transfers = %(count)s WHERE number = 1", digest=digest, count=count
        )
        assert _broken() == ["seal 2"]


def test_a_missing_seal_breaks_the_chain(shop: Shop) -> None:
    with breaking.guards_off():
        breaking.run("DELETE FROM seal WHERE number = 1")
        assert _broken() == ["seal 2"]


def test_the_command_seals_every_book(shop: Shop) -> None:
    other = factories.dealer()
    out = StringIO()
    call_command("seal", stdout=out)
    assert f"dealer {shop.dealer.pk}: seal 3" in out.getvalue()
    assert f"dealer {other.pk}: seal 1, 0 transfers" in out.getvalue()
    with tenancy.inside(other.pk):
        assert Seal.objects.get().end < timezone.now() - rollups.BEHIND + timedelta(seconds=30)
