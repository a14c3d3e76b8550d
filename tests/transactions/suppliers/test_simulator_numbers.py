"""The last three digits of the destination decide, as the demo and the sandbox promise."""

import dataclasses
import json
import queue
import re
import threading
import time
from collections.abc import Iterator

import pytest

from portal.lib import outbound
from tests.transactions.suppliers.digiflazz_rig import DigiflazzRig
from tests.transactions.suppliers.receiver import Receiver
from transactions.suppliers.base import Outcome, TopUp
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.simulator import Simulator
from transactions.suppliers.simulator.scripts import BY_SUFFIX, Plan


@pytest.fixture
def rig(simulator: Simulator) -> DigiflazzRig:
    rig = DigiflazzRig(simulator)
    rig.connector = Digiflazz(dataclasses.replace(rig.credentials, call_seconds=8, check_seconds=8))
    return rig


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def to(rig: DigiflazzRig, suffix: str, receiver: Receiver | None = None) -> TopUp:
    return dataclasses.replace(
        rig.ask(f"N{suffix}"), destination=f"081234567{suffix}", callback_url=receiver.url if receiver else ""
    )


def second_account(rig: DigiflazzRig) -> Digiflazz:
    account = rig.simulator.account("konter-b")
    return Digiflazz(dataclasses.replace(rig.credentials, username=account.username, api_key=account.api_key))


@pytest.mark.parametrize("suffix", ["000", "231", "999"])
def test_any_other_number_succeeds_at_once_with_a_serial_of_16_to_20_digits(rig: DigiflazzRig, suffix: str) -> None:
    verdict = rig.connector.top_up(to(rig, suffix))
    assert verdict.outcome is Outcome.SUCCEEDED
    assert re.fullmatch(r"\d{16,20}", verdict.sn)


def test_232_fails_with_rc_02(rig: DigiflazzRig) -> None:
    verdict = rig.connector.top_up(to(rig, "232"))
    assert (verdict.outcome, verdict.rc) == (Outcome.FAILED, "02")


@pytest.mark.parametrize(("suffix", "rc"), [("233", "00"), ("234", "02")])
def test_233_and_234_are_pending_and_told_after_two_seconds(
    rig: DigiflazzRig, receiver: Receiver, suffix: str, rc: str
) -> None:
    began = time.monotonic()
    assert rig.connector.top_up(to(rig, suffix, receiver)).outcome is Outcome.PENDING
    told = receiver.next()
    assert told.data["rc"] == rc
    assert 1.9 < time.monotonic() - began < 5


def test_240_is_delivered_although_the_connection_is_cut(rig: DigiflazzRig) -> None:
    ask = to(rig, "240")
    assert (rig.connector.top_up(ask).rc, rig.deliveries(ask.reference)) == ("no_answer", 1)
    assert rig.connector.check(ask).outcome is Outcome.SUCCEEDED


def test_241_stays_pending(rig: DigiflazzRig) -> None:
    ask = to(rig, "241")
    assert rig.connector.top_up(ask).outcome is rig.connector.check(ask).outcome is Outcome.PENDING
    assert rig.deliveries(ask.reference) == 0


def test_242_says_500_in_html_at_first_and_success_on_the_re_send(rig: DigiflazzRig) -> None:
    ask = to(rig, "242")
    verdict = rig.connector.top_up(ask)
    assert (verdict.outcome, verdict.raw[:8]) == (Outcome.PENDING, "HTTP 500")
    assert "<html>" in verdict.raw
    assert rig.connector.check(ask).outcome is Outcome.SUCCEEDED
    assert rig.deliveries(ask.reference) == 1


def test_243_answers_success_after_45_seconds(rig: DigiflazzRig, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BY_SUFFIX["243"] == Plan(ends_after=45.0, answer_waits=True)
    monkeypatch.setitem(BY_SUFFIX, "243", Plan(ends_after=0.4, answer_waits=True))
    began = time.monotonic()
    assert rig.connector.top_up(to(rig, "243")).outcome is Outcome.SUCCEEDED
    assert 0.4 <= time.monotonic() - began < 5


def test_a_late_answer_that_nobody_waits_for_is_delivered_all_the_same(
    rig: DigiflazzRig, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BY_SUFFIX, "243", Plan(ends_after=0.6, answer_waits=True, callbacks=("00",)))
    ask = to(rig, "243", receiver)
    impatient = Digiflazz(dataclasses.replace(rig.credentials, call_seconds=0.2))
    assert impatient.top_up(ask).outcome is Outcome.PENDING
    assert rig.connector.check(ask).rc == "03"
    receiver.next()
    assert rig.connector.check(ask).outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize(("suffix", "rc"), [("244", "53"), ("246", "69")])
def test_244_and_246_are_refused_by_the_first_account_asked_and_delivered_by_another(
    rig: DigiflazzRig, suffix: str, rc: str
) -> None:
    ask = to(rig, suffix)
    verdict = rig.connector.top_up(ask)
    assert (verdict.outcome, verdict.rc) == (Outcome.FAILED, rc)
    other = dataclasses.replace(ask, reference=f"{ask.reference}-2")
    assert second_account(rig).top_up(other).outcome is Outcome.SUCCEEDED
    assert rig.connector.top_up(dataclasses.replace(ask, reference=f"{ask.reference}-3")).rc == rc


def test_245_is_told_as_success_twice_and_then_as_failed(rig: DigiflazzRig, receiver: Receiver) -> None:
    ask = to(rig, "245", receiver)
    assert rig.connector.top_up(ask).outcome is Outcome.PENDING
    assert [receiver.next().data["rc"] for _ in range(3)] == ["00", "00", "02"]
    assert rig.deliveries(ask.reference) == 1


def test_247_is_told_before_the_answer(rig: DigiflazzRig) -> None:
    answers: queue.Queue[object] = queue.Queue()
    with Receiver() as receiver:
        ask = to(rig, "247", receiver)
        call = threading.Thread(target=lambda: answers.put(rig.connector.top_up(ask)))
        call.start()
        receiver.next()
        ((_, end),) = rig.simulator.requests(ask.reference)
        assert end == 0.0
        call.join(8)
    assert answers.get_nowait()
    ((start, end),) = rig.simulator.requests(ask.reference)
    assert start < end


@pytest.mark.parametrize(("number", "rc"), [("087800001230", "00"), ("087800001232", "02"), ("087800001233", "03")])
def test_the_documented_sandbox_numbers_work(rig: DigiflazzRig, number: str, rc: str) -> None:
    ask = dataclasses.replace(rig.ask("S1"), supplier_sku="xld10", destination=number)
    payload = Digiflazz(rig.credentials)._payload(ask) | {"testing": True}
    data = json.loads(outbound.post_json(f"{rig.simulator.url}/transaction", payload).body)["data"]
    assert data["rc"] == rc
    assert data["sn"] == ("1234567890" if rc == "00" else "")


def test_a_token_has_number_name_tariff_power_and_kwh(rig: DigiflazzRig) -> None:
    ask = dataclasses.replace(rig.ask("P1"), supplier_sku="PLN50", destination="12345678901", max_price=60_000)
    sn = rig.connector.top_up(ask).sn
    assert re.fullmatch(r"(\d{4}-){4}\d{4}/BUDI SANTOSO/R1/1300VA/33,3", sn)
