"""Django's PostgreSQL backend, made for many short transactions.

Each journey to the database costs more than most statements that it carries. Here

- a transaction begins with its first statement: BEGIN, and what else the transaction opens with, such as the name of
  its dealer, travels with that statement, and a transaction that asks nothing is never begun;
- whether a connection still lives is read from its socket, which a server that ended has closed; the database is
  asked only after a connection stood idle, when something between may have forgotten it;
- a statement that is sent again and again is parsed and planned once for each connection (`reusable`).

psycopg would send a BEGIN of its own, so its connection stays in autocommit and the transaction's words are ours.
"""

import itertools
import re
import select
import time
from collections import Counter
from functools import lru_cache
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg2 import OperationalError, errors, extensions

ASKED_AFTER_IDLE = 30.0
"""Seconds for which a quiet socket is believed."""
PREPARED_FROM = 3
"""The use of a statement, on one connection, from which on it is a prepared one."""
_MOST = 500
_VALUE = re.compile(r"%[s%]")
_IDLE = extensions.TRANSACTION_STATUS_IDLE
_OLD_PLAN = "RevalidateCachedQuery"
"""Where PostgreSQL (plancache.c) finds that a prepared statement would answer other columns than before."""
_names: dict[str, str] = {}
_serial = itertools.count(1)


class Cursor(extensions.cursor):
    """A cursor whose first statement takes the opening of the transaction with it."""

    wrapper: "DatabaseWrapper | None" = None

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002  psycopg's own name
        """Raises `OperationalError`, as a lost connection does, when a table has changed under a prepared statement."""
        try:
            return self._execute(query, vars)
        except errors.FeatureNotSupported as error:
            if error.diag.source_function != _OLD_PLAN:
                raise
            self.connection.close()
            raise OperationalError("a column has changed its type: this connection's statements are old") from error

    def _execute(self, query: Any, values: Any) -> None:
        wrapper = self.wrapper
        if wrapper is None or not (opening := wrapper.take_opening()):
            return super().execute(query, values)
        text = query if isinstance(query, str) else query.as_string(self)
        try:
            return super().execute(f"{opening};\n{text}", values)
        except Exception:
            # Words that cannot be parsed are refused as a whole, the BEGIN among them.
            if not self.connection.closed and self.connection.info.transaction_status == _IDLE:
                wrapper.opening = opening
            raise

    def executemany(self, query: Any, vars_list: Any) -> None:
        self._open()
        return super().executemany(query, vars_list)

    def callproc(self, procname: Any, parameters: Any = ()) -> Any:
        self._open()
        return super().callproc(procname, parameters)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        self._open()
        return super().copy_expert(sql, file, size)

    def _open(self) -> None:
        if self.wrapper is not None and (opening := self.wrapper.take_opening()):
            super().execute(opening)


class DatabaseWrapper(base.DatabaseWrapper):
    """What `connections[alias]` is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.health_check_enabled = self.health_check_done = False  # until it connects
        self.opening = ""
        self._uses: Counter[str] = Counter()
        self._alive_at = 0.0

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.opening, self._uses, self._alive_at = "", Counter(), time.monotonic()
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor with a name lies in the database, and outlives its transaction: psycopg knows of none."""
        if name:
            self._open()
        cursor = super().create_cursor(name)
        if not name:
            cursor.wrapper = self
        return cursor

    # Transactions

    def open_with(self, sql: str) -> None:
        """Run this, which holds no values to fill in, before anything else of the transaction that is open."""
        if self.opening:
            self.opening = f"{self.opening};\n{sql}"
            return
        with self.cursor() as cursor:
            cursor.execute(sql)

    def take_opening(self) -> str:
        """What the next statement has to take with it; nothing if the transaction has begun, or if there is none."""
        opening, self.opening = self.opening, ""
        return opening

    def _open(self) -> None:
        if self.opening:
            with self.cursor() as cursor:
                cursor.execute("")

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  Django's own
        with self.wrap_database_errors:
            if not self.connection.autocommit:
                self.connection.autocommit = True
        self.opening = "" if autocommit else "BEGIN"

    def _commit(self) -> None:
        self._end("COMMIT")

    def _rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, word: str) -> None:
        """Without autocommit, the next statement begins the next transaction."""
        if self.connection is None or self.take_opening():
            self.opening = "" if self.autocommit else "BEGIN"
            return
        with debug_transaction(self, word), self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(word)
            if cursor.statusmessage != word:
                raise errors.InFailedSqlTransaction("an error inside this transaction was passed over: nothing is kept")
        self.opening = "" if self.autocommit else "BEGIN"

    # Health

    def close_if_health_check_failed(self) -> None:
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        now = time.monotonic()
        if now - self._alive_at < ASKED_AFTER_IDLE and self._is_quiet():
            self.health_check_done = True
        else:
            super().close_if_health_check_failed()
        self._alive_at = now

    def _is_quiet(self) -> bool:
        """Whether the socket is open and has nothing to tell; an end, or its announcement, can be read from it."""
        poll = select.poll()
        try:
            poll.register(self.connection.fileno(), select.POLLIN)
            return not poll.poll(0)
        except (OSError, self.Database.Error):
            return False

    # Statements

    def reusable(self, sql: str) -> str:
        """The same statement with the same `%s` for its values, in the shortest form that this connection knows.

        For SQL that stays the same: a few hundred texts in the whole program, each with values whose types follow
        from where they stand.
        """
        self._uses[sql] += 1
        uses = self._uses[sql]
        if uses < PREPARED_FROM or (sql not in _names and len(_names) >= _MOST):
            return sql
        name = _names.get(sql) or _names.setdefault(sql, f"k{next(_serial)}")
        numbered, call = _numbered(sql)
        if uses == PREPARED_FROM:
            self._prepare(sql, f"PREPARE {name} AS {numbered}")
        return f"EXECUTE {name}{call}"

    def _prepare(self, sql: str, words: str) -> None:
        try:
            with self.cursor() as cursor:
                cursor.execute(words)
        except Exception:
            self._uses[sql] = 0
            raise


@lru_cache(maxsize=_MOST)
def _numbered(sql: str) -> tuple[str, str]:
    """The SQL with `$1` for its first value and so on, and the values of a call as `(%s, %s)`."""
    serial = itertools.count(1)
    numbered = _VALUE.sub(lambda found: "%" if found[0] == "%%" else f"${next(serial)}", sql)
    values = ", ".join("%s" for _ in range(next(serial) - 1))
    return numbered, f" ({values})" if values else ""
