"""Where no connection came about, certainly nothing was sent: the next supplier is asked, or the money goes back once.

The same failure at a status check proves nothing about the request that was sent before.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from portal.lib import outbound_pool, tenancy
from tests.factories import Shop
from tests.portal.certificates import Authority
from tests.portal.servers import RawServer, answering_always, read_request
from tests.transactions.faults import driving
from transactions import accounts, ledger
from transactions.models import Order, Refund, Status, Supplier, Transfer
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db

HOST = "pemasok.contoh.test"
Fault = Callable[[], str]
"""Brings the fault about; the address at which it is met."""


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """A certificate authority that the outbound client trusts during the test."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    outbound_pool._tls.cache_clear()
    yield made
    outbound_pool._tls.cache_clear()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each name leads to, an address; a name without one is unknown to the name server."""
    known: dict[str, str] = {}
    real = socket.getaddrinfo

    def look_up(host: str, *rest: Any) -> Any:
        if host != HOST:
            return real(host, *rest)
        if HOST not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(known[HOST], *rest[:4])

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.fixture
def heard() -> list[bytes]:
    """Every byte of a request that reached the faulty supplier."""
    return []


@pytest.fixture(params=["expired certificate", "other name's certificate", "no TLS", "no such name", "nobody listens"])
def fault(
    request: pytest.FixtureRequest, authority: Authority, names: dict[str, str], heard: list[bytes]
) -> Iterator[Fault]:
    """One way in which no connection comes about."""
    with ExitStack() as open_servers:

        def serve(context: Any) -> str:
            def hear(connection: socket.socket) -> None:
                heard.append(read_request(connection))

            names[HOST] = "127.0.0.1"
            server = open_servers.enter_context(RawServer(hear, tls=context))
            return f"https://{HOST}:{server.port}/v1"

        def refuse() -> str:
            with socket.create_server(("127.0.0.1", 0)) as listener:
                return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

        yield {
            "expired certificate": lambda: serve(authority.server(HOST, days=-1)),
            "other name's certificate": lambda: serve(authority.server("lain.contoh.test", days=1)),
            "no TLS": lambda: serve(None),
            "no such name": lambda: f"https://{HOST}/v1",
            "nobody listens": refuse,
        }[request.param]


def is_at(shop: Shop, url: str, code: str = "konter-a") -> None:
    """A supplier is reached at this address."""
    with tenancy.inside(shop.dealer.pk):
        assert Supplier.objects.filter(dealer=shop.dealer, code=code).update(base_url=url) == 1


def outcomes(shop: Shop, order: Order) -> list[tuple[str, str, str]]:
    return [(a.supplier.code, a.outcome, a.rc) for a in driving.attempts(shop, order)]


def was_never_sent(heard: list[bytes]) -> bool:
    return not any(b"POST" in request or b"ref_id" in request for request in heard)


def test_the_next_supplier_is_asked_and_delivers_once(
    two: Shop, simulator: Simulator, fault: Fault, heard: list[bytes]
) -> None:
    is_at(two, fault())
    order = two.buy()
    driving.step()
    assert outcomes(two, order) == [("konter-a", "failed", "not_sent")]
    driving.step()
    assert outcomes(two, order)[1:] == [("konter-b", "succeeded", "00")]
    assert two.order(order).status == Status.SUCCEEDED
    assert two.balance() == 1_000_000 - order.price
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1
    assert was_never_sent(heard)


def test_without_another_supplier_the_money_goes_back_once(
    shop: Shop, simulator: Simulator, fault: Fault, heard: list[bytes]
) -> None:
    is_at(shop, fault())
    order = shop.buy()
    for _look in range(3):
        driving.step()
    done = shop.order(order)
    assert (done.status, done.reason, done.rc) == (Status.FAILED, "no_answer", "not_sent")
    assert shop.balance() == 1_000_000
    with tenancy.inside(shop.dealer.pk):
        assert [(r.amount, r.state) for r in Refund.objects.filter(order=order)] == [(order.price, "done")]
        assert Transfer.objects.filter(order_id=order.pk, frm_kind="held").count() == 1
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == 0
    assert simulator.log() == []
    assert was_never_sent(heard)


def test_at_a_check_it_proves_nothing_and_the_delivery_is_found_later(
    two: Shop, simulator: Simulator, fault: Fault, heard: list[bytes]
) -> None:
    order = two.buy("240")  # delivered, and the answer is lost
    driving.step()
    is_at(two, fault())
    driving.pass_time(order)
    driving.step()
    assert outcomes(two, order) == [("konter-a", "pending", "not_sent")]
    assert two.order(order).status == Status.PROCESSING
    assert two.balance() == 1_000_000 - order.price
    assert was_never_sent(heard)
    is_at(two, simulator.url)
    driving.pass_time(order)
    driving.step()
    assert two.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


def test_a_good_certificate_for_the_name_lets_the_request_through(
    shop: Shop, simulator: Simulator, authority: Authority, names: dict[str, str]
) -> None:
    """What the faults above differ from: the same server, name and authority, and nothing wrong with them."""
    names[HOST] = "127.0.0.1"
    with RawServer(answering_always(), tls=authority.server(HOST, days=1)) as server:
        is_at(shop, f"https://{HOST}:{server.port}/v1")
        order = shop.buy()
        driving.step()
    assert [outcome for _, outcome, _ in outcomes(shop, order)] == ["pending"]
    assert server.connections == 1
