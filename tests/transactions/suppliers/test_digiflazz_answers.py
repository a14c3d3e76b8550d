"""An answer decides only if it fits in every respect; what does not fit is pending, and harmless."""

import dataclasses
import json

import pytest

from tests.portal.servers import RawServer, answering_always
from tests.transactions.suppliers.contract import SECRET_OF_THE_TEST
from tests.transactions.suppliers.digiflazz_rig import DigiflazzRig
from transactions.suppliers.base import BadSignature, Credentials, Outcome
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def rig(simulator: Simulator) -> DigiflazzRig:
    return DigiflazzRig(simulator)


@pytest.mark.parametrize(
    "patch",
    [
        {"status": "Gagal"},
        {"status": "Pending"},
        {"status": ""},
        {"status": None},
        {"status": ["Sukses"]},
        {"ref_id": "somebody else's"},
        {"ref_id": None},
        {"rc": None},
        {"rc": 0},
        {"rc": ["00"]},
        {"rc": ""},
        {"rc": "0" * 50},
        {"rc": "02"},
        {"rc": "02", "status": "Pending"},
    ],
)
def test_an_answer_that_contradicts_itself_is_pending(rig: DigiflazzRig, patch: dict[str, object]) -> None:
    ask = rig.ask("A1")
    rig.simulator.script(number=ask.destination, patch=patch)
    for verdict in (rig.connector.top_up(ask), rig.connector.check(ask)):
        assert (verdict.outcome, verdict.sn) == (Outcome.PENDING, "")


@pytest.mark.parametrize("sn", ["", None, 12345, " \t\n<>"])
def test_a_success_without_a_usable_serial_number_brings_none(rig: DigiflazzRig, sn: object) -> None:
    ask = rig.ask("A1")
    rig.simulator.script(number=ask.destination, patch={"sn": sn})
    assert (rig.connector.top_up(ask).outcome, rig.connector.check(ask).sn) == (Outcome.SUCCEEDED, "")


@pytest.mark.parametrize(
    ("data", "first", "again"),
    [
        ({"rc": "45", "message": "IP Anda tidak kami kenali"}, Outcome.FAILED, Outcome.PENDING),
        ({"rc": "02", "status": "Gagal"}, Outcome.PENDING, Outcome.PENDING),
        ({"rc": "00", "status": "Sukses", "sn": "1234567890123456"}, Outcome.PENDING, Outcome.PENDING),
    ],
)
def test_without_a_reference_only_a_refusal_of_the_request_counts(
    rig: DigiflazzRig, data: dict[str, str], first: Outcome, again: Outcome
) -> None:
    body = json.dumps({"data": data}).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with RawServer(answering_always(answer)) as server:
        connector = Digiflazz(rig.credentials_at(f"http://127.0.0.1:{server.port}/v1"))
        assert connector.top_up(rig.ask("A9")).outcome is first
        assert connector.check(rig.ask("A9")).outcome is again


def test_a_failure_about_another_reference_is_pending(rig: DigiflazzRig) -> None:
    ask = rig.ask("A2")
    rig.simulator.script(number=ask.destination, rc="02", patch={"ref_id": "A3"})
    assert rig.connector.top_up(ask).outcome is Outcome.PENDING


@pytest.mark.parametrize(
    ("price", "understood"),
    [(10_250, 10_250), (10_250.0, 10_250), (0, None), (-1, None), (10**12, None), ("10250", None), (True, None),
     (10_250.5, None), (None, None), ({}, None), (float("nan"), None)],
)  # fmt: skip
def test_a_price_is_whole_positive_rupiah_or_nothing(rig: DigiflazzRig, price: object, understood: int | None) -> None:
    ask = rig.ask("A4")
    rig.simulator.script(number=ask.destination, patch={"price": price})
    verdict = rig.connector.top_up(ask)
    assert (verdict.outcome, verdict.price) == (Outcome.SUCCEEDED, understood)


def test_text_from_outside_is_one_bounded_line_that_a_database_can_store(rig: DigiflazzRig) -> None:
    ask = rig.ask("A5")
    nasty = "a\x00b\r\nc\u202e\ud800" + "x" * 1000
    rig.simulator.script(number=ask.destination, patch={"message": nasty, "sn": f"<b>{nasty}</b>"})
    verdict = rig.connector.top_up(ask)
    for text in (verdict.message, verdict.sn, verdict.raw):
        text.encode()
        assert "\x00" not in text
    assert verdict.message.startswith("a b c ")
    assert (len(verdict.message), len(verdict.sn) <= 200) == (200, True)
    assert "<" not in verdict.sn
    assert "\n" not in verdict.message + verdict.sn


def test_an_echoed_secret_is_masked_in_what_is_kept(rig: DigiflazzRig) -> None:
    ask = rig.ask("A6")
    sign = Digiflazz(rig.credentials)._sign(ask.reference)
    rig.simulator.script(number=ask.destination, patch={"tele": f"{SECRET_OF_THE_TEST} {sign} konter-a"})
    raw = rig.connector.top_up(ask).raw
    assert '"tele":"*** *** ***"' in raw


def test_the_call_carries_the_price_limit_and_where_to_call_back(rig: DigiflazzRig) -> None:
    ask = dataclasses.replace(rig.ask("A7"), callback_url="http://127.0.0.1:9/hooks/", destination="12.34.5001")
    payload = Digiflazz(rig.credentials)._payload(ask)
    assert payload["max_price"] == ask.max_price
    assert payload["cb_url"] == "http://127.0.0.1:9/hooks/"
    assert payload["allow_dot"] is True


def test_the_signature_is_the_documented_md5() -> None:
    account = Credentials(supplier_id=1, dealer_id=1, name="", base_url="", username="user", api_key="key")
    assert Digiflazz(account)._sign("depo") == "e9d1db43a49c569bcc2bc7164cbe6127"


def test_an_account_without_a_secret_believes_no_callback() -> None:
    account = Credentials(supplier_id=1, dealer_id=1, name="", base_url="", username="user", api_key="key")
    empty_key = {"X-Hub-Signature": "sha1=fbdb1d1b18aa6c08324b7d64b71fb76370690e1d"}
    with pytest.raises(BadSignature):
        Digiflazz(account).parse_callback(headers=empty_key, body=b"")


def test_the_delivery_id_of_a_callback_is_its_event_id(rig: DigiflazzRig) -> None:
    ask = rig.ask("A8")
    rig.connector.top_up(ask)
    headers, body = rig.callback(ask, Outcome.SUCCEEDED)
    delivery = "6f1c2d1e-8c77-4c53-9d0f-000000000001"
    callback = rig.connector.parse_callback(headers={**headers, "X-DIGIFLAZZ-DELIVERY": delivery}, body=body)
    assert callback is not None
    assert callback.event_id == delivery
