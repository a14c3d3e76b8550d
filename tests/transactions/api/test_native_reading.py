"""What a partner's machine reads: products with an ETag, whose number it is, its deposit's day; and how it signs."""

import hmac
import json
import time
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from transactions import pricing
from transactions.models import Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


def signed(machine: Machine, method: str, path: str, body: bytes = b"", **more: str) -> Any:
    stamp = str(int(time.time()))
    message = f"{stamp}.{method}.{path}.".encode() + body
    headers = {
        "Konter-Key": machine.partner.username,
        "Konter-Timestamp": stamp,
        "Konter-Signature": "v1=" + hmac.new(machine.key.encode(), message, sha256).hexdigest(),
        **more,
    }
    return Client(headers=headers).generic(method, path, body, content_type="application/json")


def test_products_come_at_the_partners_price_and_only_when_they_changed(shop: Shop, machine: Machine) -> None:
    first = machine.get("products/")
    (row,) = first.json()["results"]
    assert (row["sku"], row["price"], row["is_open"], first.json()["next"]) == ("TSEL10", 10_500, True, None)
    unchanged = machine.client.get("/api/v1/products/", headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    with tenancy.inside(shop.dealer.pk):
        pricing.set_price(shop.product, tier=Tier.PARTNER, amount=10_600, actor=None)
    changed = machine.client.get("/api/v1/products/", headers={"If-None-Match": first["ETag"]})
    assert changed.json()["results"][0]["price"] == 10_600


def test_products_come_in_pages(shop: Shop, machine: Machine) -> None:
    for nominal in (15_000, 20_000):
        factories.product(shop.dealer, shop.supplier, sku=f"TSEL{nominal // 1000}", nominal=nominal)
    first = machine.get("products/", limit="2").json()
    rest = machine.get("products/", limit="2", cursor=first["next"]).json()
    assert [row["sku"] for row in first["results"] + rest["results"]] == ["TSEL10", "TSEL15", "TSEL20"]
    assert rest["next"] is None
    assert machine.get("products/", limit="101").status_code == 422
    assert machine.get("products/", brand="isat").json()["results"] == []


@pytest.mark.django_db(transaction=True)  # told when a transaction ends
def test_changes_are_told_once_in_their_order_and_at_the_partners_price(shop: Shop, machine: Machine) -> None:
    known = machine.get("products/changes/").json()["version"]
    with tenancy.inside(shop.dealer.pk):
        pricing.set_price(shop.product, tier=Tier.PARTNER, amount=10_700, actor=None)
        pricing.set_price(shop.product, tier=Tier.RETAIL, amount=12_000, actor=None)
    said = machine.get("products/changes/", since=str(known)).json()
    assert [(each["kind"], each["sku"], each["old"], each["new"]) for each in said["results"]] == [
        ("price_up", "TSEL10", 10_500, 10_700)
    ]
    assert said["more"] is False
    nothing = machine.get("products/changes/", since=str(said["version"])).json()
    assert (nothing["results"], nothing["version"]) == ([], said["version"])
    assert machine.get("products/changes/", since="-1").status_code == 422


def test_whose_number_it_is(machine: Machine) -> None:
    assert machine.get("brands/detect/", number="+62 812 3456 7890").json() == {
        "number": "081234567890",
        "brand": "TSEL",
        "name": "Telkomsel",
    }
    assert machine.get("brands/detect/", number="12").json()["code"] == "bad_destination"
    assert machine.get("brands/detect/").status_code == 422


def test_the_days_statement_adds_up(machine: Machine) -> None:
    machine.orders(ref_id="S-1")
    machine.orders(ref_id="S-2")
    said = machine.get("statements/").json()
    assert [(line["kind"], line["ref_id"], line["amount"]) for line in said["results"]] == [
        ("deposit", None, 1_000_000),
        ("order", "S-1", -10_500),
        ("order", "S-2", -10_500),
    ]
    assert (said["opening"], said["closing"]) == (0, 979_000)
    assert sum(line["amount"] for line in said["results"]) == said["closing"] - said["opening"]
    assert machine.get("statements/", date="2020-01-01").json()["results"] == []
    assert machine.get("statements/", date="gestern").status_code == 422


@pytest.mark.parametrize("by", ["query", "header"])
def test_the_days_statement_comes_as_csv_too(machine: Machine, by: str) -> None:
    factories.fund_partner(machine.partner, 1_000_000)
    for number in range(103):
        machine.orders(ref_id="=S" if number == 0 else f"S-{number}")
    how = {"format": "csv"} if by == "query" else {}
    headers = {} if by == "query" else {"Accept": "text/csv"}
    answer = machine.client.get("/api/v1/statements/", how, headers=headers)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "at,kind,reference,order,ref_id,amount,balance"
    assert len(lines) == 1 + 2 + 103
    assert lines[3].endswith(",'=S,-10500,1989500")


def test_a_statement_in_no_known_form_is_not_found(machine: Machine) -> None:
    answer = machine.get("statements/", format="xml")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_signed_order_needs_no_nonce_because_a_repeat_is_the_same_order(machine: Machine) -> None:
    body = json.dumps({"ref_id": "N-1", "sku": "TSEL10", "destination": "081234567890"}).encode()
    assert [signed(machine, "POST", "/api/v1/orders/", body).status_code for _ in range(2)] == [201, 200]


def test_a_signature_covers_path_query_and_body(machine: Machine) -> None:
    assert signed(machine, "GET", "/api/v1/products/?limit=1").status_code == 200
    path, body = "/api/v1/orders/", b'{"ref_id":"N-2","sku":"TSEL10","destination":"081234567890"}'
    stamp = str(int(time.time()))
    message = f"{stamp}.POST.{path}.".encode() + body
    headers = {
        "Konter-Key": "mitra",
        "Konter-Timestamp": stamp,
        "Konter-Signature": "v1=" + hmac.new(machine.key.encode(), message, sha256).hexdigest(),
    }
    changed = body.replace(b"7890", b"7891")
    forged: Any = Client(headers=headers).generic("POST", path, changed, content_type="application/json")
    assert (forged.status_code, forged.json()["code"]) == (401, "unauthenticated")


def test_everything_below_the_api_speaks_json(machine: Machine) -> None:
    for answer in (
        machine.get("nothing/"),
        Client().get("/api/v1/balance/"),
        Client().get("/api/v1/orders/x/y/"),
        Client().get("/api/v1/a%0Ab/"),
    ):
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].startswith("urn:konter:problem:")
    assert Client().get("/api/v1/schema/").status_code == 200
