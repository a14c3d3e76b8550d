"""Two agents, the guest, the till and a second tab press at once: the money leaves once, and every record says so."""

from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from pytest_django import Settings

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import refund_rig
from tests.transactions.faults import driving
from tests.transactions.refund_rig import BCA, PRICE, Unhappy, cashier, owner
from tests.transactions.test_race import another_connection, at_once
from transactions import accounts, dispatch, ledger, payouts, refund_choices, refund_ways
from transactions.models import Order, Refund, RefundState, RefundWay
from transactions.refund_choices import AlreadyBegun, Choice, NotOffered
from transactions.refunds import NotDue
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "audit"])

REFUSALS = (NotDue, AlreadyBegun, NotOffered, payouts.OtherWay, payouts.ProofUsed, payouts.NotChosen)


@pytest.fixture
def simulator(tmp_path: Path, settings: Settings) -> Iterator[Simulator]:
    """A supplier that knows the factories' accounts, and the till."""
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    settings.SANDBOX_SECRET = "secret-of-the-test"
    settings.KONTER_BASE_URL = "http://127.0.0.1:9"
    with Simulator(folder=tmp_path / "simulator", accounts=driving.accounts()) as running:
        settings.SIMULATOR_PORT = running.port
        yield running


@pytest.fixture
def guest(simulator: Simulator) -> Unhappy:
    return refund_rig.unhappy(factories.shop(url=simulator.url), simulator)


def tried(work: Callable[[], object]) -> str:
    """Whether the work was done, or refused because another was first."""
    try:
        work()
    except REFUSALS as refused:
        return type(refused).__name__
    return "done"


def stands_once(guest: Unhappy) -> None:
    """One transfer of the whole sum, the till no more often than the books say, and the audit finds nothing."""
    ((kind, amount),) = guest.paid_out()
    assert amount == PRICE
    assert [row["amount"] for row in guest.simulator.paybacks()] == ([PRICE] if kind == "clearing" else [])
    with tenancy.inside(guest.dealer.pk):
        assert ledger.balance(guest.dealer.pk, accounts.REFUNDS_DUE) == 0
    out = StringIO()
    call_command("audit_ledger", simulator=f"{guest.simulator.url.removesuffix('/v1')}/log", stdout=out)
    assert "every invariant holds" in out.getvalue()


def test_two_agents_with_the_code_a_claim_and_the_till_pay_once(guest: Unhappy) -> None:
    refund, code = guest.refund, refund_ways.counter_code(guest.refund)
    guest.chooses(RefundWay.SOURCE)
    agents = [owner(guest.person(Role.OWNER)), cashier(guest.person(Role.CASHIER))]

    def pays_cash(agent: payouts.Payer) -> str:
        return tried(lambda: payouts.begin(guest.dealer, refund.pk, way=RefundWay.CASH, payer=agent, code=code))

    def chooses_cash_and_claims() -> str:
        tried(lambda: refund_choices.choose(guest.dealer, refund.pk, Choice(way=RefundWay.CASH)))
        return tried(lambda: refund_choices.claim(guest.dealer, refund.pk, user=guest.shop.customer))

    works: list[Callable[[], object]] = [
        lambda: pays_cash(agents[0]),
        lambda: pays_cash(agents[1]),
        chooses_cash_and_claims,
        dispatch.run_once,
    ]
    at_once(lambda work: work(), works)
    guest.time_passes()
    stands_once(guest)


def test_two_agents_begin_and_one_of_them_sends(guest: Unhappy) -> None:
    guest.chooses(RefundWay.BANK, BCA)
    agents = [owner(guest.person(Role.OWNER)), cashier(guest.person(Role.CASHIER))]

    def sends(agent: payouts.Payer) -> str:
        begun = tried(lambda: payouts.begin(guest.dealer, guest.refund.pk, way=RefundWay.BANK, payer=agent))
        if begun != "done":
            return begun
        return tried(lambda: payouts.finish(guest.dealer, guest.refund.pk, payer=agent, reference="TRX-1"))

    assert Counter(at_once(sends, agents)) == {"done": 1, "NotDue": 1}
    stands_once(guest)


def test_one_proof_pressed_four_times_is_one_payment(guest: Unhappy) -> None:
    guest.chooses(RefundWay.BANK, BCA)
    agent = owner(guest.person(Role.OWNER))
    payouts.begin(guest.dealer, guest.refund.pk, way=RefundWay.BANK, payer=agent)
    refund_id = guest.refund.pk

    def finishes(_press: int) -> str:
        return tried(lambda: payouts.finish(guest.dealer, refund_id, payer=agent, reference="TRX-1"))

    assert Counter(at_once(finishes, list(range(4)))) == {"done": 1, "NotDue": 3}
    stands_once(guest)


def test_a_guest_who_claims_in_four_tabs_is_paid_once(guest: Unhappy) -> None:
    refund_id, user, before = guest.refund.pk, guest.shop.customer, guest.shop.balance()

    def claims(_tab: int) -> str:
        return tried(lambda: refund_choices.claim(guest.dealer, refund_id, user=user))

    assert Counter(at_once(claims, list(range(4)))) == {"done": 1, "AlreadyBegun": 3}
    assert guest.shop.balance() == before + PRICE
    stands_once(guest)


def test_many_dispatchers_ask_the_till_and_it_pays_once(guest: Unhappy) -> None:
    guest.simulator.script(till={"answer": "cut", "times": 2})
    guest.chooses(RefundWay.SOURCE)
    for _ in range(3):
        at_once(lambda _turn: dispatch.run_once(), list(range(4)))
        guest.time_passes()
    assert guest.refund.state == RefundState.DONE
    stands_once(guest)


def test_a_payout_waits_for_the_rows_of_the_order_and_of_the_refund(guest: Unhappy) -> None:
    refund_id, agent = guest.refund.pk, owner(guest.person(Role.OWNER))
    locks: list[Callable[[], object]] = [
        lambda: Order.objects.select_for_update().get(pk=guest.order.pk),
        lambda: Refund.objects.select_for_update().get(pk=refund_id),
    ]
    for lock in locks:
        with another_connection(guest.dealer.pk, lock):
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                payouts.begin(guest.dealer, refund_id, way=RefundWay.CASH, payer=agent)
            with pytest.raises(OperationalError, match="lock timeout"):
                refund_choices.choose(guest.dealer, refund_id, Choice(way=RefundWay.CASH))
    assert guest.paid_out() == []
