"""Wherever the desk shows the book, accounts are called by the names of people, never by keys."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dealers.models import Partner
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import YES, Desk, desk
from transactions.desk_selectors import account_names
from transactions.models import Account, AccountKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    """A customer's order that was delivered from the wallet."""
    made = desk()
    made.sent(made.shop.buy(), YES)
    return made


def _names(here: Desk, *accounts: Account) -> list[str]:
    with tenancy.inside(here.shop.dealer.pk):
        return list(account_names.names(here.shop.dealer.pk, accounts).values())


def test_the_bookings_of_an_order_name_the_customer(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        code = here.shop.dealer.orders.get().code
    shown = here.as_().get(reverse("desk:order", args=[code])).content.decode()
    assert f"Saldo · {here.shop.customer.name}" in shown
    assert "customer:" not in shown


def test_a_statement_names_the_customer_on_the_other_side(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        held = Account.objects.get(kind=AccountKind.HELD).pk
    browser = here.as_()
    shown = browser.get(reverse("desk:account", args=[held])).content.decode()
    file = b"".join(browser.get(reverse("desk:account_csv", args=[held]))).decode()
    for text in (shown, file):
        assert f"Saldo · {here.shop.customer.name}" in text
        assert "customer:" not in text


def test_partners_dealers_and_suppliers_are_named_too(here: Desk) -> None:
    other = factories.dealer(slug="toko-jaya")
    with tenancy.inside(here.shop.dealer.pk):
        partner = Partner.objects.create(dealer=here.shop.dealer, username="mitra-a", name="Mitra Abadi")
    assert _names(
        here,
        Account(kind=AccountKind.WALLET, key=partner.wallet_key),
        Account(kind=AccountKind.WALLET, key=f"dealer:{other.pk}"),
        Account(kind=AccountKind.DUE_TO, key=other.slug),
        Account(kind=AccountKind.SUPPLIER, key="konter-a"),
        Account(kind=AccountKind.CASH, key="counter"),
        Account(kind=AccountKind.SALES, key=""),
    ) == [
        "Saldo · Mitra Abadi",
        "Saldo · Toko Jaya",
        "Utang ke toko lain · Toko Jaya",
        "Deposit di pemasok · konter-a",
        "Kas · gerai",
        "Penjualan",
    ]


def test_an_owner_who_is_not_known_is_named_by_the_key(here: Desk) -> None:
    assert _names(here, Account(kind=AccountKind.WALLET, key="batch:9")) == ["Saldo · batch:9"]


def test_many_names_cost_no_more_queries_than_one(here: Desk) -> None:
    people = [factories.user() for _ in range(20)]
    wallets = [Account(kind=AccountKind.WALLET, key=f"customer:{person.pk}") for person in people]
    with CaptureQueriesContext(connection) as one:
        _names(here, wallets[0])
    with CaptureQueriesContext(connection) as many:
        _names(here, *wallets)
    assert len(many) == len(one)
