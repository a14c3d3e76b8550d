"""A partner's machine places orders: once per ref_id, at its price, within its bounds, and sees only its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from dealers import partners
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from transactions import fulfilment, states
from transactions.models import Order, Status, Transfer
from transactions.suppliers.base import Outcome, Reason, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


def balance(machine: Machine) -> int:
    return int(machine.get("balance/").json()["balance"])


def orders_of(shop: Shop) -> list[Order]:
    with tenancy.inside(shop.dealer.pk):
        return list(Order.objects.filter(dealer=shop.dealer))


def test_a_new_order_is_paid_from_the_deposit_at_the_partners_price(shop: Shop, machine: Machine) -> None:
    answer = machine.orders()
    assert answer.status_code == 201
    said = answer.json()
    assert (said["ref_id"], said["status"], said["price"]) == ("A-1", "paid", 10_500)
    assert (said["sku"], said["destination"]) == ("TSEL10", "081234567890")
    assert balance(machine) == 1_000_000 - 10_500
    assert [order.code for order in orders_of(shop)] == [said["code"]]
    assert answer["RateLimit-Limit"] == "1200"
    assert answer["X-Request-Id"]


def test_the_same_again_is_the_same_order_however_it_is_spelled(shop: Shop, machine: Machine) -> None:
    first = machine.orders()
    again = machine.orders(destination="+62 812-3456-7890", sku="tsel10", max_price=99_000)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (len(orders_of(shop)), balance(machine)) == (1, 989_500)


@pytest.mark.parametrize("other", [{"destination": "081234567891"}, {"sku": "GONE"}, {"destination": "12"}])
def test_the_same_ref_id_with_other_content_is_refused_with_the_order_that_it_is(
    machine: Machine, other: dict[str, str]
) -> None:
    first = machine.orders().json()
    answer = machine.orders(**other)
    assert (answer.status_code, answer.json()["code"], answer.json()["order"]) == (409, "ref_id_reused", first["code"])
    assert balance(machine) == 989_500


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"max_price": 10_499}, 409, "price_above_max"),
        ({"sku": "NOPE"}, 422, "unknown_sku"),
        ({"destination": "0812"}, 422, "bad_destination"),
        ({"destination": "081512345678"}, 422, "wrong_brand"),
        ({"ref_id": ""}, 422, "invalid"),
        ({"ref_id": "a b"}, 422, "invalid"),
        ({"ref_id": "x" * 65}, 422, "invalid"),
        ({"max_price": 0}, 422, "invalid"),
        ({"max_price": "viel"}, 422, "invalid"),
        ({"max_price": "12000"}, 422, "invalid"),
        ({"max_price": True}, 422, "invalid"),
        ({"ref_id": "A-1 "}, 422, "invalid"),
        ({"sku": None}, 422, "invalid"),
    ],
)
def test_what_cannot_be_bought_is_said_and_costs_nothing(
    shop: Shop, machine: Machine, fields: dict[str, object], status: int, code: str
) -> None:
    answer = machine.orders(**fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert (orders_of(shop), balance(machine)) == ([], 1_000_000)


def test_a_deposit_that_does_not_suffice_buys_nothing(shop: Shop) -> None:
    poor = factories.machine(shop.dealer, money=10_499)
    answer = poor.orders()
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_balance")
    assert balance(poor) == 10_499


def test_the_daily_cap_holds_for_what_has_not_failed(shop: Shop, machine: Machine) -> None:
    with tenancy.inside(shop.dealer.pk):
        partners.agree(machine.partner, partners.Terms(tier="partner", daily_cap=21_000))
    codes = [machine.orders(ref_id=f"C-{n}").status_code for n in range(3)]
    assert codes == [201, 201, 402]
    assert machine.orders(ref_id="C-2").json()["code"] == "daily_cap_reached"
    assert machine.orders(ref_id="C-0").status_code == 200


def test_a_failed_order_gives_the_money_back_and_says_why(shop: Shop, machine: Machine) -> None:
    machine.orders()
    order = orders_of(shop)[0]
    with tenancy.inside(shop.dealer.pk):
        step = fulfilment.decide(states.lock(shop.dealer.pk, order.pk))
    assert step is not None
    verdict = Verdict(outcome=Outcome.FAILED, rc="54", reason=Reason.WRONG_NUMBER, raw="{}")
    fulfilment.record(shop.dealer.pk, step.attempt_id, verdict, source="answer")
    said = machine.get("orders/A-1/").json()
    assert (said["status"], said["rc"], said["reason"]) == ("failed", "54", "wrong_number")
    assert balance(machine) == 1_000_000


def test_a_batch_answers_each_line_on_its_own(shop: Shop, machine: Machine) -> None:
    line = {"sku": "TSEL10", "destination": "081234567890"}
    sent = [{**line, "ref_id": "B-1"}, {**line, "ref_id": "B-2", "sku": "NOPE"}, {**line, "ref_id": "B-1"}, "x"]
    answer = machine.post("orders/batch/", {"orders": sent})
    assert [each["status"] for each in answer.json()["results"]] == [201, 422, 200, 422]
    assert answer.json()["results"][1]["problem"]["code"] == "unknown_sku"
    assert (len(orders_of(shop)), balance(machine)) == (1, 989_500)


def test_a_batch_holds_fifty_orders(machine: Machine) -> None:
    answer = machine.post("orders/batch/", {"orders": [{}] * 51})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "orders")


def test_a_body_over_64_kilobytes_and_no_json_are_refused(machine: Machine) -> None:
    assert machine.orders(note="x" * 70_000).status_code == 413
    for body in ("{", "[]", "7", '{"ref_id": NaN}', b"\xff"):
        assert machine.client.post("/api/v1/orders/", body, content_type="application/json").status_code in {400, 422}
    assert machine.client.post("/api/v1/orders/", {"ref_id": "A"}).status_code == 415


@pytest.mark.parametrize("ref", ["a%00b", "a%2Fb", "x" * 65, "%F0%9F%98%80", "%FF"])
def test_what_can_be_no_ref_id_is_not_found(machine: Machine, ref: str) -> None:
    answer = machine.client.get(f"/api/v1/orders/{ref}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_one_partner_never_sees_the_other(shop: Shop, machine: Machine) -> None:
    other = factories.machine(shop.dealer, username="lain")
    mine = machine.orders().json()
    assert other.get("orders/A-1/").status_code == 404
    theirs = other.orders().json()
    assert theirs["code"] != mine["code"]
    assert mine["code"] not in other.get("statements/").content.decode()
    elsewhere = factories.machine(factories.shop(slug="sana", money=0).dealer, username="jauh")
    assert elsewhere.get("orders/A-1/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_one_order_and_one_charge() -> None:
    shop = factories.shop(money=0)
    machine = factories.machine(shop.dealer)

    def place(_n: int) -> int:
        try:
            return int(machine.orders().status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(place, range(20)))
    assert statuses == [200] * 19 + [201]
    with tenancy.inside(shop.dealer.pk):
        assert Order.objects.count() == 1
        assert Transfer.objects.filter(reference__endswith=":hold").count() == 1
    assert balance(machine) == 989_500


def test_a_sandbox_key_moves_no_money_and_ends_as_the_number_says(shop: Shop) -> None:
    toy = factories.machine(shop.dealer, money=0, is_sandbox=True)
    good, bad, slow = (
        toy.orders(ref_id=ref, destination=number).json()
        for ref, number in (("S-1", "081234567890"), ("S-2", "081234567232"), ("S-3", "081234567241"))
    )
    assert [each["status"] for each in (good, bad, slow)] == ["succeeded", "failed", "processing"]
    assert (good["sandbox"], bool(good["sn"]), bad["rc"], slow["sn"]) == (True, True, "02", "")
    again = toy.orders(ref_id="S-1")
    assert (again.status_code, again.json()) == (200, good)
    assert toy.orders(ref_id="S-1", destination="081234567891").status_code == 409
    assert (orders_of(shop), balance(toy)) == ([], 10_000_000)
    with tenancy.inside(shop.dealer.pk):
        assert not Transfer.objects.filter(order_id__isnull=False).exists()


def test_a_key_for_reading_buys_nothing_and_an_unknown_one_hears_why(shop: Shop, machine: Machine) -> None:
    reader = factories.machine(shop.dealer, username="baca", scopes=("read",))
    answer = reader.orders()
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    with tenancy.inside(shop.dealer.pk):
        partners.rotate(machine.partner.keys.get(), overlap=timedelta(0), by=None)
    late = machine.orders()
    assert (late.status_code, late.json()["code"], late["WWW-Authenticate"]) == (
        401,
        "unauthenticated",
        'Bearer realm="Konter"',
    )
    assert Status.PAID not in {order.status for order in orders_of(shop)}
