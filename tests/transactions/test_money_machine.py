"""Anything may happen in any order: after every step every invariant holds, and in the end every order ends.

Hypothesis draws payments, purchases, answers of suppliers, late and contrary verdicts, decisions of staff,
cancellations and refunds, and plays them through the real use cases on the real database. Only the supplier
is a script. `KONTER_MACHINE=long` looks longer; a failure prints the steps that lead to it.
"""

import contextlib
import os
from itertools import count

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.lib import tenancy
from tests import factories
from tests.transactions.money_refunds import PICK, Paying, RefundRules
from tests.transactions.refund_rig import owner
from tests.transactions.scripted import CODES, Scripted, verdict
from transactions import (
    audit,
    contradictions,
    decisions,
    dispatch,
    fulfilment,
    incidents,
    orders,
    payments,
    refunds,
    rollups,
    states,
    todo,
)
from transactions.audit import Scope
from transactions.gateways.registry import GATEWAYS
from transactions.ledger import InsufficientBalance, ReferenceReused
from transactions.models import (
    Attempt,
    Decision,
    Due,
    Incident,
    Order,
    Payment,
    Status,
    Supplier,
    TaskKind,
)
from transactions.suppliers.base import Outcome, Verdict
from transactions.suppliers.registry import CONNECTORS

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "audit"])]

LONG = os.environ.get("KONTER_MACHINE") == "long"
PROFILE = settings(
    max_examples=150 if LONG else 12,
    stateful_step_count=60 if LONG else 30,
    deadline=None,
    database=None,
    derandomize=not LONG,
    print_blob=True,
    phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)
VERDICTS = st.builds(verdict, st.sampled_from(CODES), st.sampled_from([None, 10_200, 10_300, 0]))
PRICES = st.sampled_from([None, 10_300, 0])
RIGHT = st.sampled_from([True, True, True, False, None])
"""What staff make of an incident: true, a mistake, or nothing yet."""
LEFT_BEHIND = """
SELECT o.code FROM orders o JOIN transfer t ON t.dealer_id = o.dealer_id AND t.order_id = o.id
WHERE o.status IN ('succeeded', 'failed', 'expired', 'cancelled')
GROUP BY o.id HAVING sum((t.to_kind IN ('held', 'unapplied'))::int * t.amount)
    <> sum((t.frm_kind IN ('held', 'unapplied'))::int * t.amount)
"""


