"""Who may open what at the desk: strangers sign in, customers find nothing, each role finds what is its own."""

import pytest
from django.test import Client
from django.urls import reverse

from dealers.access import CAPABILITIES, Can
from dealers.models import Role
from tests import factories
from tests.transactions.desk_rig import Desk, desk, signed_in

pytestmark = pytest.mark.django_db

PAGES = {
    "home": Can.SEE_DESK,
    "menu": Can.SEE_DESK,
    "sell": Can.SELL,
    "cash": Can.CONFIRM_PAYMENT,
    "orders": Can.SEE_ORDERS,
    "orders_csv": Can.SEE_ORDERS,
    "tasks": Can.SEE_TASKS,
    "incidents": Can.SETTLE_INCIDENT,
    "money": Can.SEE_MONEY,
    "wallets": Can.SEE_MONEY,
    "refunds": Can.PAY_REFUND,
    "deposit": Can.SEE_MONEY,
    "products": Can.EDIT_CATALOGUE,
    "supplier_deposit": Can.SEE_MONEY,
    "partner_deposit": Can.SEE_MONEY,
    "product_add": Can.EDIT_CATALOGUE,
    "supplier_add": Can.EDIT_CATALOGUE,
    "rules": Can.EDIT_CATALOGUE,
    "rule_add": Can.EDIT_CATALOGUE,
    "suppliers": Can.EDIT_CATALOGUE,
}


@pytest.fixture
def counter() -> Desk:
    return desk()


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_may_and_is_refused_the_rest(counter: Desk, role: Role) -> None:
    browser = counter.as_(role)
    answers = {name: browser.get(reverse(f"desk:{name}")).status_code for name in PAGES}
    assert answers == {name: 200 if needs in CAPABILITIES[role] else 403 for name, needs in PAGES.items()}


def test_a_stranger_is_asked_to_sign_in(counter: Desk) -> None:
    for name in PAGES:
        answer = Client().get(reverse(f"desk:{name}"))
        assert (answer.status_code, answer["Location"].startswith("/akun/masuk/")) == (302, True)


def test_a_customer_finds_no_desk(counter: Desk) -> None:
    assert signed_in(counter.shop.customer).get(reverse("desk:home")).status_code == 404


def test_a_cashier_changes_no_price(counter: Desk) -> None:
    address = reverse("desk:price", args=[counter.shop.product.sku, "retail"])
    answer = counter.as_(Role.CASHIER).post(address, {"retail-mode": "hand", "retail-amount": "1"})
    assert answer.status_code == 403


def test_the_navigation_shows_only_what_the_role_may_open(counter: Desk) -> None:
    shown = counter.as_(Role.CASHIER).get(reverse("desk:menu")).content.decode()
    assert reverse("desk:orders") in shown
    assert reverse("desk:rules") not in shown


def test_cost_and_margin_are_for_those_who_may_see_them(counter: Desk) -> None:
    address = f"{reverse('desk:sell')}?number={factories.spelled(factories.number())}"
    assert "Rp800" in counter.as_(Role.MANAGER).get(address).content.decode()
    assert "Rp800" not in counter.as_(Role.CASHIER).get(address).content.decode()
