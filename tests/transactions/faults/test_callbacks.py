"""Suppliers' callbacks: signed, taken once, and never more believed than an answer."""

import hmac
import uuid
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha1

import pytest
from django.db import connection
from django.test import Client

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions.models import InboundEvent, Incident, Order, OrderEvent, Status, Task, Transfer
from transactions.suppliers.simulator import Simulator


def report(
    shop: Shop, simulator: Simulator, order: Order, rc: str, *, event: str = "", secret: str = "konter-a-secret"
) -> int:
    """Send a callback about the order's first attempt, as the supplier would; the HTTP status."""
    reference = f"{order.code}-1"
    if rc != "03":
        simulator.script(finish=reference, rc=rc)
    body = simulator.callback_body(reference, rc)
    return send(shop, body, event=event, secret=secret)


def send(shop: Shop, body: bytes, *, event: str = "", secret: str = "konter-a-secret") -> int:
    signature = hmac.new(secret.encode(), body, sha1).hexdigest()
    headers = {"X-Hub-Signature": f"sha1={signature}", "X-Digiflazz-Delivery": event or str(uuid.uuid4())}
    url = f"/hooks/suppliers/{shop.dealer.slug}.konter-a/"
    return Client().post(url, body, content_type="application/json", headers=headers).status_code


@pytest.fixture
def pending(shop: Shop, simulator: Simulator) -> Order:
    """An order whose supplier has not decided."""
    order = shop.buy("241")
    driving.step()
    return order


def test_a_late_success_by_callback_is_captured_once(shop: Shop, simulator: Simulator, pending: Order) -> None:
    assert report(shop, simulator, pending, "00") == 200
    assert shop.order(pending).status == Status.SUCCEEDED
    with tenancy.inside(shop.dealer.pk):
        assert Transfer.objects.filter(reference=f"{pending.code}:capture").count() == 1


def test_a_late_failure_by_callback_is_refunded_once(shop: Shop, simulator: Simulator, pending: Order) -> None:
    assert report(shop, simulator, pending, "02") == 200
    assert report(shop, simulator, pending, "02") == 200
    assert shop.order(pending).status == Status.FAILED
    assert shop.balance() == 1_000_000


def test_a_callback_before_the_answer_is_taken(shop: Shop, simulator: Simulator, settings: object) -> None:
    order = shop.buy("241")
    driving.step()
    report(shop, simulator, order, "00")
    driving.pass_time(order)
    driving.step()
    assert shop.order(order).status == Status.SUCCEEDED


def test_a_contrary_callback_changes_nothing_and_opens_an_incident(
    shop: Shop, simulator: Simulator, pending: Order
) -> None:
    report(shop, simulator, pending, "00")
    assert report(shop, simulator, pending, "02") == 200
    assert shop.order(pending).status == Status.SUCCEEDED
    with tenancy.inside(shop.dealer.pk):
        incident = Incident.objects.get(order=pending)
        assert (incident.kind, incident.proposal) == ("reversal", "reversal")
        assert Task.objects.filter(incident=incident, closed_at=None).exists()


def test_a_success_after_a_failure_is_an_incident(shop: Shop, simulator: Simulator, pending: Order) -> None:
    report(shop, simulator, pending, "02")
    report(shop, simulator, pending, "00")
    assert shop.order(pending).status == Status.FAILED
    assert shop.balance() == 1_000_000
    with tenancy.inside(shop.dealer.pk):
        assert Incident.objects.get(order=pending).proposal == "late_loss"


def test_the_same_event_twice_is_taken_once(shop: Shop, simulator: Simulator, pending: Order) -> None:
    assert report(shop, simulator, pending, "03", event="event-0001") == 200
    assert report(shop, simulator, pending, "03", event="event-0001") == 200
    with tenancy.inside(shop.dealer.pk):
        assert InboundEvent.objects.filter(event_id="event-0001").count() == 1


def test_a_callback_for_an_unknown_reference_is_kept_as_an_orphan(shop: Shop) -> None:
    body = b'{"data":{"ref_id":"NOBODY-1","customer_no":"0812","buyer_sku_code":"X","status":"Sukses","rc":"00"}}'
    assert send(shop, body) == 404
    with tenancy.inside(shop.dealer.pk):
        assert InboundEvent.objects.get().effect == "orphan"


def test_another_suppliers_reference_is_an_orphan_here(two: Shop, simulator: Simulator) -> None:
    order = two.buy("241")
    driving.step()
    body = simulator.callback_body(f"{order.code}-1", "00")
    signature = hmac.new(b"konter-b-secret", body, sha1).hexdigest()
    url = f"/hooks/suppliers/{two.dealer.slug}.konter-b/"
    answer = Client().post(url, body, content_type="application/json", headers={"X-Hub-Signature": f"sha1={signature}"})
    assert answer.status_code == 404
    assert two.order(order).status == Status.PROCESSING


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_forged_callback_is_refused(shop: Shop, simulator: Simulator, pending: Order, secret: str) -> None:
    assert report(shop, simulator, pending, "00", secret=secret) == 401
    assert shop.order(pending).status == Status.PROCESSING


def test_a_callback_for_a_supplier_that_is_not_there_is_404(shop: Shop) -> None:
    answer = Client().post("/hooks/suppliers/nowhere.konter-a/", b"{}", content_type="application/json")
    assert answer.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_five_callbacks_at_once_are_one_transition(shop: Shop, simulator: Simulator) -> None:
    order = shop.buy("241")
    driving.step()

    def tell(number: int) -> int:
        try:
            return report(
                shop, simulator, order, "00", event="the-same-event" if number % 2 else f"another-event-{number}"
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(tell, range(5))) == [200] * 5
    with tenancy.inside(shop.dealer.pk):
        moves = OrderEvent.objects.filter(order=order, kind="status", new="succeeded")
        assert moves.count() == 1
        assert Transfer.objects.filter(order_id=order.pk, reference__endswith=":capture").count() == 1
        assert not Incident.objects.exists()
