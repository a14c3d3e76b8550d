"""The states of an order stand twice, in Python and in a trigger; here they are one table."""

from itertools import product

import pytest
from django.db import Error, connections, transaction

from tests import factories
from transactions import ledger, states
from transactions.models import Order, Status

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _as_owner(sql: str, *given: int | str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, list(given))


def _is_let_through(order: Order, old: Status, new: Status) -> bool:
    """Put the order into `old` with the guard away, then try the step with the guard on."""
    with transaction.atomic(using="owner"):
        _as_owner("ALTER TABLE orders DISABLE TRIGGER guard_order")
        _as_owner("UPDATE orders SET status = %s WHERE id = %s", str(old), order.pk)
        _as_owner("ALTER TABLE orders ENABLE TRIGGER guard_order")
        try:
            _as_owner("UPDATE orders SET status = %s WHERE id = %s", str(new), order.pk)
        except Error as error:
            assert ledger.sqlstate(error) == "KN021"
            transaction.set_rollback(True, using="owner")
            return False
        transaction.set_rollback(True, using="owner")
        return True


def test_the_trigger_allows_exactly_the_steps_of_states() -> None:
    order = factories.shop().buy(gateway="sandbox")
    steps = [pair for pair in product(Status, Status) if pair[0] != pair[1]]
    assert len(steps) == 42
    assert {pair for pair in steps if _is_let_through(order, *pair)} == states.ALLOWED


def test_staying_where_it_is_is_no_step() -> None:
    order = factories.shop().buy(gateway="sandbox")
    assert all(_is_let_through(order, status, status) for status in Status)
    assert not any(old == new for old, new in states.ALLOWED)


def test_an_order_begins_unpaid_or_paid() -> None:
    order = factories.shop().buy(gateway="sandbox")
    columns = [
        field.column
        for field in Order._meta.concrete_fields
        if field.column not in {"id", "status", "code", "form_token"}
    ]
    begun = set()
    for number, status in enumerate(Status):
        try:
            with transaction.atomic(using="owner"):
                _as_owner(
                    f"INSERT INTO orders (status, code, {', '.join(map(str, columns))}) "
                    f"SELECT %s, %s, {', '.join(map(str, columns))} FROM orders WHERE id = %s",
                    str(status),
                    f"BEGINS{number}",
                    order.pk,
                )
        except Error as error:
            assert ledger.sqlstate(error) == "KN021"
        else:
            begun.add(status)
    assert begun == {Status.AWAITING_PAYMENT, Status.PAID}


@pytest.mark.parametrize("change", ["price = price + 1", "code = 'OTHER'", "product_id = product_id + 1"])
def test_what_was_ordered_at_which_price_is_never_changed(change: str) -> None:
    order = factories.shop().buy(gateway="sandbox")
    with pytest.raises(Error) as refused:
        _as_owner(f"UPDATE orders SET {change} WHERE id = %s", order.pk)
    assert ledger.sqlstate(refused.value) == "KN021"
