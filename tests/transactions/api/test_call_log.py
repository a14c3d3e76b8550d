"""Partners' calls are written down for both sides: taken or refused, in both dialects, and never in the way."""

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dealers import call_log, partners
from dealers.models import PartnerCall
from dealers.partners import Terms
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop

pytestmark = pytest.mark.django_db(transaction=True)
TOP_UP = "/h2h/digiflazz/v1/transaction"


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


def rows(shop: Shop) -> list[PartnerCall]:
    with tenancy.inside(shop.dealer.pk):
        return list(PartnerCall.objects.order_by("pk"))


def row(shop: Shop) -> PartnerCall:
    (found,) = rows(shop)
    return found


def top_up(machine: Machine, *, key: str = "", **fields: Any) -> Any:
    name = machine.partner.username
    sign = hashlib.md5(f"{name}{key or machine.key}D-1".encode(), usedforsecurity=False).hexdigest()
    body = {"username": name, "sign": sign, "ref_id": "D-1", "buyer_sku_code": "tsel10", "customer_no": "081234567890"}
    return Client().post(TOP_UP, {**body, **fields}, content_type="application/json")


def allow_only(machine: Machine, address: str) -> None:
    with tenancy.inside(machine.partner.dealer_id):
        partners.agree(machine.partner, Terms(tier="partner", daily_cap=None, addresses=(address,)))


def test_an_order_by_the_native_api(shop: Shop, machine: Machine) -> None:
    answer = machine.client.post(
        "/api/v1/orders/",
        {"ref_id": "A-1", "sku": "TSEL10", "destination": "081234567890"},
        content_type="application/json",
        headers={"X-Request-Id": "request-of-mine"},
    )
    assert answer.status_code == 201
    found = row(shop)
    with tenancy.inside(shop.dealer.pk):
        key = machine.partner.keys.get()
    assert (found.partner_id, found.key_name, found.is_sandbox) == (machine.partner.pk, key.name, False)
    assert (found.dialect, found.method, found.path) == ("native", "POST", "/api/v1/orders/")
    assert (found.ref_id, found.status, found.code) == ("A-1", 201, "")
    assert (found.address, found.request_id) == ("127.0.0.1", "request-of-mine")
    assert '"destination": "0812****890"' in found.request
    assert "0812345" not in found.request + found.answer
    assert answer.json()["code"] in found.answer


def test_a_top_up_in_the_digiflazz_dialect_with_its_rc(shop: Shop, machine: Machine) -> None:
    assert top_up(machine).status_code == 200
    found = row(shop)
    assert (found.dialect, found.path, found.ref_id, found.status, found.code) == (
        "digiflazz",
        TOP_UP,
        "D-1",
        200,
        "03",
    )
    assert hashlib.md5(f"{machine.partner.username}{machine.key}D-1".encode()).hexdigest() not in found.request
    assert "0812****890" in found.request


def test_a_ref_id_that_is_sent_as_a_number_is_found_too(shop: Shop, machine: Machine) -> None:
    top_up(machine, ref_id=4711)
    assert row(shop).ref_id == "4711"


def test_a_problem_is_written_with_its_code(shop: Shop, machine: Machine) -> None:
    machine.post("orders/", {"ref_id": "A-1", "sku": "NICHTS", "destination": "081234567890"})
    assert (row(shop).status, row(shop).code) == (422, "unknown_sku")


def test_a_number_in_the_address_is_cut_too(shop: Shop, machine: Machine) -> None:
    machine.get("brands/detect/", number="081234567890")
    assert row(shop).path == "/api/v1/brands/detect/?number=0812****890"


def test_an_order_that_is_read_has_its_ref_id_from_the_address(shop: Shop, machine: Machine) -> None:
    machine.get("orders/A-9/")
    assert (row(shop).ref_id, row(shop).status, row(shop).code) == ("A-9", 404, "not_found")


