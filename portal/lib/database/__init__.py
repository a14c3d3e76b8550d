"""The way to PostgreSQL: Django's backend with fewer journeys (`base`), and what it can do beyond Django's."""

from typing import cast

from django.db import DEFAULT_DB_ALIAS, connections


def open_with(sql: str, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Run `sql`, which has its values in it, first in the open transaction; it travels with what comes first anyway."""
    connections[using].open_with(sql)  # type: ignore[attr-defined]  # stubs know Django's own backends only


def reusable(sql: str, *, using: str = DEFAULT_DB_ALIAS) -> str:
    """The same statement, prepared on this connection once it is used often; takes the same values for its `%s`."""
    return cast("str", connections[using].reusable(sql))  # type: ignore[attr-defined]  # as above
