"""What a backup and a restore ask a database, over connections of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import extensions, sql

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_SERVING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = 'konter_app' AND pid <> pg_backend_pid()
"""
_HOLDS = """
SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM transfer), (SELECT max(at) FROM transfer)
"""


@contextmanager
def connected(dsn: str, *, autocommit: bool = False) -> Iterator[extensions.cursor]:
    """A cursor; its transaction is committed at the end unless something was raised."""
    connection = psycopg2.connect(dsn, connect_timeout=5, application_name="konter backup")
    try:
        connection.autocommit = autocommit
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            yield cursor
        connection.commit()
    finally:
        connection.close()


def identity(cursor: extensions.cursor) -> tuple[int, str]:
    """The server's major version, and the identifier of its cluster."""
    cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
    return cursor.connection.server_version // 10_000, _value(cursor)


def migrations(cursor: extensions.cursor) -> tuple[str, ...]:
    """The migrations that were applied, as `app.name`; none when nothing was ever migrated."""
    cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
    if _value(cursor) != "True":
        return ()
    cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
    return tuple(row[0] for row in cursor.fetchall())


def rows(cursor: extensions.cursor) -> dict[str, int]:
    """How many rows each table of Konter has."""
    cursor.execute(_TABLES)
    counted = {}
    for (table,) in cursor.fetchall():
        cursor.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table)))
        counted[table] = int(_value(cursor))
    return counted


def serving(cursor: extensions.cursor) -> int:
    """How many connections a portal holds on this database."""
    cursor.execute(_SERVING)
    return int(_value(cursor))


def holds(cursor: extensions.cursor) -> str:
    """In a few words, what lies in the database; "" when there is nothing of Konter's."""
    cursor.execute(_TABLES)
    tables = cursor.rowcount
    if not tables:
        return ""
    if not migrations(cursor):
        return f"{tables} tables"
    cursor.execute(_HOLDS)
    orders, transfers, last = cursor.fetchone() or (0, 0, None)
    since = f", the last at {last:%Y-%m-%d %H:%M:%S %Z}" if last else ""
    return f"{orders} orders and {transfers} movements of money{since}"


def _value(cursor: extensions.cursor) -> str:
    row = cursor.fetchone()
    return str(row[0]) if row else ""
