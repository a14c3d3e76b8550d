"""Two people give for one order at the same time: never more than was captured, and one form is one booking."""

from collections import Counter

import pytest
from django.db import OperationalError, connection

from dealers.models import Role
from portal.lib import ids, tenancy
from tests import factories
from tests.transactions.desk_rig import YES, Desk, desk
from tests.transactions.test_race import another_connection, at_once
from transactions import accounts, amends, audit, ledger, states
from transactions.models import Amends, AmendsKind, Order

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "audit"])

REFUSED = (amends.MovedOn, amends.TooMuch, amends.NotOpen, amends.OtherContent)


@pytest.fixture
def here() -> Desk:
    return desk()


@pytest.fixture
def sold(here: Desk) -> Order:
    """Delivered to a guest for 11.000."""
    order = here.paid_by_guest()
    here.sent(order, YES)
    return here.shop.order(order)


def wish(amount: int, **more: object) -> amends.Wish:
    said = {"kind": AmendsKind.PART, "amount": amount, "reason": "yang masuk kurang", "token": ids.new_token()}
    return amends.Wish(**(said | {"seen": 0} | more))  # type: ignore[arg-type]  # a form's fields


def tried(here: Desk, order: Order, wanted: amends.Wish) -> str:
    staff = factories.member(here.shop.dealer, Role.MANAGER)
    try:
        amends.give(here.shop.dealer, order.pk, wanted, actor=staff)
    except REFUSED as refused:
        return type(refused).__name__
    return "given"


def due(here: Desk) -> int:
    with tenancy.inside(here.shop.dealer.pk):
        return ledger.balance(here.shop.dealer.pk, accounts.REFUNDS_DUE)


def faults(here: Desk) -> list[str]:
    return [str(found) for found in audit.violations("audit") if found.dealer_id == here.shop.dealer.pk]


def test_of_two_people_at_once_one_gives_and_the_other_looks_again(here: Desk, sold: Order) -> None:
    wishes = [wish(6_000), wish(6_000)]
    assert Counter(at_once(lambda one: tried(here, sold, one), wishes)) == {"given": 1, "MovedOn": 1}
    assert (due(here), faults(here)) == (6_000, [])


def test_a_form_pressed_four_times_at_once_books_once(here: Desk, sold: Order) -> None:
    assert at_once(lambda one: tried(here, sold, one), [wish(6_000)] * 4) == ["given"] * 4
    assert (due(here), faults(here)) == (6_000, [])


def test_a_proposal_approved_twice_and_dropped_at_once_ends_once(here: Desk, sold: Order) -> None:
    here.shop.dealer.four_eyes_above = 0
    here.shop.dealer.save(update_fields=["four_eyes_above"])
    tried(here, sold, wish(6_000))
    with tenancy.inside(here.shop.dealer.pk):
        row = Amends.objects.get()

    def end(how: str) -> str:
        staff = factories.member(here.shop.dealer)
        try:
            (amends.drop if how == "drop" else amends.approve)(here.shop.dealer, row.pk, actor=staff)
        except amends.NotOpen:
            return "NotOpen"
        return how

    ends = Counter(at_once(end, ["approve", "approve", "drop"]))
    assert ends["NotOpen"] == 2
    assert due(here) == (0 if ends["drop"] else 6_000)
    assert faults(here) == []


def test_giving_waits_for_the_orders_row(here: Desk, sold: Order) -> None:
    def lock() -> None:
        states.lock(here.shop.dealer.pk, sold.pk)

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with another_connection(here.shop.dealer.pk, lock), pytest.raises(OperationalError, match="lock timeout"):
            tried(here, sold, wish(1_000))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert due(here) == 0
