"""Several statements in one journey to the database.

A journey costs more than most of the statements that it carries, and so does putting a statement together
anew each time. What is always written together is therefore sent together: the rules stay with the module that
owns the table, which hands out a `Statement`, and whoever makes the transaction sends them, in their order. Each of
them is planned once for a connection: its SQL should stay the same, and only its values change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from portal.lib import database


class Statement(NamedTuple):
    """SQL with `%s` for its values; both in one piece, so that they cannot be mixed up."""

    sql: str
    values: Sequence[Any] = ()


class NoTransaction(RuntimeError):
    """Statements that belong together were sent where the first would stand without the second."""


def send(*statements: Statement) -> None:
    """Run them one after the other; what they answer is of no interest."""
    with _run(statements):
        pass


def ask(*statements: Statement) -> tuple[Any, ...] | None:
    """Run them one after the other; the first row that the last one answers, or None."""
    with _run(statements) as cursor:
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def rows(*statements: Statement) -> list[tuple[Any, ...]]:
    """Run them one after the other; every row that the last one answers."""
    with _run(statements) as cursor:
        return list(cursor.fetchall())


@contextmanager
def _run(statements: Sequence[Statement]) -> Iterator[CursorWrapper]:
    if len(statements) > 1 and not connection.in_atomic_block:
        raise NoTransaction
    with connection.cursor() as cursor:
        sql = ";\n".join(database.reusable(each.sql) for each in statements)
        cursor.execute(sql, [value for each in statements for value in each.values])
        yield cursor
