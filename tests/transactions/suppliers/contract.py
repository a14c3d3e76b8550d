"""What every connector must do, whatever protocol it speaks.

A test file of a supplier subclasses these and gives one fixture, `rig`: a connector and a supplier
behind it that can be told what to do. `ConnectorContract` is for all; `CallbackContract` for those
whose supplier calls back; `WireContract` for those that speak over HTTP.
"""

import dataclasses
import threading
import time
from typing import Protocol

import pytest

from transactions.suppliers.base import BadCallback, BadSignature, Connector, Outcome, Reason, TopUp, Verdict

SECRET_OF_THE_TEST = "a-key-that-must-never-be-shown"
"""Rigs use it as API key and inside the callback secret."""


class Rig(Protocol):
    """A connector, and the supplier's side of it."""

    connector: Connector

    def ask(self, reference: str) -> TopUp:
        """A sale of something that this supplier sells, at a price it accepts, to a number of its own."""
        ...

    def will(self, ask: TopUp, outcome: Outcome) -> None:
        """What the supplier will do with this sale; PENDING waits for `finish`."""
        ...

    def finish(self, ask: TopUp, outcome: Outcome) -> None:
        """A waiting sale ends."""
        ...

    def deliveries(self, reference: str) -> int:
        """How often the supplier delivered this reference: the ground truth."""
        ...

    def work(self) -> bool:
        """Let the supplier do what it took on; False where it has done so before it answers."""
        ...


def sold(rig: Rig, ask: TopUp) -> Verdict:
    """What the supplier says of a sale when it can: with its first answer, or when it has worked on it."""
    verdict = rig.connector.top_up(ask)
    return rig.connector.check(ask) if rig.work() else verdict


def checked(rig: Rig, ask: TopUp) -> Verdict:
    """The same for a check, which may have been the first to arrive."""
    verdict = rig.connector.check(ask)
    return rig.connector.check(ask) if rig.work() else verdict


class CallbackRig(Rig, Protocol):
    def callback(self, ask: TopUp, outcome: Outcome) -> tuple[dict[str, str], bytes]:
        """Headers and body of a signed callback that says this about the sale."""
        ...

    def ping(self) -> tuple[dict[str, str], bytes]:
        """Headers and body of a signed callback about nothing."""
        ...

    def sign(self, body: bytes) -> dict[str, str]:
        """Headers that prove this very body."""
        ...


class WireRig(Rig, Protocol):
    def break_answers(self, ask: TopUp, how: str) -> None:
        """Every answer about this sale is broken in this way; what the supplier does is not."""
        ...

    def heal(self) -> None: ...

    def unreachable(self) -> Connector:
        """The same account at a place where nobody listens."""
        ...


