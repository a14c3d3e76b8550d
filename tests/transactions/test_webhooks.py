"""Partners are told how their orders end: once, provably, and written with the end itself."""

import base64
import hashlib
import hmac
import json

import pytest
from django.db import transaction
from pytest_django import Settings
from standardwebhooks import Webhook

from portal.lib import tenancy
from tests import factories
from tests.transactions import scripted, webhook_rig
from tests.transactions.webhook_rig import SECRET, Ear, Rig
from transactions import fulfilment, webhook_endpoints, webhooks
from transactions.models import Attempt, DeliveryState, Due, DueKind, HookFormat

pytestmark = pytest.mark.django_db


@pytest.fixture
def rig(settings: Settings) -> Rig:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    return webhook_rig.rig()


@pytest.fixture
def ear():  # type: ignore[no-untyped-def]
    with webhook_rig.listening() as heard:
        yield heard


def test_a_native_endpoint_hears_the_order_as_the_api_shows_it_under_a_valid_signature(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url)
    rig.sold()
    rig.turn()
    (heard,) = ear.heard
    said = Webhook(SECRET).verify(heard.body, heard.headers)
    assert said["type"] == "order.succeeded"
    assert said["data"] == rig.machine.get("orders/A-1/").json()
    row = rig.delivery()
    assert (row.state, row.tries, row.last_status) == (DeliveryState.DELIVERED, 1, 200)
    assert heard.headers["webhook-id"] == row.event_id


def test_a_digiflazz_endpoint_hears_compact_json_under_an_hmac_of_its_bytes(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url, HookFormat.DIGIFLAZZ, secret="mitra-demo-secret")
    rig.sold(code="02")
    rig.turn()
    (heard,) = ear.heard
    proof = hmac.new(b"mitra-demo-secret", heard.body, hashlib.sha1).hexdigest()
    assert heard.headers["x-hub-signature"] == f"sha1={proof}"
    assert (heard.headers["x-digiflazz-event"], heard.headers["user-agent"]) == ("update", "Digiflazz-Hookshot")
    assert len(heard.headers["x-digiflazz-delivery"]) == 36
    said = json.loads(heard.body)
    assert heard.body == json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    data = said["data"]
    assert (data["status"], data["rc"], data["ref_id"], data["price"]) == ("Gagal", "02", "A-1", 10_500)
    assert data["buyer_last_saldo"] == 1_000_000  # the price had come back already


def test_a_change_that_is_rolled_back_tells_nothing(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url)
    order = rig.order()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        rig.end(order)
        raise ZeroDivisionError
    assert rig.deliveries() == []
    assert not Due.objects.filter(kind=DueKind.WEBHOOK).exists()


def test_every_endpoint_is_told_once_however_often_the_verdict_comes(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url)
    rig.endpoint(ear.url, HookFormat.DIGIFLAZZ, secret="another-secret")
    order = rig.sold()
    for _again in range(2):
        rig.turn()
        rig.end(order)
    with tenancy.inside(rig.dealer_id):
        order.refresh_from_db()
        webhooks.tell(order)
    rig.turn()
    assert len(rig.deliveries()) == len(ear.heard) == 2


def test_who_has_no_endpoint_is_told_nothing(rig: Rig) -> None:
    rig.sold()
    assert rig.deliveries() == []


def test_only_the_events_that_an_endpoint_asked_for_come(rig: Rig, ear: Ear) -> None:
    endpoint = rig.endpoint(ear.url)
    with tenancy.inside(rig.dealer_id):
        webhook_endpoints.change(endpoint, url=ear.url, events=("order.failed",), is_open=True)
    rig.sold("A-1", "00")
    rig.sold("A-2", "02")
    assert [row.kind for row in rig.deliveries()] == ["order.failed"]


def test_an_address_that_came_with_the_order_takes_the_place_of_the_digiflazz_endpoint(rig: Rig, ear: Ear) -> None:
    rig.endpoint("https://example.com/x", HookFormat.DIGIFLAZZ, secret="another-secret")
    with tenancy.inside(rig.dealer_id):
        webhook_endpoints.set_partner_secret(rig.machine.partner, HookFormat.DIGIFLAZZ, "mitra-demo-secret")
        webhooks.remember_callback(rig.machine.partner, ref_id="A-1", url=ear.url)
    rig.sold()
    rig.turn()
    (heard,) = ear.heard
    proof = hmac.new(b"mitra-demo-secret", heard.body, hashlib.sha1).hexdigest()
    assert heard.headers["x-hub-signature"] == f"sha1={proof}"
    assert rig.delivery().endpoint is None


def test_an_endpoint_without_its_own_secret_uses_the_partners(rig: Rig, ear: Ear) -> None:
    with tenancy.inside(rig.dealer_id):
        webhook_endpoints.set_partner_secret(rig.machine.partner, HookFormat.NATIVE, SECRET)
        made = webhook_endpoints.add(rig.machine.partner, url=ear.url, how=HookFormat.NATIVE)
    assert made.secret == ""
    rig.sold()
    rig.turn()
    assert Webhook(SECRET).verify(ear.heard[0].body, ear.heard[0].headers)


def test_a_trial_is_told_of_when_it_ends(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url)
    toy = factories.machine(rig.shop.dealer, money=0, username="lain", is_sandbox=True)
    with tenancy.inside(rig.dealer_id):
        webhook_endpoints.add(toy.partner, url=ear.url, how=HookFormat.NATIVE, secret=SECRET)
    toy.orders(ref_id="S-1", destination="081234567234")
    rig.turn()
    assert ear.heard == []
    rig.due_now()
    rig.turn()
    said = json.loads(ear.heard[0].body)
    assert (said["type"], said["data"]["status"], said["data"]["sandbox"]) == ("order.failed", "failed", True)
    toy.orders(ref_id="S-2", destination="081234567241")  # never ends
    assert len(rig.deliveries()) == 1


def test_a_ping_proves_an_endpoint(rig: Rig, ear: Ear) -> None:
    endpoint = rig.endpoint(ear.url, HookFormat.DIGIFLAZZ, secret="mitra-demo-secret")
    with tenancy.inside(rig.dealer_id):
        webhooks.ping(endpoint)
    rig.turn()
    (heard,) = ear.heard
    assert heard.headers["x-digiflazz-event"] == "ping"
    assert set(json.loads(heard.body)) == {"sed", "hook_id", "hook"}
    assert b"mitra-demo-secret" not in heard.body


def test_a_contrary_verdict_after_the_end_tells_nothing_new(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url)
    order = rig.sold()
    with tenancy.inside(rig.dealer_id):
        attempt = Attempt.objects.get(order=order)
    fulfilment.record(rig.dealer_id, attempt.pk, scripted.verdict("02", None), source="callback")
    assert len(rig.deliveries()) == 1


def test_a_native_secret_is_the_base64_of_enough_bytes() -> None:
    for bad in ("geheim", "whsec_", "whsec_!!!", "whsec_é", "whsec_" + base64.b64encode(b"short").decode()):
        with pytest.raises(webhook_endpoints.BadSecret):
            webhook_endpoints.native_key(bad)
