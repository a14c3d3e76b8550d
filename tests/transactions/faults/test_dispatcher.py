"""The dispatcher's leases: who dies or freezes costs time, never money."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from threading import Thread
from typing import NoReturn

import pytest
from django.db import OperationalError, connection

from dealers.models import Dealer
from portal.lib import crash, tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import dispatch, fulfilment, queue
from transactions.dispatch import Dispatcher
from transactions.models import Attempt, Due, Order, OrderEvent, Status, Task
from transactions.suppliers.simulator import Simulator


class Killed(BaseException):
    """Stands for SIGKILL inside one process: nothing may catch it."""


@pytest.fixture
def die_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Name a crash point here and the process dies there."""
    places: list[str] = []

    def point(name: str) -> None:
        if name in places:
            raise Killed(name)

    monkeypatch.setattr(crash, "point", point)
    return places


def _killed() -> None:
    with pytest.raises(Killed):
        driving.step()


def test_killed_after_the_supplier_accepted_the_order_is_delivered_once(
    shop: Shop, simulator: Simulator, die_at: list[str]
) -> None:
    order = shop.buy()
    die_at.append("after_http")
    _killed()
    assert driving.attempts(shop, order)[0].outcome == "pending"
    die_at.clear()
    driving.pass_time(order)
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == 1


def test_killed_before_the_call_the_order_is_delivered_once(
    shop: Shop, simulator: Simulator, die_at: list[str]
) -> None:
    order = shop.buy()
    die_at.append("before_http")
    _killed()
    assert driving.delivered(simulator, order) == 0
    die_at.clear()
    driving.pass_time(order)
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == 1


