"""An order for programs: exactly these names, rupiah as whole numbers, times with their offset."""

from datetime import datetime

import pytest
from pytest_django import Settings

from tests.transactions.storefront_rig import NO, PRICE, YES, Storefront, storefront
from transactions.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Settings) -> Storefront:
    settings.SANDBOX_SECRET = "secret-of-the-test"
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    return here.bought(gateway="sandbox")


def _told(here: Storefront, order: Order) -> dict[str, object]:
    told: dict[str, object] = here.browser.get(here.link(order, "status.json")).json()
    return told


def test_an_unpaid_order_has_no_times_yet(here: Storefront, order: Order) -> None:
    assert _told(here, order) == {
        "code": order.code,
        "status": "awaiting_payment",
        "destination": "+6281234567890",
        "sku": "TSEL10",
        "price": PRICE,
        "sn": "",
        "paid_at": None,
        "finished_at": None,
        "refund": None,
    }


def test_a_delivered_order_has_its_serial_number_and_times_with_an_offset(here: Storefront, order: Order) -> None:
    here.pays(order)
    here.is_sent(order, YES)
    told = _told(here, order)
    assert (told["status"], told["sn"]) == ("succeeded", YES.sn)
    for name in ("paid_at", "finished_at"):
        assert datetime.fromisoformat(str(told[name])).tzinfo is not None


def test_the_newest_refund_is_told(here: Storefront, order: Order) -> None:
    here.pays(order, PRICE + 500)
    assert _told(here, order)["refund"] == {"amount": 500, "state": "due"}
    here.is_sent(order, NO)
    assert _told(here, order)["refund"] == {"amount": PRICE, "state": "due"}


def test_an_unknown_order_is_a_problem_not_a_page(here: Storefront, order: Order) -> None:
    answer = here.browser.get(f"/o/{order.code}/status.json?t=x")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
