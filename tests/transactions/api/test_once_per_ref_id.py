"""The same ref_id twenty times at once is one order and one charge, in whatever words it is asked for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connections

from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from tests.transactions.api.test_digiflazz_server import top_up
from tests.transactions.api.test_native_reading import signed
from transactions.models import Order, SandboxOrder, Transfer

pytestmark = pytest.mark.django_db(transaction=True)
Answer = TypeVar("Answer")
TIMES = 20
LINE = {"ref_id": "A-1", "sku": "TSEL10", "destination": "081234567890"}
BODY = b'{"ref_id":"A-1","sku":"TSEL10","destination":"081234567890"}'


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


def at_once(ask: Callable[[int], Answer]) -> list[Answer]:
    """What each of twenty threads was answered."""

    def run(number: int) -> Answer:
        try:
            return ask(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(run, range(TIMES)))


def assert_one(shop: Shop, machine: Machine) -> None:
    """One order, one hold, and its price once."""
    with tenancy.inside(shop.dealer.pk):
        assert Order.objects.count() == 1
        assert Transfer.objects.filter(reference__endswith=":hold").count() == 1
    assert machine.get("balance/").json()["balance"] == 1_000_000 - 10_500


def test_in_twenty_batches(shop: Shop) -> None:
    machine = factories.machine(shop.dealer)
    answers = at_once(lambda _n: machine.post("orders/batch/", {"orders": [LINE, LINE]}).json()["results"])
    statuses = sorted(line["status"] for lines in answers for line in lines)
    assert statuses == [200] * (2 * TIMES - 1) + [201]
    assert len({line["order"]["code"] for lines in answers for line in lines}) == 1
    assert_one(shop, machine)


def test_in_twenty_batches_that_hold_it_in_another_order(shop: Shop) -> None:
    """Two orders that two calls take in opposite order wait for each other: one of them must go on all the same."""
    machine = factories.machine(shop.dealer)
    lines = [LINE, {**LINE, "ref_id": "A-2"}]
    answers = at_once(lambda n: machine.post("orders/batch/", {"orders": lines[:: 1 if n % 2 else -1]}).json())
    assert sorted(line["status"] for each in answers for line in each["results"]) == [200] * (2 * TIMES - 2) + [201] * 2
    with tenancy.inside(shop.dealer.pk):
        assert list(Order.objects.order_by("ref_id").values_list("ref_id", flat=True)) == ["A-1", "A-2"]
    assert machine.get("balance/").json()["balance"] == 1_000_000 - 2 * 10_500


def test_by_digiflazz(shop: Shop) -> None:
    machine = factories.machine(shop.dealer)
    answers = at_once(lambda _n: top_up(machine, "A-1"))
    assert {(status, said["rc"], said["price"]) for status, said in answers} == {(200, "03", 10_500)}
    assert_one(shop, machine)


def test_signed_to_the_byte(shop: Shop) -> None:
    machine = factories.machine(shop.dealer)
    answers = at_once(lambda _n: signed(machine, "POST", "/api/v1/orders/", BODY).status_code)
    assert sorted(answers) == [200] * (TIMES - 1) + [201]
    assert_one(shop, machine)


def test_in_both_dialects_at_once(shop: Shop) -> None:
    machine = factories.machine(shop.dealer)

    def ask(number: int) -> bool:
        if number % 2:
            return bool(top_up(machine, "A-1")[1]["rc"] == "03")
        return machine.orders().status_code in {200, 201}

    assert at_once(ask) == [True] * TIMES
    assert_one(shop, machine)


def test_as_a_trial(shop: Shop) -> None:
    machine = factories.machine(shop.dealer)
    answers = at_once(lambda _n: top_up(machine, "A-1", testing=True)[1]["rc"])
    assert answers == ["00"] * TIMES
    with tenancy.inside(shop.dealer.pk):
        assert SandboxOrder.objects.count() == 1
        assert not Order.objects.exists()


def test_two_partners_have_the_same_ref_id_each_to_itself(shop: Shop) -> None:
    pair = [factories.machine(shop.dealer, username=name) for name in ("satu", "dua")]
    answers = at_once(lambda n: pair[n % 2].orders().status_code)
    assert sorted(answers) == [200] * (TIMES - 2) + [201] * 2
    assert [each.get("balance/").json()["balance"] for each in pair] == [989_500] * 2
