"""A dealer just opened stands behind the same walls as every other, and its books are in order."""

import threading

import pytest
from django.db import connection, connections

from dealers.models import Dealer
from portal import opening
from portal.lib import tenancy
from portal.opening import open_dealer
from tests.portal.openings import OPERATOR, opened, shop
from transactions import audit

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


def test_the_audit_finds_nothing_wrong_with_a_new_dealer() -> None:
    opened()
    assert audit.violations("audit") == []


def test_nobody_sees_the_rows_of_a_new_dealer_but_itself() -> None:
    dealer = opened().dealer
    other = open_dealer(shop(slug="toko-lain")).dealer
    for seen_by in (None, other.pk, Dealer.objects.get(is_zero=True).pk):
        assert _of(dealer, seen_by) == 0
    assert _of(dealer, dealer.pk) > 5


def _of(dealer: Dealer, seen_by: int | None) -> int:
    """How many rows of the dealer somebody sees, in the tables that an opening fills."""
    tables = ("account", "membership", "outlet", "right_grant", "supplier")
    count = " + ".join(f"(SELECT count(*) FROM {table} WHERE dealer_id = {dealer.pk})" for table in tables)

    def ask() -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {count}")
            return int(cursor.fetchone()[0])

    if seen_by is None:
        return ask()
    with tenancy.inside(seen_by):
        return ask()


def test_the_same_dealer_opened_twice_at_once_is_opened_once() -> None:
    open_dealer(OPERATOR)
    start, found = threading.Barrier(4), []

    def race() -> None:
        start.wait()
        try:
            found.append(open_dealer(shop()).is_new)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]


def test_two_operators_at_once_become_one() -> None:
    start, found = threading.Barrier(2), []

    def race(slug: str) -> None:
        start.wait()
        try:
            open_dealer(shop(slug=slug, is_zero=True, buys_stock=False))
            found.append("open")
        except opening.OperatorExists:
            found.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race, args=[slug]) for slug in ("pusat-satu", "pusat-dua")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["open", "refused"]
