"""A guest who paid by QRIS, two agents and the dispatchers press at once: one payment, in the record of its way."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from dealers.models import Dealer, Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import refund_rig
from tests.transactions.faults import driving
from tests.transactions.refund_rig import BCA, DANA, Unhappy, cashier, owner
from tests.transactions.test_race import at_once
from tests.transactions.test_refund_race import tried
from transactions import accounts, dispatch, ledger, payouts, refund_choices, refund_ways
from transactions.models import Price, RefundState, RefundWay, Transfer
from transactions.refund_choices import Choice
from transactions.refund_ways import Destination
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "audit"])

PRICE = 10_400
Work = Callable[[], str]


@pytest.fixture
def simulator(tmp_path: Path, settings: Settings) -> Iterator[Simulator]:
    """A supplier that knows the factories' accounts, and the till."""
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    settings.SANDBOX_SECRET = "secret-of-the-test"
    settings.KONTER_BASE_URL = "http://127.0.0.1:9"
    with Simulator(folder=tmp_path / "simulator", accounts=driving.accounts()) as running:
        settings.SIMULATOR_PORT = running.port
        yield running


def paid_for_nothing(simulator: Simulator, *, gateway: str = "qris", limit: int = 500_000) -> Unhappy:
    """10.400 paid by a guest at a dealer whose four eyes look above `limit`."""
    shop = factories.shop(url=simulator.url, four_eyes_above=limit)
    factories.qris(shop.dealer)
    with tenancy.inside(shop.dealer.pk):
        Price.objects.filter(product=shop.product, tier="retail").update(amount=PRICE)
    guest = refund_rig.unhappy(shop, simulator, gateway=gateway)
    assert guest.order.price == PRICE
    return guest


def changes_mind(guest: Unhappy, way: RefundWay, to: Destination | None = None) -> Work:
    """The guest chooses anew, on the phone."""
    pk = guest.refund.pk
    return lambda: tried(lambda: refund_choices.choose(guest.dealer, pk, Choice(way=way, destination=to)))


def pays_by_bank(guest: Unhappy, agent: payouts.Payer, proof: str) -> Work:
    """An agent takes it on and sends it, unless somebody else has."""
    pk = guest.refund.pk

    def work() -> str:
        begun = tried(lambda: payouts.begin(guest.dealer, pk, way=RefundWay.BANK, payer=agent))
        if begun != "done":
            return begun
        return tried(lambda: payouts.finish(guest.dealer, pk, payer=agent, reference=proof))

    return work


def pays_cash(guest: Unhappy, agent: payouts.Payer) -> Work:
    """An agent hands it over against the guest's code."""
    pk, code = guest.refund.pk, refund_ways.counter_code(guest.refund)
    return lambda: tried(lambda: payouts.begin(guest.dealer, pk, way=RefundWay.CASH, payer=agent, code=code))


def stands_once(guest: Unhappy) -> str:
    """Where it went: one transfer of the whole, no cent due, and the records outside agree with the books."""
    ((kind, amount),) = guest.paid_out()
    assert amount == PRICE
    assert [row["amount"] for row in guest.simulator.paybacks()] == ([PRICE] if kind == "clearing" else [])
    assert [refund.state for refund in guest.refunds()] == [RefundState.DONE]
    with tenancy.inside(guest.dealer.pk):
        assert ledger.balance(guest.dealer.pk, accounts.REFUNDS_DUE) == 0
    out = StringIO()
    call_command("audit_ledger", simulator=f"{guest.simulator.url.removesuffix('/v1')}/log", stdout=out)
    assert "every invariant holds" in out.getvalue()
    return kind


def shift_of_today(dealer: Dealer) -> list[int]:
    """What left the drawer at the counter in the last half day, in rupiah: the cash shift's own lines."""
    with tenancy.inside(dealer.pk):
        since = timezone.now() - timedelta(hours=12)
        return list(
            Transfer.objects.filter(to_kind="cash", to__key="counter", at__gte=since).values_list("amount", flat=True)
        )


