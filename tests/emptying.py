"""Puts the database back to what the migrations left, after a test that committed something.

Django would truncate every table as the application's role and announce a migration: a third of a second for each
test, and only with rights that the application never has. Here the superuser, who passes every wall, writes only
to the tables that differ, while the guards of append-only tables are asleep.
"""

import psycopg2
from psycopg2 import sql

_TABLES = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
"""
_DIFFERS = "SELECT {} WHERE EXISTS (TABLE {here} EXCEPT TABLE {kept}) OR EXISTS (TABLE {kept} EXCEPT TABLE {here})"
_HOLDS = "SELECT {} WHERE EXISTS (SELECT FROM {here})"


class Emptier:
    """One connection of the superuser's, copies of the rows of migrations, and a question that was planned once."""

    def __init__(self, url: str) -> None:
        """Just after the migrations: tables that come later are not seen."""
        self._connection = psycopg2.connect(url)
        self._kept: dict[str, sql.Identifier] = {}
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(_TABLES)
            names = sorted(name for (name,) in cursor.fetchall())
            for name in names:
                cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name)))
                if cursor.fetchone() == (True,):
                    self._kept[name] = sql.Identifier("pg_temp", name)
                    cursor.execute(
                        sql.SQL("CREATE TEMPORARY TABLE {} AS TABLE public.{}").format(
                            sql.Identifier(name), sql.Identifier(name)
                        )
                    )
            changed = sql.SQL(" UNION ALL ").join(self._is_changed(name) for name in names)
            cursor.execute(sql.SQL("PREPARE changed AS {}").format(changed))
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET lock_timeout = '5s'")
        everything = sql.SQL(", ").join(sql.Identifier("public", name) for name in names)
        # As TRUNCATE would: a connection that a test forgot in an open transaction is found out here.
        self._lock = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(everything)

    def _is_changed(self, name: str) -> sql.Composed:
        here = sql.Identifier("public", name)
        if name in self._kept:
            return sql.SQL(_DIFFERS).format(sql.Literal(name), here=here, kept=self._kept[name])
        return sql.SQL(_HOLDS).format(sql.Literal(name), here=here)

    def empty(self) -> None:
        """Take away every row that no migration wrote, whoever's it is, and put back those that one did."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(self._lock)
            cursor.execute("EXECUTE changed")
            for (name,) in cursor.fetchall():
                here = sql.Identifier("public", name)
                cursor.execute(sql.SQL("DELETE FROM {}").format(here))
                if name in self._kept:
                    kept = self._kept[name]
                    cursor.execute(sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {}").format(here, kept))

    def close(self) -> None:
        self._connection.close()
