"""A supplier delivers, and answers with something monstrous: nobody decides by it, and the check finds the sale.

Huge, endless, slow, packed a thousandfold, leading elsewhere, or nonsense: the attempt is pending, the money held.
"""

import socket
import time
from dataclasses import dataclass, replace

import pytest
from pytest_django import Settings

from portal.lib import outbound, tenancy
from tests.factories import Shop
from tests.portal.servers import RawServer, read_request
from tests.proxy import Proxy
from tests.transactions.faults import driving
from transactions import accounts, ledger
from transactions.models import Exchange, Order, Route, Status
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db

DELIVERED = [
    "huge", "trickle", "trickle_head", "gzip_bomb", "redirect", "html200", "html500", "empty", "truncated",
    "wrong_types", "cut_body",
]  # fmt: skip
ELSEWHERE = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /v1/transaction\r\nContent-Length: 0\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(autouse=True)
def _impatient(settings: Settings) -> None:
    settings.SUPPLIER_CALL_SECONDS = 0.6


def decides_nothing(shop: Shop, order: Order) -> None:
    """Pending, held, nobody else asked, and what came kept in 8 kB."""
    assert shop.order(order).status == Status.PROCESSING
    assert [(a.supplier.code, a.outcome) for a in driving.attempts(shop, order)] == [("konter-a", "pending")]
    assert shop.balance() == 1_000_000 - order.price
    with tenancy.inside(shop.dealer.pk):
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == order.price
        bodies = list(Exchange.objects.filter(attempt__order=order).values_list("body", flat=True))
    assert bodies
    assert all(0 < len(body.encode()) <= 8192 for body in bodies)
    assert all("konter-a-key" not in body for body in bodies)


def ends_as_one_sale(shop: Shop, simulator: Simulator, order: Order) -> None:
    driving.pass_time(order)
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
    assert len(driving.attempts(shop, order)) == 1
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1
    with tenancy.inside(shop.dealer.pk):
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == 0


def timed_step() -> float:
    """Do what is due; the seconds that it took."""
    began = time.monotonic()
    driving.step()
    return time.monotonic() - began


@pytest.mark.parametrize("how", DELIVERED)
def test_a_monstrous_answer_decides_nothing_and_the_check_finds_the_one_delivery(
    two: Shop, simulator: Simulator, how: str
) -> None:
    simulator.script(answer=how)
    order = two.buy()
    assert timed_step() < 5
    decides_nothing(two, order)
    driving.pass_time(order)
    assert timed_step() < 5  # the check is answered in the same way
    decides_nothing(two, order)
    assert len(simulator.requests(f"{order.code}-1")) == 2, "a redirect was followed, or somebody asked twice"
    simulator.script(clear=True)
    ends_as_one_sale(two, simulator, order)


def test_a_negative_price_is_no_price_and_the_sale_costs_what_the_route_says(two: Shop, simulator: Simulator) -> None:
    simulator.script(answer="negative_price")
    order = two.buy()
    driving.step()
    assert (two.order(order).status, two.order(order).cost) == (Status.SUCCEEDED, 10_200)
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


@dataclass
class Monster:
    """A supplier that is none: what it says to a request at first, and then for ever; it counts both."""

    first: bytes
    then: bytes = b""
    pause: float = 0.0
    requests: int = 0
    sent: int = 0

    def __call__(self, connection: socket.socket) -> None:
        while read_request(connection):
            self.requests += 1
            connection.sendall(self.first)
            while self.then:
                connection.sendall(self.then)
                self.sent += len(self.then)
                if self.pause:
                    time.sleep(self.pause)


ENDLESS = {
    "a body without end": Monster(CHUNKS, b"4000\r\n" + b"y" * 0x4000 + b"\r\n"),
    "a head without end": Monster(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"y" * 4000 + b"\r\n"),
    "a byte now and then": Monster(CHUNKS, b"1\r\ny\r\n", pause=0.05),
    "interim answers without end": Monster(b"", b"HTTP/1.1 102 Processing\r\n\r\n", pause=0.01),
    "a redirect to itself": Monster(ELSEWHERE),
}


@pytest.mark.parametrize("kind", ENDLESS.values(), ids=ENDLESS.keys())
def test_an_answer_without_end_is_left_in_time_and_decides_nothing(
    two: Shop, simulator: Simulator, kind: Monster
) -> None:
    monster = replace(kind)
    with RawServer(monster) as server:
        _at(two, server.url.removesuffix("/x"))
        order = two.buy()
        assert timed_step() < 5
    assert (server.connections, monster.requests) == (1, 1)
    assert monster.sent < 100 * outbound.ANSWER_LIMIT
    decides_nothing(two, order)
    assert simulator.log() == []
    # At the right address again, the same reference buys: once, since nothing was bought.
    _at(two, simulator.url)
    ends_as_one_sale(two, simulator, order)


@pytest.mark.parametrize("count", [0, 1, 40, 200])
def test_an_answer_that_is_cut_on_its_way_decides_nothing(two: Shop, simulator: Simulator, count: int) -> None:
    with Proxy(("127.0.0.1", simulator.port)) as line:
        _at(two, f"http://{line.host}:{line.port}/v1")
        line.cut_after(count)
        order = two.buy()
        driving.step()
        assert line.has_cut.is_set()
        decides_nothing(two, order)
        assert driving.delivered(simulator, order) == 1
        ends_as_one_sale(two, simulator, order)


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_request_that_is_cut_on_its_way_decides_nothing_although_it_never_arrived(
    two: Shop, simulator: Simulator, count: int
) -> None:
    with Proxy(("127.0.0.1", simulator.port)) as line:
        _at(two, f"http://{line.host}:{line.port}/v1")
        line.cut_after(count, of="request")
        order = two.buy()
        driving.step()
        decides_nothing(two, order)
        assert simulator.log() == []
        ends_as_one_sale(two, simulator, order)


def test_a_line_that_swallows_everything_decides_nothing(two: Shop, simulator: Simulator) -> None:
    with Proxy(("127.0.0.1", simulator.port)) as line:
        _at(two, f"http://{line.host}:{line.port}/v1")
        line.blackhole()
        order = two.buy()
        assert timed_step() < 5
        decides_nothing(two, order)
        line.heal()
        ends_as_one_sale(two, simulator, order)


def test_a_line_that_resets_delivers_once_whichever_side_of_the_first_byte_it_was(
    two: Shop, simulator: Simulator
) -> None:
    with Proxy(("127.0.0.1", simulator.port)) as line:
        _at(two, f"http://{line.host}:{line.port}/v1")
        line.reset()
        order = two.buy()
        driving.step()
        line.heal()
        for _look in range(2):
            driving.pass_time(order)
            driving.step()
    assert two.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


def _at(shop: Shop, url: str) -> None:
    """The first supplier is reached at this address."""
    with tenancy.inside(shop.dealer.pk):
        first = Route.objects.select_related("supplier").get(product=shop.product, supplier=shop.supplier).supplier
        first.base_url = url
        first.save(update_fields=["base_url"])
