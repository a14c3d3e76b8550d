"""Deciding an order at the desk: a task, a reason, a tick, and above the limit a second person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dealers.models import Dealer, Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import Desk, desk, signed_in
from transactions import todo
from transactions.models import Attempt, Order, Status, TaskKind

pytestmark = pytest.mark.django_db

ANSWER = {"verdict": "failed", "reason": "operator bilang tidak masuk", "sure": "on"}


@pytest.fixture
def here() -> Desk:
    return desk()


def silent(here: Desk) -> Order:
    """An order about which the supplier has said nothing for an hour."""
    order = here.shop.buy()
    attempt = here.sent(order)
    long_ago = timezone.now() - timedelta(hours=1)
    with tenancy.inside(here.shop.dealer.pk):
        Attempt.objects.filter(pk=attempt.pk).update(first_sent_at=long_ago, sent_at=long_ago)
        todo.ask(here.shop.dealer.pk, TaskKind.UNDECIDED, order.code, within=timedelta(hours=2), order=order)
    return order


def decide(browser: Client, order: Order, **fields: str) -> None:
    browser.post(reverse("desk:order_decide", args=[order.code]), {**ANSWER, **fields})


def test_below_the_limit_one_person_decides(here: Desk) -> None:
    order = silent(here)
    decide(here.as_(), order)
    assert here.shop.order(order).status == Status.FAILED
    assert here.shop.balance() == 1_000_000


def test_without_a_reason_nothing_is_decided(here: Desk) -> None:
    order = silent(here)
    decide(here.as_(), order, reason="")
    assert here.shop.order(order).status == Status.PROCESSING


def test_above_the_limit_the_one_who_proposed_cannot_approve(here: Desk) -> None:
    Dealer.objects.filter(pk=here.shop.dealer.pk).update(four_eyes_above=10_000)
    order = silent(here)
    decide(here.as_(), order)
    here.as_().post(reverse("desk:order_approve", args=[order.code]), {"sure": "on"})
    assert here.shop.order(order).status == Status.PROCESSING


def test_above_the_limit_a_second_person_approves(here: Desk) -> None:
    Dealer.objects.filter(pk=here.shop.dealer.pk).update(four_eyes_above=10_000)
    order = silent(here)
    decide(here.as_(), order)
    second = signed_in(factories.member(here.shop.dealer, Role.MANAGER))
    assert ANSWER["reason"] in second.get(reverse("desk:order", args=[order.code])).content.decode()
    second.post(reverse("desk:order_approve", args=[order.code]), {"sure": "on"})
    assert here.shop.order(order).status == Status.FAILED


def test_the_page_says_that_a_second_person_is_needed(here: Desk) -> None:
    order = silent(here)
    address = reverse("desk:order_decide", args=[order.code])
    assert "orang kedua" not in here.as_().get(address).content.decode()
    Dealer.objects.filter(pk=here.shop.dealer.pk).update(four_eyes_above=10_000)
    assert "orang kedua" in here.as_().get(address).content.decode()


def test_an_order_without_a_task_is_not_decided(here: Desk) -> None:
    order = here.shop.buy()
    here.sent(order)
    decide(here.as_(), order)
    assert here.shop.order(order).status == Status.PROCESSING


def test_a_cashier_decides_nothing(here: Desk) -> None:
    order = silent(here)
    address = reverse("desk:order_decide", args=[order.code])
    assert here.as_(Role.CASHIER).post(address, ANSWER).status_code == 403
