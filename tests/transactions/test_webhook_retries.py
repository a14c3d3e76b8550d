"""What an endpoint does not accept is tried again, later and later, and given up; a silent endpoint is paused."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from portal.lib import tenancy
from tests.transactions import webhook_rig
from tests.transactions.webhook_rig import Ear, Rig
from transactions import queue, webhook_calls, webhook_endpoints, webhooks
from transactions.models import DeliveryState, Due, DueKind, Task, TaskKind, WebhookEndpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def rig(settings: Settings) -> Rig:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    return webhook_rig.rig()


@pytest.fixture
def ear():  # type: ignore[no-untyped-def]
    with webhook_rig.listening() as heard:
        heard.status = 500
        yield heard


def wait_of() -> float:
    """Seconds until the only webhook is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM due_at - now()) FROM due WHERE kind = 'webhook'")
        (seconds,) = cursor.fetchone()
    return float(seconds)


def test_the_pauses_are_those_of_the_schedule_and_then_it_is_given_up(
    rig: Rig, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_calls, "PAUSED_AFTER", timedelta(days=30))
    rig.endpoint(ear.url)
    rig.sold()
    for number, pause in enumerate(webhook_calls.PAUSES, start=1):
        rig.due_now()
        rig.turn()
        assert rig.delivery().tries == number
        assert 0.89 <= wait_of() / pause.total_seconds() <= 1.11
    rig.due_now()
    rig.turn()
    row = rig.delivery()
    assert (row.state, row.tries, row.last_status) == (DeliveryState.GIVEN_UP, 10, 500)
    assert not Due.objects.filter(kind=DueKind.WEBHOOK).exists()
    assert len({heard.headers["webhook-id"] for heard in ear.heard}) == 1
    assert sum(webhook_calls.PAUSES, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize(("status", "header", "least"), [(503, "120", 119), (429, "", 59), (502, "", 59)])
def test_an_endpoint_that_asks_for_time_gets_it(rig: Rig, ear: Ear, status: int, header: str, least: int) -> None:
    ear.status, ear.answer_headers = status, {"retry-after": header} if header else {}
    rig.endpoint(ear.url)
    rig.sold()
    rig.turn()
    assert wait_of() > least


def test_a_redirect_is_a_failure_and_is_not_followed(rig: Rig, ear: Ear) -> None:
    with webhook_rig.listening() as other:
        ear.status, ear.answer_headers = 307, {"location": other.url}
        rig.endpoint(ear.url)
        rig.sold()
        rig.turn()
        assert other.heard == []
    assert (rig.delivery().state, rig.delivery().last_status) == (DeliveryState.PENDING, 307)


def test_what_an_endpoint_answers_is_kept_masked_and_short(rig: Rig, ear: Ear) -> None:
    ear.answer = b'{"phone":"081234567890","password":"geheim1"}' + b"x" * 20_000
    rig.endpoint(ear.url)
    rig.sold()
    rig.turn()
    kept = rig.delivery().last_answer
    assert len(kept) <= 8 * 1024
    assert "081234567890" not in kept
    assert "geheim1" not in kept


def test_an_endpoint_that_accepted_nothing_for_a_day_is_paused_and_resumes_with_what_waited(rig: Rig, ear: Ear) -> None:
    endpoint = rig.endpoint(ear.url)
    rig.sold()
    rig.turn()
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=True):
        rig.due_now()
        rig.turn()
        with tenancy.inside(rig.dealer_id):
            endpoint.refresh_from_db()
            assert endpoint.paused_at is not None
            assert Task.objects.get(kind=TaskKind.WEBHOOK).subject == endpoint.code
        rig.sold("A-2")
        assert not Due.objects.filter(kind=DueKind.WEBHOOK).exists()
        ear.status = 200
        with tenancy.inside(rig.dealer_id):
            webhook_endpoints.resume(endpoint)
            assert Task.objects.get(kind=TaskKind.WEBHOOK).closed_at is not None
        rig.turn()
        assert [row.state for row in rig.deliveries()] == [DeliveryState.DELIVERED] * 2