class ConnectorContract:
    """For every connector."""

    def test_a_delivered_sale_succeeds_with_its_serial_number_and_price(self, rig: Rig) -> None:
        ask = rig.ask("C1")
        verdict = sold(rig, ask)
        assert (verdict.outcome, verdict.reason, verdict.sent) == (Outcome.SUCCEEDED, Reason.NONE, True)
        assert verdict.sn
        assert verdict.price is not None
        assert 0 < verdict.price <= ask.max_price
        assert rig.deliveries(ask.reference) == 1

    def test_a_repeated_reference_delivers_once_and_tells_the_same(self, rig: Rig) -> None:
        ask = rig.ask("C2")
        first, again, check = sold(rig, ask), rig.connector.top_up(ask), rig.connector.check(ask)
        assert {first.outcome, again.outcome, check.outcome} == {Outcome.SUCCEEDED}
        assert first.sn == again.sn == check.sn
        assert rig.deliveries(ask.reference) == 1

    def test_the_same_reference_at_the_same_time_delivers_once(self, rig: Rig) -> None:
        ask = rig.ask("C3")
        calls = [threading.Thread(target=rig.connector.top_up, args=(ask,)) for _ in range(8)]
        for call in calls:
            call.start()
        for call in calls:
            call.join(30)
        rig.work()
        assert rig.deliveries(ask.reference) == 1

    def test_a_refusal_is_failed_with_a_reason_and_stays_so(self, rig: Rig) -> None:
        ask = rig.ask("C4")
        rig.will(ask, Outcome.FAILED)
        verdict, later = sold(rig, ask), rig.connector.check(ask)
        assert verdict.outcome is later.outcome is Outcome.FAILED
        assert verdict.reason is not Reason.NONE
        assert verdict.sent
        assert (verdict.sn, verdict.price) == ("", None)
        assert rig.deliveries(ask.reference) == 0

    def test_a_waiting_sale_is_pending_however_often_it_is_checked(self, rig: Rig) -> None:
        ask = rig.ask("C5")
        rig.will(ask, Outcome.PENDING)
        verdicts = [sold(rig, ask), rig.connector.check(ask), rig.connector.check(ask)]
        assert {verdict.outcome for verdict in verdicts} == {Outcome.PENDING}
        assert {verdict.sn for verdict in verdicts} == {""}

    @pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.FAILED])
    def test_a_check_learns_how_a_waiting_sale_ended(self, rig: Rig, outcome: Outcome) -> None:
        ask = rig.ask("C6")
        rig.will(ask, Outcome.PENDING)
        sold(rig, ask)
        rig.finish(ask, outcome)
        assert rig.connector.check(ask).outcome is outcome
        assert rig.deliveries(ask.reference) == (outcome is Outcome.SUCCEEDED)

    def test_a_check_of_what_never_arrived_never_says_failed(self, rig: Rig) -> None:
        assert rig.connector.check(rig.ask("C7")).outcome is not Outcome.FAILED

    def test_other_content_under_a_used_reference_delivers_nothing_more(self, rig: Rig) -> None:
        ask = rig.ask("C8")
        sold(rig, ask)
        other = dataclasses.replace(ask, destination=rig.ask("C8-other").destination)
        assert other.destination != ask.destination
        assert rig.connector.check(other).outcome is Outcome.PENDING
        assert rig.deliveries(ask.reference) == 1

    def test_an_unknown_product_is_a_definite_no(self, rig: Rig) -> None:
        ask = dataclasses.replace(rig.ask("C9"), supplier_sku="NOSUCHSKU")
        verdict = rig.connector.top_up(ask)
        assert (verdict.outcome, verdict.reason) == (Outcome.FAILED, Reason.PRODUCT)

    def test_a_price_above_the_limit_is_a_definite_no(self, rig: Rig) -> None:
        ask = dataclasses.replace(rig.ask("C10"), max_price=1)
        verdict = rig.connector.top_up(ask)
        assert (verdict.outcome, verdict.reason) == (Outcome.FAILED, Reason.PRICE)
        assert rig.deliveries(ask.reference) == 0

    def test_after_its_last_moment_nothing_is_sent_and_nothing_is_said(self, rig: Rig) -> None:
        """Somebody else may own the sale by now: neither failed nor sent."""
        ask = dataclasses.replace(rig.ask("C11"), not_after=time.monotonic() - 0.001)
        for verdict in (rig.connector.top_up(ask), rig.connector.check(ask)):
            assert (verdict.outcome, verdict.sent) == (Outcome.PENDING, False)
        assert rig.deliveries(ask.reference) == 0

    def test_the_balance_is_whole_rupiah_and_falls_with_a_sale(self, rig: Rig) -> None:
        before = rig.connector.balance()
        verdict = rig.connector.top_up(rig.ask("C12"))
        assert isinstance(before, int)
        assert rig.connector.balance() == before - (verdict.price or 0)

    def test_the_price_list_offers_what_is_sold_at_its_price(self, rig: Rig) -> None:
        ask = rig.ask("C13")
        offers = {offer.sku: offer for offer in rig.connector.price_list()}
        assert offers[ask.supplier_sku].is_open
        assert offers[ask.supplier_sku].price == rig.connector.top_up(ask).price

    def test_no_secret_is_shown(self, rig: Rig) -> None:
        verdict = rig.connector.top_up(rig.ask("C14"))
        assert SECRET_OF_THE_TEST not in repr(verdict)
        assert SECRET_OF_THE_TEST not in repr(vars(rig.connector))


