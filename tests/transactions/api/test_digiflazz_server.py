"""A client of the Digiflazz buyer API sells through a dealer by changing one address."""

import hashlib
import json
import time
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from dealers import partners
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from transactions import fulfilment, states
from transactions.models import Brand, Order, Product, Transfer, WebhookDelivery
from transactions.suppliers.base import Credentials, Outcome, Reason, TopUp, Verdict
from transactions.suppliers.digiflazz import Digiflazz

pytestmark = pytest.mark.django_db
BASE = "/h2h/digiflazz/v1/"


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


def call(machine: Machine, path: str, salt: str, **fields: Any) -> tuple[int, Any]:
    """Status, and what stands in `data`."""
    given = fields.pop("key", machine.key)
    name = str(fields.pop("username", machine.partner.username))
    sign = hashlib.md5(f"{name}{given}{salt}".encode(), usedforsecurity=False).hexdigest()
    answer: Any = Client().post(
        f"{BASE}{path}", {"username": name, "sign": sign, **fields}, content_type="application/json"
    )
    return answer.status_code, answer.json()["data"]


def top_up(machine: Machine, ref: str = "D-1", **fields: Any) -> tuple[int, Any]:
    given: dict[str, Any] = {"buyer_sku_code": "tsel10", "customer_no": "081234567890", "ref_id": ref, **fields}
    return call(machine, "transaction", ref, **given)


def ends(shop: Shop, verdict: Verdict) -> None:
    """The supplier says how the only order ended."""
    with tenancy.inside(shop.dealer.pk):
        order = Order.objects.get()
        step = fulfilment.decide(states.lock(shop.dealer.pk, order.pk))
    assert step is not None
    fulfilment.record(shop.dealer.pk, step.attempt_id, verdict, source="answer")


def test_a_sale_is_pending_first_and_the_same_request_says_how_it_ended(shop: Shop, machine: Machine) -> None:
    status, said = top_up(machine)
    assert status == 200
    assert said == {
        "ref_id": "D-1",
        "customer_no": "081234567890",
        "buyer_sku_code": "TSEL10",
        "message": "Transaksi Pending",
        "status": "Pending",
        "rc": "03",
        "sn": "",
        "buyer_last_saldo": 989_500,
        "price": 10_500,
    }
    ends(shop, Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn="0031889077", raw="{}"))
    _status, said = top_up(machine)
    assert (said["status"], said["rc"], said["sn"], said["buyer_last_saldo"]) == ("Sukses", "00", "0031889077", 989_500)
    assert call(machine, "transaction", "D-1", commands="status-pasca", ref_id="D-1")[1]["rc"] == "00"
    with tenancy.inside(shop.dealer.pk):
        assert Transfer.objects.filter(reference__endswith=":hold").count() == 1


@pytest.mark.parametrize(("rc", "said"), [("54", "54"), ("44", "02"), ("45", "02"), ("x9", "02")])
def test_a_failure_that_speaks_of_our_account_is_none_of_the_partners_business(
    shop: Shop, machine: Machine, rc: str, said: str
) -> None:
    top_up(machine)
    ends(shop, Verdict(outcome=Outcome.FAILED, rc=rc, reason=Reason.OTHER, raw="{}"))
    _status, answer = top_up(machine)
    assert (answer["status"], answer["rc"], answer["buyer_last_saldo"]) == ("Gagal", said, 1_000_000)


@pytest.mark.parametrize(
    ("fields", "rc", "status"),
    [
        ({"buyer_sku_code": "nope"}, "43", 400),
        ({"max_price": 10_499}, "69", 400),
        ({"customer_no": "0812"}, "57", 200),
        ({"customer_no": "0212345678"}, "54", 200),
        ({"customer_no": "081512345678"}, "52", 200),
        ({"customer_no": ""}, "40", 400),
        ({"max_price": "viel"}, "40", 400),
        ({"customer_no": ["0812"]}, "40", 400),
        ({"buyer_sku_code": "a\x00b"}, "40", 400),
        ({"username": "a\x00b"}, "42", 400),
        ({"commands": "inq-pasca"}, "43", 400),
        ({"commands": "status-pasca", "ref_id": "D-1"}, "50", 200),
        ({"username": "niemand"}, "42", 400),
        ({"key": "falsch"}, "41", 400),
    ],
)
def test_refusals_come_in_the_protocols_words(
    shop: Shop, machine: Machine, fields: dict[str, Any], rc: str, status: int
) -> None:
    got, said = top_up(machine, **fields)
    assert (got, said["rc"], said["status"]) == (status, rc, "Gagal")
    with tenancy.inside(shop.dealer.pk):
        assert not Order.objects.exists()


def test_a_client_that_cannot_read_a_400_always_gets_200(shop: Shop, machine: Machine) -> None:
    with tenancy.inside(shop.dealer.pk):
        partners.agree(machine.partner, partners.Terms(tier="partner", daily_cap=None, always_200=True))
    assert top_up(machine, buyer_sku_code="nope") == (
        200,
        {
            "ref_id": "D-1",
            "customer_no": "081234567890",
            "buyer_sku_code": "nope",
            "message": "SKU tidak ditemukan atau non-aktif",
            "status": "Gagal",
            "rc": "43",
            "sn": "",
            "price": 0,
        },
    )


def test_the_same_ref_id_with_other_content_is_rc_49(machine: Machine) -> None:
    top_up(machine)
    assert top_up(machine, customer_no="081234567891")[1]["rc"] == "49"
    assert top_up(machine, buyer_sku_code="lain")[1]["rc"] == "49"