def test_an_address_that_may_not_call_is_written_in_both_dialects(shop: Shop, machine: Machine) -> None:
    allow_only(machine, "203.0.113.7")
    machine.get("balance/")
    top_up(machine)
    native, digiflazz = rows(shop)
    assert (native.status, native.code, native.address) == (403, "address_not_allowed", "127.0.0.1")
    assert (digiflazz.status, digiflazz.code, digiflazz.address) == (400, "45", "127.0.0.1")


def test_a_sign_of_another_key_is_written_without_the_name_of_a_key(shop: Shop, machine: Machine) -> None:
    top_up(machine, key="wrong")
    found = row(shop)
    assert (found.status, found.code, found.key_name) == (400, "41", "")


def test_calls_of_nobody_known_are_not_written(shop: Shop, machine: Machine) -> None:
    assert Client(headers={"Authorization": "Bearer nobody"}).get("/api/v1/balance/").status_code == 401
    assert top_up(machine, username="nobody").status_code == 400
    assert rows(shop) == []


def test_a_call_over_the_limit_is_written(shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transactions.api.bounds.CALLS_PER_MINUTE", 1)
    assert [machine.get("balance/").status_code, machine.get("balance/").status_code] == [200, 429]
    assert [each.code for each in rows(shop)] == ["", "too_many_requests"]


def test_of_what_is_refused_only_so_much_is_written(
    shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_log, "REFUSALS_PER_MINUTE", 2)
    allow_only(machine, "203.0.113.7")
    for _ in range(4):
        machine.get("balance/")
    assert len(rows(shop)) == 2


def test_a_log_that_cannot_be_written_breaks_no_call(
    shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_log, "_NOTE", "SELECT no_such_function(" + ", ".join(["%s"] * 15) + ")")
    assert machine.get("balance/").status_code == 200
    assert top_up(machine).status_code == 200
    assert rows(shop) == []


def test_what_is_said_for_one_transaction_holds_for_no_other(shop: Shop, machine: Machine) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        machine.get("balance/")
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('app.dealer', true)")
        assert cursor.fetchone() == ("on", "")
        cursor.execute("RESET synchronous_commit")
    assert len(rows(shop)) == 1


def test_a_partner_sees_its_own_calls_alone(shop: Shop, machine: Machine) -> None:
    other = factories.machine(shop.dealer, username="mitra-lain")
    machine.orders()
    other.get("balance/")
    own = other.get("calls/").json()["results"]
    assert [each["path"] for each in own] == ["/api/v1/balance/"]


def test_a_partner_reads_its_calls_with_every_key_and_by_pages(shop: Shop, machine: Machine) -> None:
    machine.orders()
    machine.get("balance/")
    with tenancy.inside(shop.dealer.pk):
        trying = partners.issue(machine.partner, by=None, is_sandbox=True).plain
    client = Client(headers={"Authorization": f"Bearer {trying}"})
    first = client.get("/api/v1/calls/", {"limit": "1"}).json()
    rest = client.get("/api/v1/calls/", {"cursor": first["next"]}).json()
    shown = [(each["method"], each["path"], each["sandbox"]) for each in first["results"] + rest["results"]]
    assert shown == [("GET", "/api/v1/balance/", False), ("POST", "/api/v1/orders/", False)]
    assert rest["next"] is None


def test_calls_are_found_by_ref_id_status_and_day(shop: Shop, machine: Machine) -> None:
    machine.orders()
    machine.get("orders/B-7/")
    for wanted, found in (
        ({"ref_id": "A-1"}, [201]),
        ({"status": "404"}, [404]),
        ({"dialect": "digiflazz"}, []),
        ({"date": "2020-01-31"}, []),
    ):
        assert [each["status"] for each in machine.get("calls/", **wanted).json()["results"]] == found
    assert machine.get("calls/", status="99").status_code == 422


def test_reading_the_log_keeps_no_copy_of_the_log(shop: Shop, machine: Machine) -> None:
    machine.get("balance/")
    machine.get("calls/")
    assert [each.answer != "" for each in rows(shop)] == [True, False]
