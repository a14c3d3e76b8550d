"""Work that fails every time: rarer and rarer, then left to a person, with the money held and the others served."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import accounts, chores, dispatch, fulfilment, ledger, queue
from transactions.dispatch import Dispatcher
from transactions.models import Due, Order, Status, Task
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db


@contextmanager
def poisoned(order: Order) -> Iterator[None]:
    """Every look at this order ends in a defect."""
    decide = fulfilment.decide

    def fail(looked_at: Order, **given: object) -> object:
        if looked_at.pk == order.pk:
            raise ValueError("poison")
        return decide(looked_at, **given)  # type: ignore[arg-type]  # passed on as it came

    with patch.object(fulfilment, "decide", fail):
        yield


def turn(order: Order) -> None:
    """One turn of a dispatcher, at a time when the order is due."""
    driving.pass_time(order)
    Dispatcher(threads=2).turn()


def rests(order: Order, *, tries: int) -> float:
    """How long failed work rests after so many tries, in seconds."""
    Due.objects.filter(kind="order", target=order.pk).update(tries=tries - 1, due_at="2020-01-01T00:00:00Z")
    (held,) = queue.claim(1)
    dispatch.set_aside(held)
    seconds = driving.seconds_until_due(order)
    Due.objects.filter(pk=held.id).update(due_at="2999-01-01T00:00:00Z")
    return seconds


def test_it_rests_twice_as_long_each_time_and_never_more_than_six_minutes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.buy()
    for tries in range(1, dispatch.PARK_AFTER):
        assert 0.8 * 2**tries - 1 <= rests(order, tries=tries) <= 1.2 * 2**tries
    monkeypatch.setattr(dispatch, "PARK_AFTER", 100)
    assert 239 <= 1 + rests(order, tries=50) <= 361


def test_what_failed_together_does_not_come_back_together(shop: Shop) -> None:
    order = shop.buy()
    assert len({round(rests(order, tries=5), 1) for _ in range(10)}) > 3


def test_it_is_parked_with_one_task_and_the_money_held_and_sells_once_when_it_was_mended(
    shop: Shop, simulator: Simulator
) -> None:
    order = shop.buy()
    with poisoned(order):
        for _turn in range(dispatch.PARK_AFTER + 3):
            turn(order)
    due = Due.objects.get(kind="order", target=order.pk)
    assert (due.parked, due.tries) == (True, dispatch.PARK_AFTER)
    assert shop.order(order).status == Status.PAID
    assert shop.balance() == 1_000_000 - order.price
    with tenancy.inside(shop.dealer.pk):
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == order.price
        (task,) = Task.objects.filter(order=order, closed_at=None)
        assert task.kind == "parked"
        chores.close(task, actor=factories.member(shop.dealer))
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


@pytest.mark.parametrize("kind", ["order", "payment", "result", "rubbish"])
def test_a_row_that_means_nothing_is_parked_and_the_others_are_served(shop: Shop, kind: str) -> None:
    queue.set_due(shop.dealer.pk, kind, 999_999)  # type: ignore[arg-type]  # as a defect would write it
    rubbish = Due.objects.get(kind=kind, target=999_999)
    for _turn in range(dispatch.PARK_AFTER + 1):
        Due.objects.filter(pk=rubbish.pk).update(due_at="2020-01-01T00:00:00Z", lease_until=None)
        Dispatcher(threads=2).turn()
    assert not Due.objects.filter(pk=rubbish.pk, parked=False).exists()
    order = shop.buy()
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
