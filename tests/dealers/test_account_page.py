"""One's own page: who I am, where I work, my money and last orders, and nobody else's."""

import pytest
from django.test import Client

from dealers.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def _page(client: Client) -> str:
    answer = client.get("/akun/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client) -> None:
    assert client.get("/akun/")["Location"] == "/akun/masuk/?next=/akun/"


def test_a_customer_sees_the_balance_and_orders_of_each_dealer(client: Client) -> None:
    first, second = factories.shop(slug="toko-satu", money=50_000), factories.shop(slug="toko-dua", money=0)
    order = first.buy()
    factories.fund(second.dealer, first.customer, 7_000)
    client.force_login(first.customer)
    page = _page(client)
    assert "Rp39.000" in page
    assert "Rp7.000" in page
    assert f"/o/{order.code}/?t={order.secret}" in page


def test_nobody_sees_another_customers_order(client: Client) -> None:
    shop = factories.shop()
    order = shop.buy()
    client.force_login(factories.user())
    page = _page(client)
    assert order.code not in page
    assert "Belum ada saldo atau pesanan." in page


def test_staff_see_where_they_work_and_the_way_to_the_desk(client: Client) -> None:
    dealer = factories.dealer("berkah-cell")
    client.force_login(factories.member(dealer, Role.CASHIER))
    page = _page(client)
    assert "Berkah Cell" in page
    assert "Kasir" in page
    assert 'href="/desk/"' in page


def test_a_customer_is_shown_no_way_to_the_desk(client: Client) -> None:
    client.force_login(factories.user())
    assert "/desk/" not in _page(client)
