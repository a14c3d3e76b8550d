"""How an order ends, by the last digits of its number: the supplier decides, the money follows."""

import pytest

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import accounts, ledger
from transactions.models import Refund, Status
from transactions.suppliers.simulator import Simulator


def test_a_success_is_captured_with_its_serial_number(shop: Shop, simulator: Simulator) -> None:
    order = shop.buy()
    driving.step()
    done = shop.order(order)
    assert (done.status, bool(done.sn), done.cost) == (Status.SUCCEEDED, True, 10_200)
    assert driving.delivered(simulator, order) == 1
    with tenancy.inside(shop.dealer.pk):
        assert ledger.balance(shop.dealer.pk, accounts.SALES) == 11_000
        assert ledger.balance(shop.dealer.pk, accounts.COST) == -10_200
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == 0
    assert driving.step() == 0


def test_a_refusal_gives_the_money_back_once(shop: Shop, simulator: Simulator) -> None:
    order = shop.buy("232")
    driving.step()
    assert shop.order(order).status == Status.FAILED
    assert shop.balance() == 1_000_000
    assert driving.delivered(simulator, order) == 0
    with tenancy.inside(shop.dealer.pk):
        refund = Refund.objects.get(order=order)
        assert (refund.amount, refund.state, refund.way) == (11_000, "done", "wallet")


def test_a_first_refusal_leads_to_the_second_supplier(two: Shop, simulator: Simulator) -> None:
    order = two.buy("244")
    driving.step()
    assert two.order(order).status == Status.PROCESSING
    driving.step()
    assert two.order(order).status == Status.SUCCEEDED
    tried = driving.attempts(two, order)
    assert [(a.supplier.code, a.outcome, a.rc) for a in tried] == [
        ("konter-a", "failed", "53"),
        ("konter-b", "succeeded", "00"),
    ]
    assert driving.delivered(simulator, order) == 1


def test_a_price_jump_leads_to_another_route_within_the_margin(two: Shop, simulator: Simulator) -> None:
    order = two.buy("246")
    driving.step()
    driving.step()
    assert [a.rc for a in driving.attempts(two, order)] == ["69", "00"]
    assert two.order(order).status == Status.SUCCEEDED


def test_a_price_jump_without_another_route_gives_the_money_back(shop: Shop) -> None:
    order = shop.buy("246")
    driving.step()
    done = shop.order(order)
    assert (done.status, done.reason) == (Status.FAILED, "price")
    assert shop.balance() == 1_000_000


def test_a_route_that_costs_more_than_the_price_is_never_taken(two: Shop) -> None:
    with tenancy.inside(two.dealer.pk):
        two.product.routes.filter(supplier__code="konter-b").update(cost=11_001)
    order = two.buy("244")
    driving.step()
    assert two.order(order).status == Status.FAILED
    assert len(driving.attempts(two, order)) == 1


@pytest.mark.parametrize("ending", ["240", "242"])
def test_an_unknown_answer_is_asked_again_and_then_captured_once(shop: Shop, simulator: Simulator, ending: str) -> None:
    order = shop.buy(ending)
    driving.step()
    assert shop.order(order).status == Status.PROCESSING
    assert driving.delivered(simulator, order) == 1
    driving.pass_time(order)
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == 1
    assert len(driving.attempts(shop, order)) == 1
