"""A partner's machine minds its own webhooks: endpoints, what was told, tests and replays."""

import json

import pytest
from django.test import Client
from pytest_django import Settings

from portal.lib import tenancy
from tests import factories
from tests.factories import Machine
from tests.transactions import webhook_rig
from tests.transactions.api.test_native_reading import signed
from tests.transactions.webhook_rig import Rig
from transactions.models import DeliveryState, WebhookDelivery, WebhookEndpoint

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def rig(settings: Settings) -> Rig:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    return webhook_rig.rig()


def add(machine: Machine, **fields: object) -> dict[str, object]:
    answer = machine.post("webhooks/", {"url": URL, **fields})
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def test_a_secret_that_is_made_is_shown_once_and_serves_the_next_endpoint_too(rig: Rig) -> None:
    first, second = add(rig.machine), add(rig.machine)
    assert str(first["secret"]).startswith("whsec_")
    assert second["secret"] == ""
    listed = rig.machine.get("webhooks/").json()["results"]
    assert [each["code"] for each in listed] == [first["code"], second["code"]]
    assert "secret" not in listed[0]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"url": "http://10.0.0.1/"}, 422, "bad_url"),
        ({"url": "kein"}, 422, "bad_url"),
        ({"url": ""}, 422, "invalid"),
        ({"secret": "short"}, 422, "bad_secret"),
        ({"secret": 1_234_567_890, "format": "digiflazz"}, 422, "invalid"),
        ({"format": "xml"}, 422, "invalid"),
        ({"events": []}, 422, "invalid"),
        ({"events": ["order.lost"]}, 422, "invalid"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(rig: Rig, fields: dict[str, object], status: int, code: str) -> None:
    answer = rig.machine.post("webhooks/", {"url": URL, **fields})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    with tenancy.inside(rig.dealer_id):
        assert not WebhookEndpoint.objects.exists()


def test_the_sixth_endpoint_is_refused(rig: Rig) -> None:
    for _n in range(5):
        add(rig.machine)
    answer = rig.machine.post("webhooks/", {"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_endpoints")


def test_an_endpoint_is_changed_and_removed(rig: Rig) -> None:
    path = f"/api/v1/webhooks/{add(rig.machine)['code']}/"
    changed = rig.machine.client.patch(path, {"events": ["order.failed"]}, content_type="application/json")
    assert (changed.status_code, changed.json()["events"], changed.json()["url"]) == (200, ["order.failed"], URL)
    assert rig.machine.client.patch(path, {"url": "http://[::1]/"}, content_type="application/json").status_code == 422
    for word in ("yes", "true", 1):
        said = rig.machine.client.patch(path, {"is_open": word}, content_type="application/json")
        assert said.status_code == 422
    assert rig.machine.client.delete(path).status_code == 204
    assert rig.machine.client.delete(path).status_code == 404
    assert rig.machine.get("webhooks/").json()["results"] == []


def test_a_signed_change_is_taken_once_and_not_without_a_nonce(rig: Rig) -> None:
    body = json.dumps({"url": URL}).encode()
    path = "/api/v1/webhooks/"
    statuses = [
        signed(rig.machine, "POST", path, body, **nonce).status_code
        for nonce in ({}, {"Konter-Nonce": "n-1"}, {"Konter-Nonce": "n-1"})
    ]
    assert statuses == [401, 201, 401]
    with tenancy.inside(rig.dealer_id):
        assert WebhookEndpoint.objects.count() == 1


def test_a_test_is_written_sent_and_found_among_the_deliveries(rig: Rig) -> None:
    with webhook_rig.listening() as ear:
        made = add(rig.machine, url=ear.url)
        answer = rig.machine.post(f"webhooks/{made['code']}/test/", {})
        assert (answer.status_code, answer.json()["state"]) == (202, "pending")
        rig.turn()
        assert len(ear.heard) == 1
    (listed,) = rig.machine.get("webhooks/deliveries/").json()["results"]
    assert (listed["type"], listed["state"], listed["endpoint"]) == ("ping", "delivered", made["code"])


def test_deliveries_come_in_pages_newest_first(rig: Rig) -> None:
    add(rig.machine)
    for number in range(3):
        rig.sold(f"A-{number}")
    first = rig.machine.get("webhooks/deliveries/", limit="2").json()
    assert [each["ref_id"] for each in first["results"]] == ["A-2", "A-1"]
    rest = rig.machine.get("webhooks/deliveries/", limit="2", cursor=str(first["next"])).json()
    assert ([each["ref_id"] for each in rest["results"]], rest["next"]) == (["A-0"], None)
    assert rig.machine.get("webhooks/deliveries/", limit="101").status_code == 422


def test_one_delivery_and_all_that_failed_are_sent_again(rig: Rig) -> None:
    code = add(rig.machine)["code"]
    for number in range(2):
        rig.sold(f"A-{number}")
    with tenancy.inside(rig.dealer_id):
        WebhookDelivery.objects.update(state=DeliveryState.GIVEN_UP)
    pk = rig.deliveries()[0].pk
    one = rig.machine.post(f"webhooks/deliveries/{pk}/replay/", {})
    assert (one.status_code, one.json()["state"]) == (202, "pending")
    rest = rig.machine.post(f"webhooks/{code}/replay/", {})
    assert (rest.status_code, rest.json()) == (202, {"count": 1})


def test_nobody_else_sees_or_touches_them(rig: Rig) -> None:
    code = add(rig.machine)["code"]
    rig.sold()
    pk = rig.delivery().pk
    neighbour = factories.machine(rig.shop.dealer, username="tetangga")
    stranger = factories.machine(factories.shop(money=0).dealer, username="jauh")
    for other in (neighbour, stranger):
        assert other.get("webhooks/").json()["results"] == []
        assert other.get("webhooks/deliveries/").json()["results"] == []
        assert other.get("webhooks/deliveries/", endpoint=str(code)).json()["results"] == []
        assert other.post(f"webhooks/deliveries/{pk}/replay/", {}).status_code == 404
        for action in ("test", "replay", "resume"):
            assert other.post(f"webhooks/{code}/{action}/", {}).status_code == 404
        assert other.client.delete(f"/api/v1/webhooks/{code}/").status_code == 404


def test_a_key_without_the_scope_sees_none(rig: Rig) -> None:
    reader = factories.machine(rig.shop.dealer, username="baca", scopes=("read", "buy"))
    assert reader.get("webhooks/").json()["code"] == "scope_missing"
    assert Client().get("/api/v1/webhooks/").status_code == 401


@pytest.mark.parametrize("path", ["webhooks/a%00b/test/", "webhooks/deliveries/9999999999999999999999/replay/"])
def test_an_address_that_names_nothing_is_not_there(rig: Rig, path: str) -> None:
    assert rig.machine.post(path, {}).status_code == 404


def test_what_is_known_of_the_network_is_not_told(rig: Rig) -> None:
    add(rig.machine)
    rig.sold()
    rig.turn()
    (listed,) = rig.machine.get("webhooks/deliveries/").json()["results"]
    assert (listed["last_error"], listed["last_status"], listed["tries"]) == ("NotSent", None, 1)
