"""Which dealer a transaction belongs to, and on whose behalf it acts.

Row-level security shows a transaction the rows of the one dealer named in `app.dealer`; where
nothing is named, nothing is shown. The name is local to the transaction, so a pooled connection
can never carry it into the next request. One transaction speaks for one dealer: asking for a
second inside it is a mistake in the code and raises. `app.actor` names the person in the same way, for
the tables whose every change is written down by the database itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, transaction

from portal.lib import database

_current: ContextVar[int | None] = ContextVar("dealer", default=None)
_actor: ContextVar[int | None] = ContextVar("actor", default=None)
_SET = "SELECT set_config('app.dealer', '{}', true), set_config('app.actor', '{}', true)"


class OtherTenant(RuntimeError):
    """Code inside one dealer's transaction asked for another dealer's."""


@contextmanager
def inside(dealer_id: int, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One transaction that sees only this dealer's rows; joins the one already open for the same dealer.

    Raises `OtherTenant` when the open transaction belongs to somebody else.
    """
    current = _current.get()
    if current is not None and current != dealer_id:
        raise OtherTenant(f"inside dealer {current}, asked for dealer {dealer_id}")
    with transaction.atomic(using=using):
        if current is None:
            database.open_with(_SET.format(int(dealer_id), int(_actor.get() or 0) or ""), using=using)
        token = _current.set(dealer_id)
        try:
            yield
        finally:
            _current.reset(token)


@contextmanager
def acting(user_id: int | None) -> Iterator[None]:
    """Transactions that begin in here act for this person; for nobody, that is for the portal itself, with None."""
    token = _actor.set(user_id)
    try:
        yield
    finally:
        _actor.reset(token)


def act_for(user_id: int) -> None:
    """From here on to the end of the enclosing `acting`, transactions act for this person."""
    _actor.set(user_id)


def current() -> int | None:
    """The dealer whose transaction is open in this context, if any."""
    return _current.get()
