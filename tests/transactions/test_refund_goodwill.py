"""Goodwill to a guest waits as a refund of its own, with a task; a customer has it in the wallet at once."""

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.postings_rig import paid
from tests.transactions.refund_rig import handed_out
from transactions import accounts, audit, fulfilment, ledger, refunds, states
from transactions.models import Order, Refund, RefundState, RefundWay, Status, Task, TaskKind
from transactions.suppliers.base import Reason

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """One supplier."""
    return factories.shop()


@pytest.fixture
def failed(shop: Shop) -> Order:
    """A guest's order that was not delivered; its price is due."""
    order = paid(shop)
    with tenancy.inside(shop.dealer.pk):
        order = states.lock(shop.dealer.pk, order.pk)
        states.move(order, Status.PROCESSING)
        fulfilment.fail(order, reason=Reason.OTHER, rc="02")
    return order


def _give(order: Order, amount: int) -> Refund:
    with tenancy.inside(order.dealer_id):
        refunds.goodwill(states.lock(order.dealer_id, order.pk), amount=amount, number=1)
        return Refund.objects.get(is_goodwill=True)


def _is_clean(shop: Shop) -> bool:
    with tenancy.inside(shop.dealer.pk):
        return [v for v in audit.violations("default") if v.dealer_id == shop.dealer.pk] == []


def test_goodwill_to_a_guest_is_due_and_has_a_task(shop: Shop, failed: Order) -> None:
    given = _give(failed, 2_000)
    assert (given.amount, given.state, given.number) == (2_000, RefundState.DUE, 2)
    with tenancy.inside(shop.dealer.pk):
        assert Task.objects.filter(kind=TaskKind.REFUND, subject=refunds.subject(given)).exists()
        assert ledger.balance(shop.dealer.pk, accounts.REFUNDS_DUE) == 13_000
    assert _is_clean(shop)


def test_goodwill_to_a_guest_is_paid_out_like_any_refund(shop: Shop, failed: Order) -> None:
    given, staff = _give(failed, 2_000), factories.member(shop.dealer)
    handed_out(shop.dealer, given, staff)
    with tenancy.inside(shop.dealer.pk):
        assert ledger.balance(shop.dealer.pk, accounts.REFUNDS_DUE) == 11_000
    assert _is_clean(shop)


def test_goodwill_to_a_customer_is_in_the_wallet(shop: Shop) -> None:
    order = shop.buy()
    before = shop.balance()
    given = _give(order, 2_000)
    assert (given.state, given.way) == (RefundState.DONE, RefundWay.WALLET)
    assert shop.balance() == before + 2_000
    assert _is_clean(shop)


def test_the_same_goodwill_twice_is_given_once(shop: Shop, failed: Order) -> None:
    assert _give(failed, 2_000) == _give(failed, 2_000)
    with tenancy.inside(shop.dealer.pk), pytest.raises(ledger.ReferenceReused):
        refunds.goodwill(failed, amount=3_000, number=1)
    assert _is_clean(shop)


def test_a_late_delivery_does_not_take_goodwill_back(shop: Shop, failed: Order) -> None:
    staff = factories.member(shop.dealer)
    with tenancy.inside(shop.dealer.pk):
        price_back = Refund.objects.get()
    handed_out(shop.dealer, price_back, staff)
    _give(failed, failed.price)
    with tenancy.inside(shop.dealer.pk):
        assert refunds.whole_due(failed) is None
