"""Purchases, corrections and deposits at one wallet at once: it keeps within its limit, and no rupiah is lost."""

from collections import Counter
from collections.abc import Callable
from itertools import accumulate

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from tests.transactions.test_race import at_once
from transactions import accounts, ledger, orders, postings_business
from transactions.accounts import Acc
from transactions.ledger import Entry, InsufficientBalance
from transactions.models import Account, AccountKind, Order, Status, Transfer
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True)

PRICE, CORRECTION, DEPOSIT = 11_000, 7_000, 5_000
Work = Callable[[], object]


def wallet(shop: Shop) -> Acc:
    return accounts.customer_wallet(shop.customer.pk)


def buying(shop: Shop) -> Work:
    ask = factories.ask(shop.product, gateway="balance", customer=shop.customer)
    return lambda: orders.place(shop.dealer, ask)


def correcting(shop: Shop, number: int) -> Work:
    """Somebody at the desk takes out what was put in by mistake."""

    def work() -> None:
        with tenancy.inside(shop.dealer.pk):
            entry = Entry(f"correction:{number}")
            ledger.move(shop.dealer.pk, frm=wallet(shop), to=accounts.cash("counter"), amount=CORRECTION, entry=entry)

    return work


def moving_to_a_batch(shop: Shop, number: int) -> Work:
    """A file of orders gets the money that it needs: from one wallet into another."""

    def work() -> None:
        with tenancy.inside(shop.dealer.pk):
            postings_business.fund_batch(
                shop.dealer.pk,
                wallet=wallet(shop),
                batch=accounts.wallet("batch:1"),
                amount=CORRECTION,
                reference=str(number),
            )

    return work


def depositing(shop: Shop) -> Work:
    return lambda: factories.fund(shop.dealer, shop.customer, DEPOSIT)


def all_at_once(works: list[Work]) -> list[bool]:
    """Whether each was done; False: there was too little in the wallet."""

    def one(work: Work) -> bool:
        try:
            work()
        except InsufficientBalance:
            return False
        return True

    return at_once(one, works)


def chain(shop: Shop) -> list[int]:
    """What the wallet held after each of its transfers, in their order, recomputed from the amounts."""
    with tenancy.inside(shop.dealer.pk):
        mine = Account.objects.get(kind=AccountKind.WALLET, key=wallet(shop).key).pk
        rows = sorted(
            (row.frm_seq if row.frm_id == mine else row.to_seq, -row.amount if row.frm_id == mine else row.amount)
            for row in Transfer.objects.all()
            if mine in {row.frm_id, row.to_id}
        )
        assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    return list(accumulate(change for _, change in rows))


@pytest.mark.parametrize("limit", [0, 30_000], ids=["no credit", "credit"])
@pytest.mark.parametrize("taking", [correcting, moving_to_a_batch], ids=["a correction", "another wallet"])
def test_who_takes_at_once_never_takes_more_than_there_is(
    shop: Shop, simulator: Simulator, limit: int, taking: Callable[[Shop, int], Work]
) -> None:
    _leave_in_wallet(shop, 50_000)
    with tenancy.inside(shop.dealer.pk):
        ledger.set_credit_limit(shop.dealer.pk, wallet(shop), limit=limit)
    works = [work for n in range(12) for work in (buying(shop), taking(shop, n))]
    done = all_at_once(works)
    bought, taken = sum(done[::2]), sum(done[1::2])
    left = 50_000 - bought * PRICE - taken * CORRECTION
    # Whoever was refused would have fallen below: not even the smallest would still fit.
    assert -limit <= left < CORRECTION - limit
    assert shop.balance() == left == chain(shop)[-1]
    assert min(chain(shop)) >= -limit
    _every_order_ends(shop, simulator, bought)


def test_deposits_meanwhile_are_all_there_in_the_end(shop: Shop, simulator: Simulator) -> None:
    _leave_in_wallet(shop, 20_000)
    works = [work for n in range(8) for work in (buying(shop), correcting(shop, n), depositing(shop))]
    done = all_at_once(works)
    assert all(done[2::3])
    bought, taken = sum(done[0::3]), sum(done[1::3])
    assert shop.balance() == 20_000 + 8 * DEPOSIT - bought * PRICE - taken * CORRECTION
    assert min(chain(shop)) >= 0
    _every_order_ends(shop, simulator, bought)


def test_one_correction_tried_by_eight_is_taken_once(shop: Shop) -> None:
    done = all_at_once([correcting(shop, 1) for _tap in range(8)])
    assert done == [True] * 8
    assert shop.balance() == 1_000_000 - CORRECTION


def test_money_that_comes_back_meanwhile_can_be_spent_once(shop: Shop, simulator: Simulator) -> None:
    """The wallet is empty until a refused order's price returns to it; ten wait to take it."""
    _leave_in_wallet(shop, PRICE)
    refused = shop.buy("232")
    done = all_at_once([driving.step, *(buying(shop) for _ in range(5)), *(correcting(shop, n) for n in range(5))])
    assert shop.order(refused).status == Status.FAILED
    bought, taken = sum(done[1:6]), sum(done[6:])
    assert bought + taken <= 1
    assert shop.balance() == PRICE - bought * PRICE - taken * CORRECTION == chain(shop)[-1]
    assert min(chain(shop)) >= 0


def _leave_in_wallet(shop: Shop, amount: int) -> None:
    with tenancy.inside(shop.dealer.pk):
        surplus = ledger.wallet_balance(shop.dealer.pk, wallet(shop)) - amount
        entry = Entry("test:leave")
        ledger.move(shop.dealer.pk, frm=wallet(shop), to=accounts.bank("main"), amount=surplus, entry=entry)


def _every_order_ends(shop: Shop, simulator: Simulator, bought: int) -> None:
    while driving.step():
        continue
    with tenancy.inside(shop.dealer.pk):
        placed = list(Order.objects.all())
    assert Counter(order.status for order in placed) == Counter({Status.SUCCEEDED: bought})
    assert [driving.delivered(simulator, order) for order in placed] == [1] * bought
    assert len(simulator.log()) == bought
