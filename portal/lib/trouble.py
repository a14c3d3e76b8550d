"""Which failures of the database are bad weather, and how long to wait for better.

A refused connection, a restart, a full disk, a lock that did not come are nobody's mistake: the
request is answered 503 with Retry-After, its transaction is rolled back, and the same request may
come again. Everything else is a defect and stays a 500.
"""

from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Trouble:
    """`code` for programs and counters, a sentence for people, the seconds after which to try again."""

    code: str
    what: str | Promise
    retry_after_seconds: int
    ours: bool = True
    """Whether the operator must look at it; a lost race is nobody's fault."""


_BUSY = _("Data yang sama sedang dipakai permintaan lain.")
_AWAY = _("Basis data sedang tidak bisa dihubungi.")
_FULL = _("Server sedang penuh.")

UNREACHABLE = Trouble("database_unreachable", _AWAY, 5)
RESTARTING = Trouble("database_restarting", _AWAY, 5)
_BY_STATE = {
    "55P03": Trouble("lock_timeout", _BUSY, 2, ours=False),
    "40P01": Trouble("deadlock", _BUSY, 1, ours=False),
    "40001": Trouble("serialization", _BUSY, 1, ours=False),
    "57014": Trouble("statement_timeout", _("Jawaban basis data terlalu lama."), 5),
    "53100": Trouble("disk_full", _FULL, 30),
    "53200": Trouble("out_of_memory", _FULL, 10),
    "53300": Trouble("too_many_connections", _FULL, 2),
    "25006": Trouble("read_only", _AWAY, 10),
    "25P03": Trouble("idle_transaction", _("Permintaan terhenti di tengah jalan."), 2),
    "25P04": Trouble("transaction_timeout", _("Permintaan terhenti di tengah jalan."), 2),
}
_CLASSES = {
    "08": UNREACHABLE,
    "57": RESTARTING,
    "53": Trouble("database_full", _FULL, 10),
    "58": Trouble("database_system", _AWAY, 10),
}
"""Classes of SQLSTATE, PostgreSQL documentation, appendix A: connection, operator intervention, resources, system."""


def of(error: BaseException | None) -> Trouble | None:
    """The trouble that an exception (or what it was raised from) speaks of; None if it is a defect."""
    for _depth in range(6):
        if error is None:
            return None
        if isinstance(error, DatabaseError | InterfaceError):
            return _of_database(error)
        error = error.__cause__
    return None


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be reached at all just now: a restart, a cut connection."""
    found = of(error)
    return found is UNREACHABLE or found is RESTARTING


def _of_database(error: DatabaseError | InterfaceError) -> Trouble | None:
    # psycopg2 keeps the SQLSTATE on its own exception, from which Django raises.
    state = getattr(error.__cause__, "pgcode", None)
    if state is None:
        # A connection that breaks in the middle of an answer may be told by no more than the base class.
        is_cut = isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
        return UNREACHABLE if is_cut else None
    return _BY_STATE.get(state) or _CLASSES.get(state[:2])
