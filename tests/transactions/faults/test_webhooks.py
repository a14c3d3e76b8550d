"""Webhooks under faults: a slow address holds up no order, and whoever dies has others send the same again."""

import time
from threading import Thread

import pytest
from django.db import connection

from portal.lib import crash, tenancy
from tests import factories
from tests.factories import Machine, Shop
from tests.transactions import webhook_rig
from tests.transactions.faults import driving
from tests.transactions.webhook_rig import SECRET, Rig
from transactions import webhook_endpoints
from transactions.dispatch import Dispatcher
from transactions.models import DeliveryState, Due, HookFormat, Status


class Killed(BaseException):
    """Stands for SIGKILL inside one process: nothing may catch it."""


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


@pytest.fixture
def rig(shop: Shop, machine: Machine) -> Rig:
    return Rig(shop, machine)


def buy(rig: Rig, number: int) -> str:
    """The code of a new order of the partner."""
    return str(rig.machine.orders(ref_id=f"A-{number}", destination=f"0812345{number:05}").json()["code"])


def test_an_address_that_does_not_answer_holds_up_no_order_and_has_two_calls_at_most(rig: Rig) -> None:
    with webhook_rig.listening() as slow:
        slow.may_answer.clear()
        rig.endpoint(slow.url)
        for number in range(30):
            buy(rig, number)
        working = Dispatcher(threads=4)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and Due.objects.filter(kind="order").exists():
            working.turn()
        assert not Due.objects.filter(kind="order").exists()
        assert len(rig.deliveries()) == 30
        buy(rig, 99)
        while time.monotonic() < deadline and Due.objects.filter(kind="order").exists():
            working.turn()
        assert {row.state for row in rig.deliveries()} == {DeliveryState.PENDING}
        slow.may_answer.set()
        while time.monotonic() < deadline and Due.objects.filter(kind="webhook").exists():
            working.turn()
        assert {row.state for row in rig.deliveries()} == {DeliveryState.DELIVERED}
        assert (len(slow.heard), slow.most_at_once) == (31, 2)


def test_killed_after_a_webhook_was_sent_it_is_sent_again_under_the_same_id(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def point(name: str) -> None:
        if name == "after_webhook":
            raise Killed(name)

    with webhook_rig.listening() as ear:
        rig.endpoint(ear.url)
        buy(rig, 1)
        with monkeypatch.context() as deadly:
            deadly.setattr(crash, "point", point)
            with pytest.raises(Killed):
                driving.step()
        assert rig.delivery().state == DeliveryState.PENDING
        Due.objects.filter(kind="webhook").update(lease_until="2020-01-01T00:00:00Z")
        driving.step()
        assert [heard.headers["webhook-id"] for heard in ear.heard] == [rig.delivery().event_id] * 2
    assert rig.delivery().state == DeliveryState.DELIVERED


def test_a_secret_that_cannot_be_opened_parks_its_own_lane_only(rig: Rig) -> None:
    with webhook_rig.listening() as ear:
        broken = rig.endpoint(ear.url)
        with tenancy.inside(rig.dealer_id):
            type(broken).objects.filter(pk=broken.pk).update(sealed="v1.nothing.here.atall")
            webhook_endpoints.add(
                rig.machine.partner, url=ear.url, how=HookFormat.DIGIFLAZZ, secret="mitra-demo-secret"
            )
        buy(rig, 1)
        driving.step()
        states = {row.endpoint_id == broken.pk: row.state for row in rig.deliveries()}
        assert states == {True: DeliveryState.PENDING, False: DeliveryState.DELIVERED}


@pytest.mark.django_db(transaction=True)
def test_of_three_dispatchers_one_tells_each_address_and_two_calls_are_under_way_at_most(rig: Rig) -> None:
    with webhook_rig.listening() as ear:
        rig.endpoint(ear.url, secret=SECRET)
        codes = [buy(rig, number) for number in range(40)]
        dispatchers = [Dispatcher(threads=2) for _ in range(3)]

        def run(one: Dispatcher) -> None:
            one.run()
            connection.close()

        threads = [Thread(target=run, args=(one,)) for one in dispatchers]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and (len(ear.heard) < len(codes) or Due.objects.exists()):
            time.sleep(0.05)
        for one in dispatchers:
            one.stop()
        for thread in threads:
            thread.join()
        assert {row.state for row in rig.deliveries()} == {DeliveryState.DELIVERED}
        assert len(ear.heard) == len({heard.headers["webhook-id"] for heard in ear.heard}) == len(codes)
        assert ear.most_at_once <= 2
    assert {rig.shop.order(order).status for order in _orders(rig)} == {Status.SUCCEEDED}


def _orders(rig: Rig) -> list:  # type: ignore[type-arg]
    with tenancy.inside(rig.dealer_id):
        return list(rig.shop.dealer.orders.all())
