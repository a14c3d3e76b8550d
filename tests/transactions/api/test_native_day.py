"""A partner compares: the orders of a day as they stand, its own only, page by page."""

from datetime import timedelta

import pytest

from dealers import days
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from transactions.models import Order, Price

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


def buy(machine: Machine, count: int) -> list[str]:
    return [machine.orders(ref_id=f"A-{n}", destination=f"0812345678{n:02}").json()["ref_id"] for n in range(count)]


def test_a_day_is_told_in_the_order_in_which_it_came_page_by_page(shop: Shop, machine: Machine) -> None:
    refs = buy(machine, 3)
    first = machine.get("orders/", limit="2").json()
    rest = machine.get("orders/", limit="2", cursor=str(first["next"])).json()
    assert [row["ref_id"] for row in first["results"] + rest["results"]] == refs
    assert (rest["next"], first["date"]) == (None, days.today(shop.dealer).isoformat())
    assert first["results"][0] == machine.get("orders/A-0/").json()


def test_only_that_day_counts(shop: Shop, machine: Machine) -> None:
    buy(machine, 2)
    begins = days.begins(shop.dealer, days.today(shop.dealer))
    with tenancy.inside(shop.dealer.pk):
        Order.objects.filter(ref_id="A-0").update(created_at=begins - timedelta(microseconds=1))
    assert [row["ref_id"] for row in machine.get("orders/").json()["results"]] == ["A-1"]
    yesterday = (begins - timedelta(days=1)).date().isoformat()
    assert [row["ref_id"] for row in machine.get("orders/", date=yesterday).json()["results"]] == ["A-0"]


def test_another_partners_orders_are_not_told(shop: Shop, machine: Machine) -> None:
    buy(machine, 1)
    assert factories.machine(shop.dealer, username="lain").get("orders/").json()["results"] == []


def test_a_sandbox_key_is_told_what_it_tried(shop: Shop) -> None:
    trying = factories.machine(shop.dealer, is_sandbox=True)
    buy(trying, 2)
    assert [row["sandbox"] for row in trying.get("orders/").json()["results"]] == [True, True]
    assert factories.machine(shop.dealer, username="lain").get("orders/").json()["results"] == []


@pytest.mark.parametrize("wrong", [{"date": "kemarin"}, {"cursor": "-1"}, {"limit": "101"}, {"limit": "0"}])
def test_what_is_no_page_is_refused(machine: Machine, wrong: dict[str, str]) -> None:
    assert machine.get("orders/", **wrong).status_code == 422


def test_a_repeat_is_answered_though_the_product_has_no_price_any_more(shop: Shop, machine: Machine) -> None:
    """Told that the product is closed, a partner would buy elsewhere what was delivered here."""
    first = machine.orders()
    with tenancy.inside(shop.dealer.pk):
        Price.objects.filter(product=shop.product).delete()
    again = machine.orders()
    assert (again.status_code, again.json()) == (200, first.json())
    assert machine.orders(ref_id="A-2").json()["code"] == "product_closed"
