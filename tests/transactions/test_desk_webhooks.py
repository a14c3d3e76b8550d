"""The desk sees what partners were told, sends it again, and resumes an address that was stopped."""

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import webhook_rig
from tests.transactions.desk_rig import Desk
from tests.transactions.webhook_rig import Rig
from transactions import todo
from transactions.models import DeliveryState, TaskKind, WebhookDelivery, WebhookEndpoint
from transactions.webhook_calls import STAFF_WITHIN

pytestmark = pytest.mark.django_db


@pytest.fixture
def rig(settings: Settings) -> Rig:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    return webhook_rig.rig()


@pytest.fixture
def here(rig: Rig) -> Desk:
    return Desk(rig.shop)


def test_nothing_was_told_yet(here: Desk) -> None:
    shown = here.as_().get(reverse("desk:webhooks"))
    assert "Belum ada yang dikirim." in shown.content.decode()


def test_a_delivery_is_listed_found_and_shown_with_what_came_back(rig: Rig, here: Desk) -> None:
    with webhook_rig.listening() as ear:
        ear.status, ear.answer = 500, b"kaputt"
        rig.endpoint(ear.url)
        order = rig.sold()
        rig.turn()
    client = here.as_()
    assert order.code in client.get(reverse("desk:webhooks"), {"q": "A-1"}).content.decode()
    assert order.code not in client.get(reverse("desk:webhooks"), {"state": "delivered"}).content.decode()
    page = client.get(reverse("desk:webhook", args=[rig.delivery().pk])).content.decode()
    assert "HTTP 500" in page
    assert "kaputt" in page
    assert "order.succeeded" in page


def test_one_is_sent_again(rig: Rig, here: Desk) -> None:
    with webhook_rig.listening() as ear:
        rig.endpoint(ear.url)
        rig.sold()
        rig.turn()
        answer = here.as_().post(reverse("desk:webhook", args=[rig.delivery().pk]))
        assert answer.status_code == 302
        rig.turn()
    assert len(ear.heard) == 2


def test_a_stopped_address_is_resumed_with_its_task(rig: Rig, here: Desk) -> None:
    with webhook_rig.listening() as ear:
        endpoint = rig.endpoint(ear.url)
        with tenancy.inside(rig.dealer_id):
            WebhookEndpoint.objects.update(paused_at=timezone.now())
            todo.ask(rig.dealer_id, TaskKind.WEBHOOK, endpoint.code, within=STAFF_WITHIN)
        rig.sold()
        rig.turn()
        assert ear.heard == []
        client, address = here.as_(), reverse("desk:webhook_endpoint", args=[endpoint.code])
        assert address in client.get(reverse("desk:tasks")).content.decode()
        client.post(address, {"step": "resume"})
        assert address not in client.get(reverse("desk:tasks")).content.decode()
        rig.turn()
        assert len(ear.heard) == 1


def test_all_that_was_given_up_is_sent_again(rig: Rig, here: Desk) -> None:
    with webhook_rig.listening() as ear:
        endpoint = rig.endpoint(ear.url)
        rig.sold()
        with tenancy.inside(rig.dealer_id):
            WebhookDelivery.objects.update(state=DeliveryState.GIVEN_UP)
        here.as_().post(reverse("desk:webhook_endpoint", args=[endpoint.code]), {"step": "replay"})
        rig.turn()
    assert rig.delivery().state == DeliveryState.DELIVERED


def test_another_dealers_and_a_cashiers_desk_do_not_open_them(rig: Rig, here: Desk) -> None:
    rig.endpoint("http://127.0.0.1:9/")
    rig.sold()
    address = reverse("desk:webhook", args=[rig.delivery().pk])
    assert here.as_(Role.CASHIER).get(address).status_code == 403
    assert Desk(factories.shop(money=0)).as_().get(address).status_code == 404
