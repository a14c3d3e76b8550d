"""Dealer zero's stock: the same engine, no network; a dealer buys as its partner."""

import pytest

from dealers import rights
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import accounts, ledger
from transactions.models import Order, Status
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def zero(db: None, simulator: Simulator) -> Shop:
    """Dealer zero with two suppliers."""
    return factories.shop(url=simulator.url, suppliers=2, slug="konter", is_zero=True)


@pytest.fixture
def buyer(zero: Shop) -> Shop:
    """A dealer that sells from dealer zero's stock."""
    at = factories.dealer()
    source = factories.supplier(at, "stok", connector="zero")
    sold = factories.product(at, source, cost=10_500, price=11_500)
    customer = factories.user()
    factories.fund(at, customer, 100_000)
    factories.stock_partner(zero.dealer, at, 50_000)
    return Shop(at, source, sold, customer)


def stock_order(zero: Shop) -> Order:
    """The order in dealer zero's book."""
    with tenancy.inside(zero.dealer.pk):
        return Order.objects.get()


def settle_all() -> None:
    """Turn the dispatcher until nothing is due now."""
    for _ in range(6):
        driving.step()


def test_a_sale_from_stock_is_an_order_in_both_books(buyer: Shop, zero: Shop, simulator: Simulator) -> None:
    order = buyer.buy()
    settle_all()
    bought = stock_order(zero)
    assert (bought.ref_id, bought.status, bought.price) == (f"{order.code}-1", Status.SUCCEEDED, 10_500)
    done = buyer.order(order)
    assert (done.status, done.sn, done.cost) == (Status.SUCCEEDED, bought.sn, 10_500)
    assert driving.delivered(simulator, bought) == 1
    with tenancy.inside(zero.dealer.pk):
        wallet = accounts.wallet(f"dealer:{buyer.dealer.pk}")
        assert ledger.wallet_balance(zero.dealer.pk, wallet) == 39_500
    with tenancy.inside(buyer.dealer.pk):
        assert ledger.balance(buyer.dealer.pk, accounts.supplier("stok")) == 10_500


def test_a_refusal_of_all_of_zeros_suppliers_comes_back_and_is_refunded(buyer: Shop, zero: Shop) -> None:
    order = buyer.buy("232")
    settle_all()
    assert stock_order(zero).status == Status.FAILED
    assert buyer.order(order).status == Status.FAILED
    assert buyer.balance() == 100_000
    with tenancy.inside(zero.dealer.pk):
        wallet = accounts.wallet(f"dealer:{buyer.dealer.pk}")
        assert ledger.wallet_balance(zero.dealer.pk, wallet) == 50_000


def test_too_little_money_at_dealer_zero_is_a_certain_no(buyer: Shop, zero: Shop) -> None:
    with tenancy.inside(zero.dealer.pk):
        wallet = accounts.wallet(f"dealer:{buyer.dealer.pk}")
        ledger.move(
            zero.dealer.pk, frm=wallet, to=accounts.bank("main"), amount=45_000, entry=ledger.Entry("test:spend")
        )
    order = buyer.buy()
    settle_all()
    done = buyer.order(order)
    assert (done.status, done.rc, done.reason) == (Status.FAILED, "44", "supplier_account")


def test_a_dealer_without_the_right_buys_no_stock(buyer: Shop) -> None:
    with tenancy.inside(buyer.dealer.pk):
        rights.revoke(buyer.dealer, rights.BUY_STOCK)
    order = buyer.buy()
    settle_all()
    assert buyer.order(order).status == Status.FAILED


def test_asking_again_finds_the_same_stock_order(buyer: Shop, zero: Shop, simulator: Simulator) -> None:
    order = buyer.buy("241")
    driving.step()
    driving.pass_time(order)
    driving.step()
    assert stock_order(zero).ref_id == f"{order.code}-1"
    assert buyer.order(order).status == Status.PROCESSING
