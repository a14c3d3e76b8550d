"""The simulator refuses, signs and tells as the documented supplier does."""

import dataclasses
import hashlib
import hmac
import json
from typing import Any

import pytest

from portal.lib import outbound
from tests.transactions.suppliers.contract import SECRET_OF_THE_TEST
from tests.transactions.suppliers.digiflazz_rig import DigiflazzRig
from tests.transactions.suppliers.receiver import Receiver
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def rig(simulator: Simulator) -> DigiflazzRig:
    return DigiflazzRig(simulator)


def post(rig: DigiflazzRig, path: str, payload: object) -> tuple[int, Any]:
    response = outbound.post_json(f"{rig.simulator.url}/{path}", payload)
    return response.status, json.loads(response.body)["data"]


def signed(salt: str, **fields: object) -> dict[str, object]:
    sign = hashlib.md5(f"konter-a{SECRET_OF_THE_TEST}{salt}".encode()).hexdigest()
    return {"username": "konter-a", "sign": sign, **fields}


@pytest.mark.parametrize(
    ("change", "rc"),
    [
        ({"username": "nobody"}, "42"),
        ({"sign": "0" * 32}, "41"),
        ({"buyer_sku_code": "NOSUCH"}, "43"),
        ({"max_price": 100}, "69"),
        ({"customer_no": ""}, "40"),
        ({"customer_no": 812}, "40"),
    ],
)
def test_a_request_without_a_record_is_refused_with_400_and_its_code(
    rig: DigiflazzRig, change: dict[str, object], rc: str
) -> None:
    ask = rig.ask("Q1")
    status, data = post(rig, "transaction", {**Digiflazz(rig.credentials)._payload(ask), **change})
    assert (status, data["rc"], data["status"]) == (400, rc, "Gagal")
    assert rig.deliveries("Q1") == 0


def test_what_is_no_json_is_a_payload_error(rig: DigiflazzRig) -> None:
    assert post(rig, "cek-saldo", [1])[1]["rc"] == "40"


def test_a_used_reference_with_other_content_is_refused(rig: DigiflazzRig) -> None:
    ask = rig.ask("Q2")
    payload = Digiflazz(rig.credentials)._payload(ask)
    post(rig, "transaction", payload)
    for change in ({"customer_no": "081299999001"}, {"buyer_sku_code": "TSEL20", "max_price": 99_999}):
        assert post(rig, "transaction", payload | change)[1]["rc"] == "49"
    assert post(rig, "transaction", payload | {"buyer_sku_code": "tsel10"})[1]["rc"] == "00"


def test_without_balance_nothing_is_sold_and_a_failed_sale_costs_nothing(rig: DigiflazzRig) -> None:
    rig.simulator.script(settings="konter-a", balance=15_000)
    failing = rig.ask("Q3")
    rig.simulator.script(number=failing.destination, fate="fail")
    rig.connector.top_up(failing)
    assert rig.connector.balance() == 15_000
    assert rig.connector.top_up(rig.ask("Q4")).rc == "00"
    assert rig.connector.top_up(rig.ask("Q5")).rc == "44"


def test_a_deposit_ticket_asks_for_some_rupiah_more(rig: DigiflazzRig) -> None:
    status, data = post(rig, "deposit", signed("deposit", amount=500_000, Bank="BCA", owner_name="Konter"))
    assert (status, data["rc"]) == (200, "00")
    assert 500_000 < data["amount"] < 501_000


def test_the_price_list_can_be_filtered_and_has_no_bills(rig: DigiflazzRig) -> None:
    _, axis = post(rig, "price-list", signed("pricelist", cmd="prepaid", brand="axis", category="Pulsa", code=""))
    assert {line["brand"] for line in axis} == {"AXIS"}
    assert len(axis) == 10
    assert post(rig, "price-list", signed("pricelist", cmd="pasca"))[1] == []


def test_a_callback_is_compact_json_signed_over_its_bytes(rig: DigiflazzRig) -> None:
    with Receiver() as receiver:
        ask = dataclasses.replace(rig.ask("Q6"), destination="081234567233", callback_url=receiver.url)
        rig.connector.top_up(ask)
        told = receiver.next()
    digest = hmac.new(f"{SECRET_OF_THE_TEST}-too".encode(), told.body, hashlib.sha1).hexdigest()
    assert told.headers["x-hub-signature"] == f"sha1={digest}"
    assert told.headers["user-agent"] == "Digiflazz-Hookshot"
    assert told.headers["x-digiflazz-event"] == "update"
    assert len(told.headers["x-digiflazz-delivery"]) == 36
    assert told.body == json.dumps(json.loads(told.body), separators=(",", ":"), ensure_ascii=False).encode()
    callback = rig.connector.parse_callback(headers=told.headers, body=told.body)
    assert callback is not None
    assert callback.event_id == told.headers["x-digiflazz-delivery"]


def test_a_callback_is_repeated_under_the_same_id_until_it_is_accepted(rig: DigiflazzRig) -> None:
    with Receiver(503, 500) as receiver:
        rig.simulator.script(settings="konter-a", hook_url=receiver.url)
        rig.connector.top_up(dataclasses.replace(rig.ask("Q7"), destination="081234567233"))
        told = [receiver.next() for _ in range(3)]
    assert len({one.headers["x-digiflazz-delivery"] for one in told}) == 1


def test_the_log_has_reference_number_and_time_of_every_delivery(rig: DigiflazzRig) -> None:
    ask = rig.ask("Q8")
    rig.connector.top_up(ask)
    log = json.loads(outbound.get(rig.simulator.url.removesuffix("/v1") + "/log").body)
    assert [sorted(line) for line in log] == [["delivered_at", "number", "ref"]]
    assert (log[0]["ref"], log[0]["number"]) == ("Q8", ask.destination)


def test_a_test_can_script_it_from_another_process(rig: DigiflazzRig) -> None:
    ask = rig.ask("Q9")
    base = rig.simulator.url.removesuffix("/v1")
    assert outbound.post_json(f"{base}/script", {"number": ask.destination, "rc": "44", "times": 1}).status == 200
    assert rig.connector.top_up(ask).rc == "44"
    assert rig.connector.top_up(ask).rc == "00"
    assert outbound.post_json(f"{base}/script", {"answer": "no such thing"}).status == 400
    assert len(json.loads(outbound.get(f"{base}/requests?ref=Q9").body)) == 2
