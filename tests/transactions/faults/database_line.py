"""This process's way to the tests' PostgreSQL, led over a line that can be cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.proxy import Proxy

COMMIT = b"COMMIT\0"
"""The end of a transaction, as libpq sends it."""
PLACE = b"FROM place_v1"
"""The purchase."""


@contextmanager
def database_line() -> Iterator[Proxy]:
    """Every connection of this process to its database goes over the line, until the end of the block."""
    kept = dict(connection.settings_dict)
    socket = Path(kept["OPTIONS"]["host"]) / f".s.PGSQL.{kept['OPTIONS']['port']}"
    connection.close()
    with Proxy(socket) as line:
        connection.settings_dict.update(HOST=line.host, PORT=str(line.port))
        try:
            yield line
        finally:
            connection.close()
            connection.settings_dict.update(kept)
