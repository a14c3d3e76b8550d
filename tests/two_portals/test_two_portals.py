"""Two portals sell to each other: a customer's order at A is bought at B, also when B dies in the middle of it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from portal.processes import wait_until
from tests.chaos import proof
from tests.chaos.buyers import Bought, Crowd
from tests.two_portals import peers
from tests.two_portals.peers import Peer

pytestmark = [pytest.mark.slow, pytest.mark.portals]
_HELD = "SELECT o.status FROM orders o WHERE o.ref_id = %s"
_ORDER = "SELECT status, sn FROM orders WHERE code = %s"
_EXCHANGES = """
SELECT e.direction FROM exchange e JOIN attempt a ON a.id = e.attempt_id WHERE a.reference = %s ORDER BY e.id
"""
_EVENTS = "SELECT effect FROM inbound_event WHERE source = %s AND reference = %s"


@pytest.fixture(scope="module")
def portals() -> Iterator[tuple[Peer, Peer]]:
    """A buys from B."""
    with ExitStack() as both:
        a, b = both.enter_context(Peer()), both.enter_context(Peer())
        starting = threading.Thread(target=b.start, kwargs={"seconds": 300})
        starting.start()
        a.start(seconds=300)
        starting.join()
        b.wait_until_ready(seconds=300)
        assert peers.connect(a, b) == 10_000_000
        yield a, b


def buy(a: Peer, ending: str) -> Bought:
    """A guest buys at A and pays."""
    crowd = Crowd(host="127.0.0.1", port=a.port)
    bought = crowd.buy(number=f"08123456{ending}", shop=peers.SHOP)
    assert bought.is_paid
    return bought


def ends(a: Peer, bought: Bought, status: str, *, seconds: float) -> bool:
    return wait_until(lambda: a.rows(_ORDER, bought.code)[0][0] == status, seconds=seconds)


def is_at(b: Peer, bought: Bought, status: str) -> Callable[[], bool]:
    return lambda: b.rows(_HELD, f"{bought.code}-1") == [(status,)]


def books_agree(a: Peer, b: Peer) -> None:
    """B's statement is A's book, line by line and to the rupiah, and both books hold."""
    balance, lines = peers.statement(a)
    assert lines == peers.own_lines(a)
    assert balance == 10_000_000 - sum(line[2] for line in lines)
    assert a.manage("audit_ledger", "--simulator", a.simulator).returncode == 0
    audited = b.manage("audit_ledger", "--simulator", b.simulator)
    assert audited.returncode == 0, audited.stdout


def test_each_has_a_database_of_its_own(portals: tuple[Peer, Peer]) -> None:
    a, b = portals
    assert a.system_identifier() != b.system_identifier()


def test_a_sale_at_a_is_bought_at_b_whose_webhook_ends_it(portals: tuple[Peer, Peer]) -> None:
    a, b = portals
    good, bad = buy(a, "1233"), buy(a, "2234")
    assert ends(a, good, "succeeded", seconds=40)
    assert ends(a, bad, "failed", seconds=40)
    for bought in (good, bad):
        # Asked once, and then told: nobody asked again.
        assert [row[0] for row in a.rows(_EXCHANGES, f"{bought.code}-1")] == ["answer", "callback"]
        assert a.rows(_EVENTS, f"supplier:{peers.SUPPLIER}", f"{bought.code}-1") == [("applied",)]
    assert len(peers.delivered(b, [f"{good.code}-1", f"{bad.code}-1"])) == 1
    books_agree(a, b)


def test_a_portal_that_dies_in_the_middle_of_an_order_delivers_it_once(portals: tuple[Peer, Peer]) -> None:
    a, b = portals
    bought = buy(a, "3233")
    assert wait_until(is_at(b, bought, "processing"), seconds=20)
    b.kill_everything()
    b.start(seconds=120)
    assert ends(a, bought, "succeeded", seconds=90)
    assert len(peers.delivered(b, [f"{bought.code}-1"])) == 1
    ((_, sn),) = a.rows(_ORDER, bought.code)
    assert sn
    assert len(a.rows("SELECT 1 FROM attempt a JOIN orders o ON o.id = a.order_id WHERE o.code = %s", bought.code)) == 1
    assert proof.quiet(b, seconds=30)
    books_agree(a, b)