def test_an_answer_of_gone_pauses_at_once(rig: Rig, ear: Ear) -> None:
    ear.status = 410
    rig.endpoint(ear.url)
    rig.sold()
    rig.turn()
    with tenancy.inside(rig.dealer_id):
        assert WebhookEndpoint.objects.get().paused_at is not None


def test_an_accepted_delivery_ends_the_count_of_silence(rig: Rig, ear: Ear) -> None:
    endpoint = rig.endpoint(ear.url)
    rig.sold()
    rig.turn()
    ear.status = 204
    rig.due_now()
    rig.turn()
    with tenancy.inside(rig.dealer_id):
        endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_a_private_address_is_refused_at_the_send_too(rig: Rig, ear: Ear, settings: Settings) -> None:
    rig.endpoint(ear.url)
    rig.sold()
    settings.OUTBOUND_ALLOW_NETWORKS = []
    rig.turn()
    assert ear.heard == []
    assert rig.delivery().last_error.startswith("ForbiddenAddress")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://10.0.0.8/",
        "ftp://example.com/",
        "http://localhost/",
        "https://example.com/" + "x" * 500,
    ],
)
def test_a_private_or_malformed_address_is_refused_at_the_save(settings: Settings, url: str) -> None:
    settings.OUTBOUND_ALLOW_NETWORKS = []
    with pytest.raises(webhooks.BadUrl):
        webhooks.check_url(url)


def test_what_was_sent_and_not_recorded_is_sent_again_under_the_same_id(rig: Rig, ear: Ear) -> None:
    ear.status = 200
    rig.endpoint(ear.url)
    rig.sold()
    (call,) = webhook_calls.decide(webhook_calls.claim(5))
    call.run()  # and the process dies here
    assert webhook_calls.claim(5) == []  # its lease still stands
    with connection.cursor() as cursor:
        cursor.execute("UPDATE due SET lease_until = now() - interval '1 second'")
    rig.turn()
    first, second = ear.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert rig.delivery().state == DeliveryState.DELIVERED


def test_a_lane_has_two_calls_under_way_and_no_more(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url)
    for number in range(5):
        rig.sold(f"A-{number}")
    calls = webhook_calls.decide(webhook_calls.claim(10))
    assert sorted(len(call.letters) for call in calls) == [2, 3]
    rig.sold("A-6")
    assert webhook_calls.claim(10) == []


def test_one_that_does_not_answer_keeps_the_rest_of_its_call_for_later(rig: Rig) -> None:
    rig.endpoint("http://127.0.0.1:1/")
    for number in range(4):
        rig.sold(f"A-{number}")
    rig.turn()
    assert sorted(row.tries for row in rig.deliveries()) == [0, 0, 1, 1]


def test_what_was_given_up_can_be_told_again(rig: Rig, ear: Ear) -> None:
    endpoint = rig.endpoint(ear.url)
    rig.sold()
    with tenancy.inside(rig.dealer_id):
        endpoint.deliveries.update(state=DeliveryState.GIVEN_UP, tries=10)
        Due.objects.filter(kind=DueKind.WEBHOOK).delete()
        assert webhook_endpoints.replay_failed(endpoint) == 1
    ear.status = 200
    rig.turn()
    row = rig.delivery()
    assert (row.state, row.tries) == (DeliveryState.DELIVERED, 1)
    with tenancy.inside(rig.dealer_id):
        webhook_endpoints.replay(row)
    rig.turn()
    assert len({heard.headers["webhook-id"] for heard in ear.heard}) == 1
    assert len(ear.heard) == 2


def test_a_partner_has_five_endpoints_at_most(rig: Rig, ear: Ear) -> None:
    made = [rig.endpoint(ear.url) for _n in range(5)]
    with pytest.raises(webhook_endpoints.TooMany):
        rig.endpoint(ear.url)
    with tenancy.inside(rig.dealer_id):
        webhook_endpoints.remove(made[0])
    rig.endpoint(ear.url)


def test_webhooks_are_not_among_the_work_that_orders_wait_for(rig: Rig, ear: Ear) -> None:
    rig.endpoint(ear.url)
    rig.sold()
    assert DueKind.WEBHOOK not in {held.kind for held in queue.claim(50)}