class CallbackContract:
    """For connectors whose supplier calls back."""

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_a_signed_callback_says_what_became_of_the_sale(self, rig: CallbackRig, outcome: Outcome) -> None:
        ask = rig.ask("K1")
        rig.will(ask, Outcome.PENDING)
        rig.connector.top_up(ask)
        headers, body = rig.callback(ask, outcome)
        callback = rig.connector.parse_callback(headers=headers, body=body)
        assert callback is not None
        assert (callback.reference, callback.verdict.outcome) == (ask.reference, outcome)
        assert bool(callback.verdict.sn) is (outcome is Outcome.SUCCEEDED)

    def test_the_same_callback_has_the_same_event_id_and_another_has_not(self, rig: CallbackRig) -> None:
        ask = rig.ask("K2")
        rig.connector.top_up(ask)
        one, other = rig.callback(ask, Outcome.SUCCEEDED), rig.callback(ask, Outcome.FAILED)
        ids = [rig.connector.parse_callback(headers=headers, body=body) for headers, body in (one, one, other)]
        assert [callback and callback.event_id for callback in ids[:2]] == [ids[0] and ids[0].event_id] * 2
        assert ids[2] is not None
        assert ids[0] is not None
        assert ids[2].event_id != ids[0].event_id

    def test_a_changed_body_is_a_bad_signature(self, rig: CallbackRig) -> None:
        ask = rig.ask("K3")
        rig.connector.top_up(ask)
        headers, body = rig.callback(ask, Outcome.SUCCEEDED)
        with pytest.raises(BadSignature):
            rig.connector.parse_callback(headers=headers, body=body + b" ")

    def test_no_signature_is_a_bad_signature(self, rig: CallbackRig) -> None:
        ask = rig.ask("K4")
        rig.connector.top_up(ask)
        _, body = rig.callback(ask, Outcome.SUCCEEDED)
        with pytest.raises(BadSignature):
            rig.connector.parse_callback(headers={}, body=body)

    def test_an_unproven_body_is_not_parsed(self, rig: CallbackRig) -> None:
        with pytest.raises(BadSignature):
            rig.connector.parse_callback(headers={}, body=b"\xff not even JSON")

    @pytest.mark.parametrize(
        "body",
        [b"", b"\xff", b"[]", b"{}", b"null", b'{"data":[]}', b'{"data":{"rc":"00"}}', b'{"data":{"ref_id":7}}'],
    )
    def test_a_proven_callback_that_says_nothing_is_a_bad_callback(self, rig: CallbackRig, body: bytes) -> None:
        with pytest.raises(BadCallback):
            rig.connector.parse_callback(headers=rig.sign(body), body=body)

    def test_deep_nesting_is_a_bad_callback(self, rig: CallbackRig) -> None:
        body = b'{"data":' + b"[" * 100_000
        with pytest.raises(BadCallback):
            rig.connector.parse_callback(headers=rig.sign(body), body=body)

    def test_a_ping_is_no_callback(self, rig: CallbackRig) -> None:
        headers, body = rig.ping()
        assert rig.connector.parse_callback(headers=headers, body=body) is None


BROKEN_ANSWERS = [
    "silence", "cut", "cut_body", "html500", "html200", "empty", "truncated", "wrong_types", "huge", "trickle",
    "trickle_head", "gzip_bomb", "redirect",
]  # fmt: skip


class WireContract:
    """For connectors that speak over HTTP. The rig's deadlines are short."""

    @pytest.mark.parametrize("how", BROKEN_ANSWERS)
    def test_a_broken_answer_is_pending_and_the_check_finds_the_delivery(self, rig: WireRig, how: str) -> None:
        ask = rig.ask("W1")
        rig.break_answers(ask, how)
        for verdict in (rig.connector.top_up(ask), rig.connector.check(ask)):
            assert (verdict.outcome, verdict.sent) == (Outcome.PENDING, True)
            assert len(verdict.raw.encode()) <= 8192
        rig.heal()
        assert checked(rig, ask).outcome is Outcome.SUCCEEDED
        assert rig.deliveries(ask.reference) == 1

    @pytest.mark.parametrize("how", ["html500", "html200", "truncated", "wrong_types", "huge"])
    def test_what_came_instead_of_an_answer_is_kept(self, rig: WireRig, how: str) -> None:
        ask = rig.ask("W2")
        rig.break_answers(ask, how)
        raw = rig.connector.top_up(ask).raw
        assert ("Bad Gateway" if how.startswith("html") else ask.reference) in raw

    def test_a_negative_price_is_no_price(self, rig: WireRig) -> None:
        ask = rig.ask("W3")
        rig.break_answers(ask, "negative_price")
        verdict = sold(rig, ask)
        assert (verdict.outcome, verdict.price) == (Outcome.SUCCEEDED, None)

    def test_a_request_lost_on_its_way_is_pending_and_its_check_buys_once(self, rig: WireRig) -> None:
        ask = rig.ask("W4")
        rig.break_answers(ask, "drop")
        verdict = rig.connector.top_up(ask)
        assert (verdict.outcome, verdict.sent, rig.deliveries(ask.reference)) == (Outcome.PENDING, True, 0)
        rig.heal()
        assert checked(rig, ask).outcome is Outcome.SUCCEEDED
        assert rig.deliveries(ask.reference) == 1

    def test_where_nobody_listens_a_sale_is_certainly_not_sent(self, rig: WireRig) -> None:
        verdict = rig.unreachable().top_up(rig.ask("W5"))
        assert (verdict.outcome, verdict.sent) == (Outcome.FAILED, False)

    def test_a_check_that_was_not_sent_proves_nothing(self, rig: WireRig) -> None:
        verdict = rig.unreachable().check(rig.ask("W6"))
        assert (verdict.outcome, verdict.sent) == (Outcome.PENDING, False)