@pytest.mark.parametrize("turn", range(3))
def test_two_agents_send_and_the_guest_changes_the_account(simulator: Simulator, turn: int) -> None:
    guest = paid_for_nothing(simulator)
    guest.chooses(RefundWay.BANK, BCA)
    works = [
        pays_by_bank(guest, owner(guest.person(Role.OWNER)), f"TRX-{turn}-A"),
        pays_by_bank(guest, cashier(guest.person(Role.CASHIER)), f"TRX-{turn}-B"),
        changes_mind(guest, RefundWay.BANK, Destination("BCA", "9876543210", "Budi Santoso")),
    ]
    said = at_once(lambda work: work(), works)
    assert Counter(said[:2]) == {"done": 1, "NotDue": 1}
    assert stands_once(guest) == "bank"
    # Whoever came first, what was paid went where the row says, proven by the line of whoever sent it.
    to = refund_ways.destination_of(guest.refund)
    assert to is not None
    assert to.number == ("9876543210" if said[2] == "done" else BCA.number)
    assert guest.refund.reference == f"TRX-{turn}-{'AB'[said.index('done')]}"


@pytest.mark.parametrize("turn", range(3))
def test_two_agents_hand_over_cash_and_the_guest_wants_it_by_e_wallet(simulator: Simulator, turn: int) -> None:
    guest = paid_for_nothing(simulator)
    guest.chooses(RefundWay.CASH)
    works = [
        pays_cash(guest, owner(guest.person(Role.OWNER))),
        pays_cash(guest, cashier(guest.person(Role.CASHIER))),
        changes_mind(guest, RefundWay.EWALLET, DANA),
    ]
    said = at_once(lambda work: work(), works)
    assert said[:2].count("done") + (said[2] == "done") == 1, (turn, said)
    if said[2] == "done":
        # The guest was first: no agent gave cash, and the guest takes it back to the counter.
        assert guest.paid_out() == []
        guest.chooses(RefundWay.CASH)
        assert pays_cash(guest, owner(guest.person(Role.OWNER)))() == "done"
    assert stands_once(guest) == "cash"
    assert shift_of_today(guest.dealer) == [PRICE]


@pytest.mark.parametrize("turn", range(3))
def test_dispatchers_pay_back_to_the_source_while_agents_and_the_guest_press(simulator: Simulator, turn: int) -> None:
    guest = paid_for_nothing(simulator, gateway="sandbox")
    guest.chooses(RefundWay.SOURCE)
    works: list[Callable[[], object]] = [
        dispatch.run_once,
        dispatch.run_once,
        pays_cash(guest, owner(guest.person(Role.OWNER))),
        pays_by_bank(guest, cashier(guest.person(Role.CASHIER)), "TRX-9"),
        changes_mind(guest, RefundWay.CASH),
    ]
    at_once(lambda work: work(), works)
    if guest.refund.way == RefundWay.CASH and guest.refund.state == RefundState.DUE:
        pays_cash(guest, owner(guest.person(Role.OWNER)))()
    guest.time_passes()
    assert stands_once(guest) in {"clearing", "cash"}, turn


def test_above_the_limit_two_propose_two_approve_and_one_payment_leaves(simulator: Simulator) -> None:
    guest = paid_for_nothing(simulator, limit=10_000)
    guest.chooses(RefundWay.BANK, BCA)
    pk = guest.refund.pk
    agents = [owner(guest.person(Role.OWNER)), owner(guest.person(Role.MANAGER))]

    def proposes(agent: payouts.Payer) -> str:
        return tried(lambda: payouts.begin(guest.dealer, pk, way=RefundWay.BANK, payer=agent))

    def approves(agent: payouts.Payer) -> str:
        try:
            return tried(lambda: payouts.approve(guest.dealer, pk, payer=agent))
        except payouts.SecondPersonNeeded:
            return "SecondPersonNeeded"

    def sends(agent: payouts.Payer) -> str:
        return tried(lambda: payouts.finish(guest.dealer, pk, payer=agent, reference="TRX-2026"))

    assert Counter(at_once(proposes, agents)) == {"done": 1, "NotDue": 1}
    assert Counter(at_once(sends, agents)) == {"NotDue": 2}
    assert guest.paid_out() == []
    assert Counter(at_once(approves, agents)) in ({"done": 1, "SecondPersonNeeded": 1}, {"done": 1, "NotDue": 1})
    assert guest.refund.proposed_by_id != guest.refund.approved_by_id
    assert Counter(at_once(sends, agents)) == {"done": 1, "NotDue": 1}
    assert stands_once(guest) == "bank"
