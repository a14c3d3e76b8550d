"""A supplier that would take more than the customer paid is not asked: another is, or the money comes back."""

import pytest

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import accounts, ledger, orders, pricing
from transactions.accounts import Acc
from transactions.models import Order, Refund, Status, Tier, Transfer
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db

PRICE, MONEY = 11_000, 1_000_000


def costs(shop: Shop, **by_supplier: int) -> None:
    """The suppliers' price lists change: `a` and `b` are the first and the second route, in rupiah."""
    with tenancy.inside(shop.dealer.pk):
        for letter, cost in by_supplier.items():
            assert shop.product.routes.filter(supplier__code=f"konter-{letter}").update(cost=cost) == 1


def balance(shop: Shop, acc: Acc) -> int:
    with tenancy.inside(shop.dealer.pk):
        return ledger.balance(shop.dealer.pk, acc)


def is_refunded_once(shop: Shop, order: Order) -> None:
    """Failed, with its whole price in the wallet again, by one transfer and one refund."""
    assert shop.order(order).status == Status.FAILED
    assert shop.balance() == MONEY
    with tenancy.inside(shop.dealer.pk):
        assert [(r.amount, r.state) for r in Refund.objects.filter(order=order)] == [(PRICE, "done")]
        assert Transfer.objects.filter(order_id=order.pk, frm_kind="held").count() == 1
        assert ledger.balance(shop.dealer.pk, accounts.SALES) == ledger.balance(shop.dealer.pk, accounts.COST) == 0


def tried(shop: Shop, order: Order) -> list[tuple[str, str, int]]:
    return [(a.supplier.code, a.rc, a.cost) for a in driving.attempts(shop, order)]


def settle(shop: Shop, order: Order) -> None:
    while not shop.order(order).is_final:
        assert driving.step(), "nothing is due, and the order has not ended"


@pytest.mark.parametrize(("cost", "by"), [(PRICE, "konter-a"), (PRICE + 1, "konter-b")])
def test_a_cost_that_rose_above_the_price_after_paying_leads_to_the_other_route(
    two: Shop, simulator: Simulator, cost: int, by: str
) -> None:
    order = two.buy()
    costs(two, a=cost)
    settle(two, order)
    assert two.order(order).status == Status.SUCCEEDED
    assert [supplier for supplier, *_ in tried(two, order)] == [by]
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


def test_when_every_cost_rose_above_the_price_the_money_comes_back_and_nobody_is_asked(
    two: Shop, simulator: Simulator
) -> None:
    order = two.buy()
    costs(two, a=PRICE + 1, b=PRICE + 500)
    settle(two, order)
    is_refunded_once(two, order)
    assert tried(two, order) == []
    assert simulator.log() == []


def test_a_supplier_that_raised_its_price_in_silence_refuses_by_our_limit_and_the_other_is_asked(
    two: Shop, simulator: Simulator
) -> None:
    simulator.account("konter-a").surcharge = 5_000
    order = two.buy()
    settle(two, order)
    assert two.order(order).status == Status.SUCCEEDED
    assert [(supplier, rc) for supplier, rc, _ in tried(two, order)] == [("konter-a", "69"), ("konter-b", "00")]
    assert balance(two, accounts.COST) == -two.order(order).cost  # type: ignore[operator]
    assert balance(two, accounts.COST) >= -PRICE
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


def test_when_every_supplier_raised_its_price_in_silence_the_money_comes_back_once(
    two: Shop, simulator: Simulator
) -> None:
    for name in ("konter-a", "konter-b"):
        simulator.account(name).surcharge = 5_000
    order = two.buy()
    settle(two, order)
    is_refunded_once(two, order)
    assert [rc for _, rc, _ in tried(two, order)] == ["69", "69"]
    assert simulator.log() == []
    assert driving.step() == 0


def test_a_product_that_only_loses_is_not_sold(two: Shop) -> None:
    costs(two, a=PRICE + 1, b=PRICE + 1)
    with pytest.raises(orders.ProductClosed):
        two.buy(agreed_price=PRICE)
    assert two.balance() == MONEY


def test_a_supplier_that_takes_more_than_the_limit_is_booked_with_what_it_took(two: Shop, simulator: Simulator) -> None:
    """Delivered is delivered: the loss stands in the books, it is not hidden and not asked for again."""
    simulator.script(on="first", patch={"price": 12_000})
    order = two.buy()
    settle(two, order)
    assert (two.order(order).status, two.order(order).cost) == (Status.SUCCEEDED, 12_000)
    assert balance(two, accounts.SALES) == PRICE
    assert balance(two, accounts.COST) == -12_000
    assert balance(two, accounts.supplier("konter-a")) == 12_000
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


@pytest.mark.parametrize(("cost", "ending"), [(10_200, Status.SUCCEEDED), (10_201, Status.FAILED)])
def test_a_dealer_who_sells_below_cost_on_purpose_has_said_up_to_which_cost(
    shop: Shop, simulator: Simulator, cost: int, ending: Status
) -> None:
    with tenancy.inside(shop.dealer.pk):
        pricing.set_price(shop.product, tier=Tier.RETAIL, amount=10_000, actor=None, accept_below_cost=True)
        shop.product.refresh_from_db()
    order = shop.buy()
    costs(shop, a=cost)
    settle(shop, order)
    assert shop.order(order).status == ending
    assert shop.balance() == (MONEY - 10_000 if ending == Status.SUCCEEDED else MONEY)
    assert len(simulator.log()) == (1 if ending == Status.SUCCEEDED else 0)