class Money(RefundRules, RuleBasedStateMachine):
    """One dealer with two suppliers, a customer with a wallet, guests, and staff."""

    def __init__(self) -> None:
        super().__init__()
        self.tx = count(1)
        self.last_money: tuple[str, payments.Money] | None = None
        self.said: dict[int, str] = {}
        """What each supplier said last for certain about an attempt that has an outcome."""

    @initialize(
        cancel_seconds=st.sampled_from([0, 30]),
        money=st.sampled_from([40_000, 1_000_000]),
        answers=st.lists(VERDICTS, min_size=4, max_size=4),
        rounds=st.integers(min_value=1, max_value=2),
    )
    def open_shop(self, cancel_seconds: int, money: int, answers: list[Verdict], rounds: int) -> None:
        """A new dealer, so that no run sees another's rows, with four paid orders that got some way."""
        self.shop = factories.shop(suppliers=2, money=money, cancel_seconds=cancel_seconds)
        self.dealer = self.shop.dealer
        self.staff = factories.member(self.dealer)
        self.payer = owner(self.staff)
        Due.objects.all().delete()
        with tenancy.inside(self.dealer.pk):
            Supplier.objects.update(connector="scripted")
        for number, answer in enumerate(answers):
            order = self._buy("balance" if number % 2 else "sandbox", is_customer=number > 1)
            if not number % 2:
                self._pay(f"{order.code}-1", 11_000)
            Scripted.answer = answer
            for _ in range(rounds):
                self._pass_time(order.pk)

    @rule(gateway=st.sampled_from(["balance", "sandbox", "cash"]), is_customer=st.booleans())
    def buy(self, gateway: str, is_customer: bool) -> None:
        """From the wallet, or as a guest or a customer who pays later."""
        with contextlib.suppress(InsufficientBalance):
            self._buy(gateway, is_customer=is_customer)

    def _buy(self, gateway: str, *, is_customer: bool) -> Order:
        customer = self.shop.customer if is_customer or gateway == "balance" else None
        order = self.shop.buy(gateway=gateway, customer=customer)
        if gateway == "sandbox":
            with tenancy.inside(self.dealer.pk):
                payments.start(order)
        return order

    @rule(pick=PICK, amount=st.sampled_from([11_000, 11_000, 11_000, 4_000, 7_000, 15_000, 22_000]))
    def pay(self, pick: int, amount: int) -> None:
        """Exact, short or over; for an order that waits, or twice, or far too late."""
        codes = Payment.objects.filter(gateway="sandbox").order_by("pk")
        payment_id = self._pick(lambda: list(codes.values_list("pk", flat=True)), pick)
        if payment_id is not None:
            with tenancy.inside(self.dealer.pk):
                code = Payment.objects.get(pk=payment_id).code
            self._pay(code, amount)

    def _pay(self, code: str, amount: int) -> None:
        money = payments.Money(gateway="sandbox", gateway_tx=f"{self.dealer.pk}-{next(self.tx)}", amount=amount)
        self.last_money = (code, money)
        payments.receive(self.dealer.pk, payment_code=code, money=money)

    @precondition(lambda self: self.last_money is not None)
    @rule()
    def report_the_same_payment_again(self) -> None:
        """A gateway's callback that comes twice."""
        assert self.last_money is not None
        code, money = self.last_money
        payments.receive(self.dealer.pk, payment_code=code, money=money)

    @rule(pick=PICK)
    def take_cash(self, pick: int) -> None:
        """At the counter."""
        order_id = self._order(pick, Status.AWAITING_PAYMENT)
        if order_id is not None:
            with tenancy.inside(self.dealer.pk):
                seen = payments.due(Order.objects.get(pk=order_id))
            payments.take_cash(self.dealer, order_id, seen=seen, cashier=self.staff)

    @rule(pick=PICK)
    def expire(self, pick: int) -> None:
        """The day of an unpaid order is over."""
        order_id = self._order(pick, Status.AWAITING_PAYMENT)
        if order_id is not None:
            self._pass_time(order_id)

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        """Before anything was sent, or too late."""
        order_id = self._order(pick)
        if order_id is not None:
            with contextlib.suppress(orders.TooLate):
                orders.cancel(self.dealer, order_id, actor=self.staff)

    @rule(answer=VERDICTS, pick=PICK)
    def dispatch(self, answer: Verdict, pick: int) -> None:
        """The dispatcher comes round, and the supplier answers this."""
        Scripted.answer = answer
        order_id = self._order(pick, Status.PAID, Status.PROCESSING)
        if order_id is not None:
            self._pass_time(order_id)

    @rule(said=VERDICTS, pick=PICK)
    def callback(self, said: Verdict, pick: int) -> None:
        """A supplier reports by itself, whether it fits or not."""
        rows = Attempt.objects.order_by("pk")
        attempt_id = self._pick(lambda: list(rows.values_list("pk", flat=True)), pick)
        if attempt_id is not None:
            self._say(attempt_id, said)

    @rule(price=PRICES, pick=PICK, is_right=st.sampled_from([True, True, False, None]))
    def contradict(self, price: int | None, pick: int, is_right: bool | None) -> None:
        """A supplier takes back what it said for certain; staff act on it, or leave it for later."""
        attempt_id = self._concluded(pick)
        if attempt_id is not None:
            self._turn(attempt_id, price, is_right=is_right)

    @rule(turns=st.lists(st.tuples(PRICES, RIGHT), min_size=2, max_size=5), pick=PICK)
    def contradict_again_and_again(self, turns: list[tuple[int | None, bool | None]], pick: int) -> None:
        """A supplier that changes its word for ever, and staff who may or may not keep up with it."""
        attempt_id = self._concluded(pick)
        if attempt_id is not None:
            for price, is_right in turns:
                self._turn(attempt_id, price, is_right=is_right)

    def _concluded(self, pick: int) -> int | None:
        rows = Attempt.objects.exclude(outcome=Attempt.Outcome.PENDING).order_by("pk")
        return self._pick(lambda: list(rows.values_list("pk", flat=True)), pick)

    def _turn(self, attempt_id: int, price: int | None, *, is_right: bool | None) -> None:
        """The opposite of what the supplier said last, twice, as callbacks come; then what staff do about it."""
        with tenancy.inside(self.dealer.pk):
            first = Attempt.objects.get(pk=attempt_id).outcome
        was = self.said.get(attempt_id, first)
        for _ in range(2):
            self._say(attempt_id, verdict("02" if was == Outcome.SUCCEEDED else "00", price))
        if is_right is not None:
            self.end_incident(is_right=is_right, pick=-1)

    def _say(self, attempt_id: int, said: Verdict) -> None:
        fulfilment.record(self.dealer.pk, attempt_id, said, source="callback")
        with tenancy.inside(self.dealer.pk):
            if said.outcome != Outcome.PENDING and Attempt.objects.get(pk=attempt_id).outcome != Outcome.PENDING:
                self.said[attempt_id] = said.outcome

    @rule(said=st.sampled_from(list(Decision.Verdict)), pick=PICK)
    def decide(self, said: Decision.Verdict, pick: int) -> None:
        """Staff end an order about which nobody says anything."""
        order_id = self._order(pick, Status.PROCESSING)
        if order_id is None:
            return
        with tenancy.inside(self.dealer.pk):
            order = Order.objects.get(pk=order_id)
            todo.ask(self.dealer.pk, TaskKind.UNDECIDED, order.code, within=fulfilment.STAFF_WITHIN, order=order)
        with contextlib.suppress(decisions.NotOpen):
            decisions.propose(self.dealer, order_id, verdict=said, reason="cek manual", actor=self.staff)

    @rule(is_right=st.sampled_from([True, True, False]), pick=PICK)
    def end_incident(self, is_right: bool, pick: int) -> None:
        """Staff book what a contrary verdict asks for, or dismiss it."""
        rows = Incident.objects.filter(state=Incident.State.OPEN).order_by("pk")
        incident_id = self._pick(lambda: list(rows.values_list("pk", flat=True)), pick)
        if incident_id is None:
            return
        try:
            end = incidents.approve if is_right else incidents.dismiss
            ended = end(self.dealer, incident_id, actor=self.staff, note="sudah dicek")
        except incidents.Withdrawn:
            ended = incidents.dismiss(self.dealer, incident_id, actor=self.staff, note="ditarik")
        if ended.state == Incident.State.DISMISSED and ended.withdrawn_at is None:
            # Staff do not believe the supplier: what it said last is not what the books are to say.
            self.said.pop(ended.attempt_id or 0, None)

    @rule(amount=st.sampled_from([1_000, 11_000]), number=st.integers(min_value=1, max_value=2), pick=PICK)
    def give(self, amount: int, number: int, pick: int) -> None:
        """Something for the trouble, once or, by mistake, twice with another sum."""
        order_id = self._order(pick, Status.SUCCEEDED, Status.FAILED)
        if order_id is not None:
            with contextlib.suppress(ReferenceReused), tenancy.inside(self.dealer.pk):
                refunds.goodwill(states.lock(self.dealer.pk, order_id), amount=amount, number=number)

    @rule(amount=st.integers(min_value=1, max_value=100_000))
    def deposit(self, amount: int) -> None:
        """The customer tops the wallet up."""
        factories.fund(self.dealer, self.shop.customer, amount)

    @rule(rebuild=st.booleans())
    def roll_up(self, rebuild: bool) -> None:
        """As every minute, or as after a restore."""
        rollups.roll_up(self.dealer.pk, rebuild=rebuild)

    @invariant()
    def every_invariant_holds(self) -> None:
        """What the audit sees of this dealer; a run that failed before left its traces with another."""
        assert [str(found) for found in audit.violations("audit") if found.dealer_id == self.dealer.pk] == []

    @invariant()
    def no_word_is_swallowed(self) -> None:
        """The books say what each supplier said last, or an incident asks a person about it."""
        if not self.said:
            return
        with tenancy.inside(self.dealer.pk):
            for attempt in Attempt.objects.filter(pk__in=self.said).select_related("order", "supplier"):
                waiting = Incident.objects.filter(attempt=attempt, state=Incident.State.OPEN)
                books = contradictions.booked(attempt.order, attempt)
                asks = waiting.filter(withdrawn_at__isnull=books != self.said[attempt.pk])
                assert asks.exists() if waiting.exists() else books == self.said[attempt.pk]

    def teardown(self) -> None:
        """Heal everything: each order that was paid ends, nothing lies about, and the whole audit is clean."""
        if not hasattr(self, "dealer"):
            return
        Scripted.answer = verdict("00", None)
        for _ in range(4):
            for status in (Status.PAID, Status.PROCESSING):
                with tenancy.inside(self.dealer.pk):
                    waiting = list(Order.objects.filter(status=status).values_list("pk", flat=True))
                for order_id in waiting:
                    self._pass_time(order_id)
        rollups.roll_up(self.dealer.pk)
        with tenancy.inside(self.dealer.pk):
            assert not Order.objects.filter(status__in=[Status.PAID, Status.PROCESSING]).exists()
            with connection.cursor() as cursor:
                cursor.execute(LEFT_BEHIND)
                assert cursor.fetchall() == []
        broken = [found for result in audit.run(Scope()).broken for found in result.examples]
        assert [str(found) for found in broken if found.dealer_id in {0, self.dealer.pk}] == []

    def _pass_time(self, order_id: int) -> None:
        """Whatever the order waits for is over, and a dispatcher comes by."""
        Due.objects.filter(kind="order", target=order_id).update(due_at="2020-01-01T00:00:00Z", lease_until=None)
        dispatch.run_once()


def test_no_sequence_of_events_makes_the_money_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONNECTORS, "scripted", Scripted)
    monkeypatch.setitem(GATEWAYS, "sandbox", Paying())
    run_state_machine_as_test(Money, settings=PROFILE)


def test_the_script_speaks_of_every_outcome() -> None:
    assert {verdict(code, None).outcome for code in CODES} == set(Outcome)
