"""A transaction of another connection that stays open while the test goes on, and ends when the block ends."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connections

from portal.lib import tenancy

T = TypeVar("T")


@contextmanager
def held_open(dealer_id: int, work: Callable[[], T]) -> Iterator["Future[T]"]:
    """Do the work in a transaction of its own thread; it commits when the block ends."""
    done, may_end = threading.Event(), threading.Event()

    def run() -> T:
        try:
            with tenancy.inside(dealer_id):
                result = work()
                done.set()
                assert may_end.wait(30)
                return result
        finally:
            done.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        assert done.wait(30)
        try:
            yield future
        finally:
            may_end.set()
            future.result(30)


def meanwhile(dealer_id: int, first: Callable[[], T], second: Callable[[], T]) -> tuple[T, T]:
    """The second piece of work begins while the first has done its part and not committed, and waits for it."""
    with ThreadPoolExecutor(1) as pool:
        with held_open(dealer_id, first) as one:
            two = pool.submit(_inside, dealer_id, second)
            _wait_until_blocked(two)
        return one.result(30), two.result(30)


def _inside(dealer_id: int, work: Callable[[], T]) -> T:
    try:
        with tenancy.inside(dealer_id):
            return work()
    finally:
        connections.close_all()


def _wait_until_blocked(future: "Future[T]") -> None:
    """Until the database says that somebody waits for a lock; at once when nobody has to."""
    until = time.monotonic() + 20
    with connections["default"].cursor() as cursor:
        while not future.done() and time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
