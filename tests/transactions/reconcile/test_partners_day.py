"""A partner's statement against the orders that it sent to us: the same comparison, and a price is corrected."""

import pytest

from dealers import days
from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine
from tests.transactions.desk_rig import YES
from tests.transactions.reconcile import rig
from tests.transactions.reconcile.rig import Recap
from transactions import accounts, audit, fulfilment, ledger, states
from transactions.models import DayState, Order, ReconcileDay, Resolution
from transactions.reconcile import resolving
from transactions.reconcile.resolving import Word

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])
HEAD = "ref_id,sku,number,price,status,sn,date\n"


@pytest.fixture
def sold() -> tuple[Recap, Machine]:
    """A partner that bought one TSEL10 for 10.500, which arrived; its day is opened."""
    made = rig.recap()
    dealer = made.shop.dealer
    machine = factories.machine(dealer)
    assert machine.orders().status_code == 201
    with tenancy.inside(dealer.pk):
        order = Order.objects.get(ref_id="A-1")
        call = fulfilment.decide(states.lock(dealer.pk, order.pk))
        row = ReconcileDay.objects.create(dealer=dealer, partner=machine.partner, day=days.today(dealer))
    assert call is not None
    fulfilment.record(dealer.pk, call.attempt_id, YES, source="callback")
    return Recap(made.here, row), machine


def wallet(made: Recap, machine: Machine) -> int:
    with tenancy.inside(made.shop.dealer.pk):
        return ledger.wallet_balance(made.shop.dealer.pk, accounts.wallet(machine.partner.wallet_key))


def test_a_partners_file_agrees_with_its_orders(sold: tuple[Recap, Machine]) -> None:
    made, _machine = sold
    made.uploads(f"{HEAD}a-1,TSEL10,0812-3456-7890,10.500,Berhasil,0031 8890 77129,\n".encode())
    row = made.again()
    assert (row.state, row.matched, row.sum_ours, row.sum_theirs) == (DayState.AGREED, 1, 10_500, 10_500)


@pytest.mark.parametrize(("price", "change"), [(10_400, 100), (10_700, -200)])
def test_a_price_that_the_partner_has_right_is_booked_to_its_deposit(
    sold: tuple[Recap, Machine], price: int, change: int
) -> None:
    made, machine = sold
    before = wallet(made, machine)
    made.uploads(f"{HEAD}A-1,TSEL10,081234567890,{price},Sukses,,\n".encode())
    made.again()
    found = made.only()
    assert set(resolving.offered(found)) == {Resolution.ACCEPT, Resolution.WAIT, Resolution.MISTAKEN}
    word = Word(resolution=Resolution.ACCEPT, reason="harga lama", seen=resolving.stamp(found))
    resolving.resolve(made.shop.dealer, found.pk, word, actor=made.here.person(Role.OWNER))
    assert wallet(made, machine) - before == change
    assert (made.again().matched, made.now().different) == (1, 0)
    assert audit.violations() == []


def test_an_order_that_only_one_side_has_moves_no_money_here(sold: tuple[Recap, Machine]) -> None:
    made, _machine = sold
    made.uploads(f"{HEAD}B-1,TSEL10,081234567890,10.500,Sukses,,\n".encode())
    made.again()
    assert sorted(each.kind for each in made.differences()) == ["missing_here", "missing_there"]
    for each in made.differences():
        assert resolving.offered(each) == [Resolution.WAIT, Resolution.MISTAKEN]
