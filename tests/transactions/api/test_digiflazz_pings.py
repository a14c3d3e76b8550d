"""A client of the Digiflazz protocol has its hook pinged by its id alone, and nobody can do harm with that."""

import hmac
import json
from hashlib import sha1
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from dealers import partners
from portal.lib import tenancy
from tests.transactions import webhook_rig
from tests.transactions.webhook_rig import Rig
from transactions import webhook_endpoints
from transactions.api.digiflazz import pings
from transactions.models import HookFormat

pytestmark = pytest.mark.django_db
SECRET = "mitra-demo-secret"


@pytest.fixture
def rig(settings: Settings) -> Rig:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    return webhook_rig.rig()


def ping(code: str) -> tuple[int, Any]:
    """As clients send it: an empty body, no content type, no sign."""
    answer: Any = Client().generic("POST", f"/h2h/digiflazz/v1/report/hooks/{code}/pings", b"", content_type="")
    return answer.status_code, answer.json()


def test_a_ping_is_sent_bare_and_signed_to_the_hook_and_answered_with_its_id(rig: Rig) -> None:
    with webhook_rig.listening() as ear:
        hook = rig.endpoint(ear.url, HookFormat.DIGIFLAZZ, SECRET)
        status, said = ping(hook.code)
        rig.turn()
    (heard,) = ear.heard
    sent = json.loads(heard.body)
    assert (status, said["sed"], said["hook_id"]) == (200, "Konter", hook.code)
    assert (heard.headers["x-digiflazz-event"], heard.headers["user-agent"]) == ("ping", "Digiflazz-Hookshot")
    assert (sent["hook_id"], sent["hook"]["url"], sent["hook"]["status"]) == (hook.code, ear.url, 1)
    expected = hmac.new(SECRET.encode(), heard.body, sha1).hexdigest()
    assert heard.headers["x-hub-signature"] == f"sha1={expected}"


def test_who_only_knows_an_id_learns_nothing_else(rig: Rig) -> None:
    hook = rig.endpoint("http://127.0.0.1:9/mine", HookFormat.DIGIFLAZZ, SECRET)
    _status, said = ping(hook.code)
    assert said == {
        "sed": "Konter",
        "hook_id": hook.code,
        "hook": {"url": "***", "secret": "***", "type": "application/json", "status": 1},
    }


def test_a_hook_is_pinged_a_few_times_a_minute_and_no_more(rig: Rig) -> None:
    hook = rig.endpoint("http://127.0.0.1:9/", HookFormat.DIGIFLAZZ, SECRET)
    statuses = [ping(hook.code)[0] for _n in range(pings.PINGS_PER_MINUTE + 1)]
    assert statuses == [200] * pings.PINGS_PER_MINUTE + [429]
    assert len(rig.deliveries()) == pings.PINGS_PER_MINUTE


def test_what_is_no_hook_of_this_protocol_is_not_there(rig: Rig) -> None:
    native = rig.endpoint("http://127.0.0.1:9/")
    removed = rig.endpoint("http://127.0.0.1:9/", HookFormat.DIGIFLAZZ, SECRET)
    with tenancy.inside(rig.dealer_id):
        webhook_endpoints.remove(removed)
    for code in (native.code, removed.code, "nichts"):
        status, said = ping(code)
        assert (status, said["data"]["rc"]) == (404, "50")
    assert rig.deliveries() == []


def test_a_closed_partners_hook_is_silent(rig: Rig) -> None:
    hook = rig.endpoint("http://127.0.0.1:9/", HookFormat.DIGIFLAZZ, SECRET)
    with tenancy.inside(rig.dealer_id):
        partners.close(rig.machine.partner, by=rig.shop.customer)
    assert ping(hook.code)[0] == 404
    assert rig.deliveries() == []
