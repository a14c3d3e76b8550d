"""Every documented response code, on the first answer, on a re-send and in a callback.

The lists are written out here a second time, from the Digiflazz buyer API documentation, so that the
table cannot be its own judge.
"""

import dataclasses
import json

import pytest

from tests.transactions.suppliers.digiflazz_rig import DigiflazzRig
from transactions.suppliers import digiflazz_codes
from transactions.suppliers.base import Outcome, Reason
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.digiflazz_codes import CODES
from transactions.suppliers.simulator import Simulator

_WITH_RECORD = "00 01 02 03 50 51 52 53 54 55 57 58 59 60 70 71 72 73 74 84 99"
_WITHOUT_RECORD = "40 41 42 43 44 45 47 49 61 62 63 64 66 67 68 69 80 81 82 83 85 86 87 88"
WITH_RECORD, WITHOUT_RECORD = _WITH_RECORD.split(), _WITHOUT_RECORD.split()
DOCUMENTED = WITH_RECORD + WITHOUT_RECORD
NOT_FINAL_AT_FIRST = {"03", "85", "99"}
DECIDES_AGAIN = set(WITH_RECORD) - {"50", "84", "85", "03", "99"}


def due_at_first(rc: str) -> Outcome:
    if rc == "00":
        return Outcome.SUCCEEDED
    return Outcome.PENDING if rc in NOT_FINAL_AT_FIRST else Outcome.FAILED


def due_again(rc: str) -> Outcome:
    return due_at_first(rc) if rc in DECIDES_AGAIN else Outcome.PENDING


@pytest.fixture
def rig(simulator: Simulator) -> DigiflazzRig:
    rig = DigiflazzRig(simulator)
    long_enough = dataclasses.replace(rig.credentials, call_seconds=10, check_seconds=10)
    rig.connector = Digiflazz(long_enough)
    return rig


def test_the_table_has_exactly_the_documented_codes() -> None:
    assert sorted(CODES) == sorted(DOCUMENTED)
    assert {rc for rc, code in CODES.items() if code.has_record} == set(WITH_RECORD)


@pytest.mark.parametrize("rc", DOCUMENTED)
def test_on_the_first_answer_all_but_three_codes_are_final(rig: DigiflazzRig, rc: str) -> None:
    ask = rig.ask(f"A{rc}")
    rig.simulator.script(number=ask.destination, rc=rc)
    verdict = rig.connector.top_up(ask)
    assert (verdict.rc, verdict.outcome, verdict.reason) == (rc, due_at_first(rc), CODES[rc].reason)


@pytest.mark.parametrize("rc", DOCUMENTED)
def test_on_a_re_send_only_codes_about_the_record_decide(rig: DigiflazzRig, rc: str) -> None:
    ask = rig.ask(f"B{rc}")
    rig.simulator.script(number=ask.destination, answer="cut", on="first")
    rig.simulator.script(number=ask.destination, rc=rc, on="again")
    rig.connector.top_up(ask)
    verdict = rig.connector.check(ask)
    assert (verdict.rc, verdict.outcome) == (rc, due_again(rc))


@pytest.mark.parametrize("rc", DOCUMENTED)
def test_a_callback_decides_like_a_re_send(rig: DigiflazzRig, rc: str) -> None:
    ask = rig.ask(f"D{rc}")
    rig.connector.top_up(ask)
    body = rig.simulator.callback_body(ask.reference, rc)
    callback = rig.connector.parse_callback(headers=rig.sign(body), body=body)
    assert callback is not None
    assert callback.verdict.outcome is due_again(rc)


@pytest.mark.parametrize("rc", ["98", "A1", "1234"])
def test_an_unknown_code_is_pending(rig: DigiflazzRig, rc: str) -> None:
    ask = rig.ask(f"E{rc}")
    rig.simulator.script(number=ask.destination, patch={"rc": rc, "status": "Gagal"})
    for verdict in (rig.connector.top_up(ask), rig.connector.check(ask)):
        assert (verdict.outcome, verdict.rc, verdict.reason) == (Outcome.PENDING, rc, Reason.NO_ANSWER)


@pytest.mark.parametrize("rc", DOCUMENTED)
def test_every_code_has_words_for_staff_and_public_and_none_names_our_account_to_the_public(rc: str) -> None:
    assert str(digiflazz_codes.staff_text(rc))
    public = str(digiflazz_codes.public_text(rc)).lower()
    assert public
    assert not any(word in public for word in ("saldo", "signature", "pemasok", "akun", "limit"))


@pytest.mark.parametrize("rc", ["zz", *digiflazz_codes.OWN_WORDS])
def test_what_has_no_code_of_the_supplier_has_words_too(rc: str) -> None:
    assert str(digiflazz_codes.staff_text(rc))
    assert str(digiflazz_codes.public_text(rc))


def test_a_refusal_as_http_400_and_as_http_200_is_the_same(rig: DigiflazzRig) -> None:
    verdicts = []
    for always_200 in (False, True):
        rig.simulator.script(settings="konter-a", always_200=always_200)
        ask = rig.ask(f"F{always_200}")
        rig.simulator.script(number=ask.destination, rc="44")
        verdicts.append(rig.connector.top_up(ask))
    assert [verdict.raw.split("\n")[0] for verdict in verdicts] == ["HTTP 400", "HTTP 200"]
    assert {(verdict.outcome, verdict.rc) for verdict in verdicts} == {(Outcome.FAILED, "44")}


def test_a_poll_too_early_does_not_fail_a_sale_that_is_delivered(rig: DigiflazzRig) -> None:
    rig.simulator.script(settings="konter-a", poll_seconds=60)
    ask = rig.ask("G1")
    rig.will(ask, Outcome.PENDING)
    rig.connector.top_up(ask)
    early = rig.connector.check(ask)
    assert (early.outcome, early.rc) == (Outcome.PENDING, "85")
    rig.finish(ask, Outcome.SUCCEEDED)
    assert rig.connector.check(ask).outcome is Outcome.SUCCEEDED


def test_the_signature_of_our_account_is_demanded(rig: DigiflazzRig) -> None:
    stranger = dataclasses.replace(rig.credentials, api_key="another key", call_seconds=10)
    verdict = Digiflazz(stranger).top_up(rig.ask("H1"))
    assert (verdict.outcome, verdict.rc, verdict.reason) == (Outcome.FAILED, "41", Reason.SUPPLIER_ACCOUNT)
    assert json.loads(verdict.raw.split("\n", 1)[1])["data"]["rc"] == "41"
