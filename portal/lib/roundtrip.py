"""Several statements in one journey to the database.

A journey costs more than most of the statements that it carries, and so does putting a statement together
anew each time. What is always written together is therefore sent together: the rules stay with the module that
owns the table, which hands out a `Statement`, and whoever makes the transaction sends them, in their order. Each of
them is planned once for a connection: its SQL should stay the same, and only its values change.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from portal.lib import database


class Statement(NamedTuple):
    """SQL with `%s` for its values; both in one piece, so that they cannot be mixed up."""

    sql: str
    values: Sequence[Any] = ()


class NoTransaction(RuntimeError):
    """Statements that belong together were sent where the first would stand without the second."""


def send(*statements: Statement) -> None:
    """Run them one after the other; what they answer is of no interest."""
    _run(statements)


def ask(*statements: Statement) -> tuple[Any, ...] | None:
    """Run them one after the other; the first row that the last one answers, or None."""
    return _run(statements, rows=True)


def _run(statements: Sequence[Statement], *, rows: bool = False) -> tuple[Any, ...] | None:
    if len(statements) > 1 and not connection.in_atomic_block:
        raise NoTransaction
    with connection.cursor() as cursor:
        cursor.execute(
            ";\n".join(database.reusable(each.sql) for each in statements),
            [value for each in statements for value in each.values],
        )
        found: tuple[Any, ...] | None = cursor.fetchone() if rows else None
    return found
