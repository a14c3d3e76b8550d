"""What may happen to a refund, in any order: the part of the money machine that gives money back."""

import contextlib
from collections.abc import Callable
from itertools import count
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from dealers.models import Dealer
from portal.lib import ids, tenancy
from tests.factories import Shop
from transactions import amends, dispatch, payouts, postings, refund_choices, refund_ways, refunds, states
from transactions.gateways.base import Payback, PaybackAnswer, PaybackOutcome
from transactions.gateways.sandbox import Sandbox
from transactions.models import AmendsKind, Due, Order, Refund, RefundState, RefundWay, Status
from transactions.payouts import Payer
from transactions.refund_choices import Choice
from transactions.refund_ways import Destination

PICK = st.integers(min_value=0, max_value=1_000)


class Paying(Sandbox):
    """A gateway that pays back as the machine wants; what it said for certain about a reference it says again."""

    says = PaybackOutcome.UNKNOWN
    said: ClassVar[dict[str, PaybackOutcome]] = {}

    def refund(self, wish: Payback) -> PaybackAnswer:
        """What it says now, or said."""
        outcome = self.said.get(wish.reference, self.says)
        if outcome != PaybackOutcome.UNKNOWN:
            self.said[wish.reference] = outcome
        return PaybackAnswer(outcome=outcome, gateway_tx=f"back-{wish.reference}")


class RefundRules(RuleBasedStateMachine):
    """Guests who choose, a gateway that may or may not pay, and staff who begin, finish, give up and take back."""

    shop: Shop
    dealer: Dealer
    payer: Payer
    tx: "count[int]"

    def _pick(self, rows: Callable[[], list[int]], pick: int) -> int | None:
        with tenancy.inside(self.dealer.pk):
            found = rows()
        return found[pick % len(found)] if found else None

    def _order(self, pick: int, *statuses: Status) -> int | None:
        rows = Order.objects.order_by("pk")
        wanted = rows.filter(status__in=statuses) if statuses else rows
        return self._pick(lambda: list(wanted.values_list("pk", flat=True)), pick)

    def _refund(self, pick: int, *wanted: RefundState) -> int | None:
        rows = Refund.objects.filter(state__in=wanted).order_by("pk")
        return self._pick(lambda: list(rows.values_list("pk", flat=True)), pick)

    @rule(way=st.sampled_from([RefundWay.CASH, RefundWay.BANK, RefundWay.EWALLET, RefundWay.SOURCE]), pick=PICK)
    def choose_a_way(self, way: RefundWay, pick: int) -> None:
        """A guest says how, and may say otherwise until somebody begins."""
        to = Destination("BCA", "1234567890", "Budi") if way in refund_ways.BY_TRANSFER else None
        refund_id = self._refund(pick, *RefundState)
        if refund_id is not None:
            with contextlib.suppress(refund_choices.AlreadyBegun, refund_choices.NotOffered, refunds.NotDue):
                refund_choices.choose(self.dealer, refund_id, Choice(way=way, destination=to))

    @rule(pick=PICK)
    def claim_a_refund(self, pick: int) -> None:
        """A guest signs in and has it in the wallet."""
        refund_id = self._refund(pick, *RefundState)
        if refund_id is not None:
            with contextlib.suppress(refund_choices.AlreadyBegun, refunds.NotDue):
                refund_choices.claim(self.dealer, refund_id, user=self.shop.customer)

    @rule(says=st.sampled_from(list(PaybackOutcome)), pick=PICK)
    def the_gateway_pays_back(self, says: PaybackOutcome, pick: int) -> None:
        """The dispatcher asks, and the gateway answers this; a certain no and a certain yes hold for ever."""
        refund_id = self._refund(pick, RefundState.DUE, RefundState.SENT)
        if refund_id is not None:
            Paying.says = says
            Due.objects.filter(kind="refund", target=refund_id).update(due_at="2020-01-01T00:00:00Z", lease_until=None)
            dispatch.run_once()

    @rule(pick=PICK)
    def begin_to_pay(self, pick: int) -> None:
        """Somebody at the desk takes a refund on, or another way was wished."""
        refund_id = self._refund(pick, RefundState.DUE)
        if refund_id is None:
            return
        with tenancy.inside(self.dealer.pk):
            way = RefundWay(Refund.objects.get(pk=refund_id).way or RefundWay.CASH)
        with contextlib.suppress(refunds.NotDue, payouts.OtherWay):
            payouts.begin(self.dealer, refund_id, way=way, payer=self.payer)

    @rule(does=st.sampled_from(["finish", "give_up", "bounce"]), pick=PICK)
    def go_on_paying(self, does: str, pick: int) -> None:
        """The transfer has gone, or not, or came back."""
        refund_id = self._refund(pick, RefundState.DUE, RefundState.SENT, RefundState.DONE)
        if refund_id is None:
            return
        with contextlib.suppress(refunds.NotDue, payouts.OtherWay):
            if does == "finish":
                payouts.finish(self.dealer, refund_id, payer=self.payer, reference=f"TRX-{next(self.tx)}")
            elif does == "give_up":
                payouts.give_up(self.dealer, refund_id, payer=self.payer)
            else:
                payouts.bounce(self.dealer, refund_id, payer=self.payer)

    @rule(kind=st.sampled_from(list(AmendsKind)), amount=st.sampled_from([1_000, 6_000, 11_000]), pick=PICK)
    def make_amends(self, kind: AmendsKind, amount: int, pick: int) -> None:
        """A manager gives some of a sale back, or a gift, as far as there is any to give."""
        order_id = self._order(pick, Status.SUCCEEDED, Status.FAILED)
        if order_id is None:
            return
        with tenancy.inside(self.dealer.pk):
            seen = amends.count(Order.objects.get(pk=order_id))
        wish = amends.Wish(kind=kind, amount=amount, reason="yang masuk kurang", token=ids.new_token(), seen=seen)
        with contextlib.suppress(amends.TooMuch):
            amends.give(self.dealer, order_id, wish, actor=self.payer.user)

    @rule(amount=st.sampled_from([1_000, 11_000]), pick=PICK)
    def give_part_back(self, amount: int, pick: int) -> None:
        """Some of a sale is paid back."""
        order_id = self._order(pick, Status.SUCCEEDED)
        if order_id is not None:
            with contextlib.suppress(postings.NothingToBook), tenancy.inside(self.dealer.pk):
                refunds.give_part_back(states.lock(self.dealer.pk, order_id), amount=amount)