def test_killed_right_after_placing_the_order_is_due_at_once(
    shop: Shop, die_at: list[str], django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    die_at.append("after_place")
    with pytest.raises(Killed), django_capture_on_commit_callbacks(execute=True):
        shop.buy()
    die_at.clear()
    assert driving.step() == 1
    with tenancy.inside(shop.dealer.pk):
        assert Order.objects.get().status == Status.SUCCEEDED


def test_a_frozen_dispatchers_late_answer_decides_nothing_that_is_still_open(shop: Shop, simulator: Simulator) -> None:
    order = shop.buy("241")
    (held,) = queue.claim(1)
    call = dispatch.advance(held)
    assert isinstance(call, fulfilment.Call)
    frozen = call.run()
    driving.pass_time(order)
    (taken,) = queue.claim(1)
    dispatch.advance(taken)
    simulator.script(finish=f"{order.code}-1", rc="02")
    late = call.connector.check(call.ask)
    fulfilment.record_answer(fulfilment.Answer(call=call, verdict=late, seconds=frozen.seconds))
    assert shop.order(order).status == Status.PROCESSING
    with tenancy.inside(shop.dealer.pk):
        assert OrderEvent.objects.filter(order=order, kind="late_answer").exists()


def test_a_frozen_dispatcher_that_wakes_sends_nothing(
    shop: Shop, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.buy()
    (held,) = queue.claim(1)
    call = dispatch.advance(held)
    assert isinstance(call, fulfilment.Call)
    later = time.monotonic() + 300
    monkeypatch.setattr(time, "monotonic", lambda: later)
    answer = call.run()
    assert (answer.verdict.outcome, answer.verdict.sent) == ("pending", False)
    assert driving.delivered(simulator, order) == 0


def test_a_call_that_was_certainly_not_sent_leads_to_the_next_supplier(two: Shop) -> None:
    with tenancy.inside(two.dealer.pk):
        two.supplier.base_url = "http://127.0.0.1:9/v1"
        two.supplier.save(update_fields=["base_url"])
    order = two.buy()
    driving.step()
    driving.step()
    assert two.order(order).status == Status.SUCCEEDED
    assert [a.rc for a in driving.attempts(two, order)] == ["not_sent", "00"]


def test_an_attempt_is_never_asked_about_after_a_release(shop: Shop, simulator: Simulator) -> None:
    order = shop.buy("232")
    driving.step()
    with tenancy.inside(shop.dealer.pk), pytest.raises(Exception, match="price is held"):
        Attempt.objects.filter(order=order).update(sends=9)


def test_an_attempt_older_than_seven_days_is_not_asked_again_but_has_a_task(
    shop: Shop, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fulfilment, "LOOK_AFTER", timedelta())
    monkeypatch.setattr(fulfilment, "NEVER_ASK_AFTER", timedelta())
    order = shop.buy("241")
    driving.step()
    driving.pass_time(order)
    driving.step()
    assert len(simulator.requests(f"{order.code}-1")) == 1
    assert not Due.objects.filter(target=order.pk, kind="order").exists()
    with tenancy.inside(shop.dealer.pk):
        assert Task.objects.filter(order=order, kind="undecided", closed_at=None).exists()


def test_work_that_fails_every_time_is_parked_with_a_task_and_the_others_go_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, healthy = shop.buy(), shop.buy()
    decide = fulfilment.decide

    def fail(order: Order, **given: object) -> object:
        if order.pk == poisoned.pk:
            _raise()
        return decide(order, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(fulfilment, "decide", fail)
    dispatcher = Dispatcher(threads=4)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        dispatcher.turn()
        Due.objects.filter(kind="order", target=poisoned.pk).update(due_at="2020-01-01T00:00:00Z")
        if Due.objects.filter(target=poisoned.pk, parked=True).exists() and shop.order(healthy).is_final:
            break
    assert Due.objects.get(kind="order", target=poisoned.pk).parked
    assert shop.order(healthy).status == Status.SUCCEEDED
    with tenancy.inside(shop.dealer.pk):
        assert Task.objects.get(order=poisoned).kind == "parked"


def _raise() -> NoReturn:
    raise ValueError("poison")


def test_a_due_row_whose_order_is_gone_is_parked(shop: Shop) -> None:
    queue.set_due(shop.dealer.pk, "order", 999_999)  # type: ignore[arg-type]
    for _ in range(dispatch.PARK_AFTER):
        Due.objects.update(due_at="2020-01-01T00:00:00Z")
        Dispatcher(threads=2).turn()
    assert Due.objects.get(target=999_999).parked


@pytest.mark.django_db(transaction=True)
def test_ten_dispatchers_and_one_order_make_one_attempt(shop: Shop, simulator: Simulator) -> None:
    orders = [shop.buy() for _ in range(20)]
    dispatchers = [Dispatcher(threads=2) for _ in range(10)]

    def run(one: Dispatcher) -> None:
        one.run()
        connection.close()

    threads = [Thread(target=run, args=(one,)) for one in dispatchers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and Due.objects.filter(kind="order").exists():
        time.sleep(0.05)
    for one in dispatchers:
        one.stop()
    for thread in threads:
        thread.join()
    for order in orders:
        assert shop.order(order).status == Status.SUCCEEDED
        assert driving.delivered(simulator, order) == 1
        assert len(driving.attempts(shop, order)) == 1


def test_an_unpaid_order_expires_and_what_came_in_goes_back(shop: Shop) -> None:
    order = factories.place(shop.dealer, shop.product)
    driving.pass_time(order)
    driving.step()
    assert shop.order(order).status == Status.EXPIRED
    assert not Due.objects.filter(target=order.pk, kind="order").exists()


def test_the_cancel_window_is_waited_for(db: None, simulator: Simulator) -> None:
    shop = factories.shop(url=simulator.url, cancel_seconds=10)
    order = shop.buy()
    assert driving.step() == 0
    assert 8 < driving.seconds_until_due(order) <= 10
    assert Dealer.objects.get(pk=shop.dealer.pk).cancel_seconds == 10


def test_a_dispatcher_that_froze_before_its_decision_asks_nobody(shop: Shop, simulator: Simulator) -> None:
    order = shop.buy("241")
    (frozen,) = queue.claim(1)
    Due.objects.filter(target=order.pk).update(lease_until="2020-01-01T00:00:00Z")
    (taken,) = queue.claim(1)
    assert dispatch.advance(taken) is not None
    assert dispatch.advance(frozen) is None
    (attempt,) = driving.attempts(shop, order)
    assert attempt.sends == 1
    assert simulator.requests(attempt.reference) == []


def test_a_claim_outlives_a_database_that_goes_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shop.buy("241")
    working = Dispatcher(threads=1)
    with monkeypatch.context() as broken:
        broken.setattr(dispatch, "advance", _cut_off)
        with pytest.raises(OperationalError):
            working.turn()
    assert queue.claim(1) == []
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(working, "_pool", pool)
        monkeypatch.setattr(working, "_make", lambda _work: None)
        assert working.turn()
    assert shop.order(order).status == Status.PROCESSING


def test_an_answer_outlives_a_database_that_goes_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shop.buy()
    (held,) = queue.claim(1)
    call = dispatch.advance(held)
    assert isinstance(call, fulfilment.Call)
    working = Dispatcher(threads=1)
    answer = call.run()
    with monkeypatch.context() as broken:
        broken.setattr(dispatch, "_take", _cut_off)
        with pytest.raises(OperationalError):
            working._record([answer])
    assert working._record(working._drain())
    assert shop.order(order).status == Status.SUCCEEDED


def _cut_off(_work: object) -> NoReturn:
    raise OperationalError("server closed the connection unexpectedly")
