"""Run a short transaction again when the database asks for it.

PostgreSQL ends one of two transactions that wait for each other (40P01) or contradict each other
(40001); the right answer is to do the whole thing once more, three times at most. Inside another
transaction nothing can be repeated, so the error passes through.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

T = TypeVar("T")

_AGAIN = {"40P01", "40001"}
_TRIES = 3


def on_conflict(work: Callable[[], T]) -> T:
    """The result of `work`, tried up to three times on a deadlock or a serialization failure."""
    for tried in range(1, _TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", None)
            if code not in _AGAIN or tried == _TRIES or connection.in_atomic_block:
                raise
            time.sleep(random.uniform(0.005, 0.02) * tried)  # noqa: S311  a pause, not a secret
    raise AssertionError("unreachable")