def test_an_order_may_bring_the_address_where_its_end_is_told(shop: Shop, machine: Machine, settings: Settings) -> None:
    settings.OUTBOUND_ALLOW_NETWORKS = []
    assert top_up(machine, cb_url="http://127.0.0.1/x")[1]["rc"] == "40"
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    top_up(machine, cb_url="http://127.0.0.1:9/ends")
    ends(shop, Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn="77", raw="{}"))
    with tenancy.inside(shop.dealer.pk):
        told = WebhookDelivery.objects.get()
    assert told.url == "http://127.0.0.1:9/ends"
    assert json.loads(told.body)["data"]["sn"] == "77"


def test_a_deposit_that_does_not_suffice_is_rc_44(shop: Shop) -> None:
    poor = factories.machine(shop.dealer, money=10)
    assert top_up(poor)[1]["rc"] == "44"


def test_what_existing_clients_send_is_taken(machine: Machine) -> None:
    odd: dict[str, Any] = {
        "msg": "x",
        "testing": False,
        "cb_url": "",
        "allow_dot": True,
        "max_price": "99000",
        "code": "",
    }
    assert top_up(machine, **odd)[1]["rc"] == "03"
    for fields in ({}, {"cmd": "deposit"}, {"cmd": "odd", "name": "x"}):
        assert call(machine, "cek-saldo", "depo", **fields) == (200, {"deposit": 989_500})
    assert call(machine, "cek-saldo/", "depo")[0] == 200


def test_the_price_list_has_filters_and_the_whole_of_it_comes_once_in_five_minutes(
    shop: Shop, machine: Machine
) -> None:
    _status, rows = call(machine, "price-list", "pricelist", cmd="prepaid", brand="telkomsel", code="")
    assert [(row["buyer_sku_code"], row["price"], row["brand"], row["multi"]) for row in rows] == [
        ("TSEL10", 10_500, "TELKOMSEL", True)
    ]
    assert call(machine, "price-list", "pricelist", code="LAIN") == (200, [])
    assert call(machine, "price-list", "pricelist", cmd="pasca") == (200, [])
    assert len(call(machine, "price-list", "pricelist")[1]) == 1
    status, said = call(machine, "price-list", "pricelist")
    assert (status, said["rc"]) == (400, "83")
    other = factories.machine(shop.dealer, username="lain")
    assert len(call(other, "price-list", "pricelist")[1]) == 1


def test_testing_moves_no_money_and_knows_the_documented_numbers(shop: Shop, machine: Machine) -> None:
    product = factories.product(shop.dealer, shop.supplier, sku="xld10")
    with tenancy.inside(shop.dealer.pk):
        Product.objects.filter(pk=product.pk).update(brand=Brand.objects.get(code="XL"))
    said = {
        end: top_up(machine, f"T-{end}", buyer_sku_code="xld10", customer_no=f"0878000{end}", testing=True)[1]
        for end in ("01230", "01232", "01233", "01234")
    }
    assert [(each["status"], each["rc"]) for each in said.values()] == [
        ("Sukses", "00"),
        ("Gagal", "02"),
        ("Pending", "03"),
        ("Pending", "03"),
    ]
    assert said["01230"]["sn"]
    assert call(machine, "cek-saldo", "depo")[1]["deposit"] == 1_000_000
    with tenancy.inside(shop.dealer.pk):
        assert not Order.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'"x"', b"1", b"[" * 100_000])
def test_what_is_no_call_is_rc_40(body: bytes) -> None:
    answer: Any = Client().post(f"{BASE}transaction", body, content_type="application/json")
    assert (answer.status_code, answer.json()["data"]["rc"]) == (400, "40")


def test_answers_are_compact_and_in_raw_utf_8(shop: Shop, machine: Machine) -> None:
    with tenancy.inside(shop.dealer.pk):
        Product.objects.filter(pk=shop.product.pk).update(name="Paket é/1")
    sign = hashlib.md5(f"mitra{machine.key}pricelist".encode(), usedforsecurity=False).hexdigest()
    sent = json.dumps({"username": "mitra", "sign": sign.upper(), "brand": "TELKOMSEL"})
    answer = Client().post(f"{BASE}price-list", sent, content_type="")
    assert "Paket é/1".encode() in answer.content
    assert b'","' in answer.content


@pytest.mark.django_db(transaction=True)
def test_our_own_client_of_the_protocol_buys_and_reads(live_server: LiveServer, settings: Settings) -> None:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    shop = factories.shop(money=0)
    machine = factories.machine(shop.dealer)
    connector = Digiflazz(
        Credentials(
            supplier_id=1,
            dealer_id=1,
            name="peer",
            base_url=f"{live_server.url}{BASE}".rstrip("/"),
            username="mitra",
            api_key=machine.key,
        )
    )
    ask = TopUp(
        reference="P-1",
        supplier_sku="TSEL10",
        destination="081234567890",
        max_price=11_000,
        not_after=time.monotonic() + 30,
    )
    first = connector.top_up(ask)
    assert (first.outcome, first.rc) == (Outcome.PENDING, "03")
    ends(shop, Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn="77", raw="{}"))
    assert (connector.check(ask).outcome, connector.check(ask).sn) == (Outcome.SUCCEEDED, "77")
    assert connector.balance() == 989_500
    assert [offer.sku for offer in connector.price_list()] == ["TSEL10"]


@pytest.mark.parametrize("path", ["", "cek-saldoo", "transaction/x", "a%0Ab"])
def test_an_address_that_is_none_is_said_in_the_protocols_words(path: str) -> None:
    answer: Any = Client().post(f"{BASE}{path}", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["data"]["rc"]) == (404, "40")
