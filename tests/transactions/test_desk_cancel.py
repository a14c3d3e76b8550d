"""Cancelling at the desk: asked first, and only while nothing was sent."""

import pytest
from django.urls import reverse

from tests.transactions.desk_rig import Desk, desk
from transactions.models import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def test_an_unpaid_order_is_cancelled_after_the_question(here: Desk) -> None:
    order, browser = here.unpaid(), here.as_()
    address = reverse("desk:order_cancel", args=[order.code])
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 200
    assert here.shop.order(order).status == Status.AWAITING_PAYMENT
    browser.post(address, {"sure": "on"})
    assert here.shop.order(order).status == Status.CANCELLED


def test_an_order_that_was_sent_is_not_cancelled(here: Desk) -> None:
    order = here.shop.buy()
    here.sent(order)
    answer = here.as_().post(reverse("desk:order_cancel", args=[order.code]), {"sure": "on"}, follow=True)
    assert "Sudah terlambat" in answer.content.decode()
    assert here.shop.order(order).status == Status.PROCESSING
