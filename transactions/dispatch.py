"""The dispatcher: claims what is due, decides it, calls suppliers side by side, records the answers.

One process claims, decides and records; a pool of threads makes the calls, so a supplier that takes
seconds holds a thread and nothing else. Any number of dispatchers may run, on any number of machines:
a lease keeps them apart. Whatever one of them leaves behind when it dies is due again for the others.
"""

import queue as queues
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import groupby
from operator import attrgetter

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from portal.lib import meters, retry, tenancy
from transactions import fulfilment, payments, queue, states, stock, todo
from transactions.fulfilment import Answer, Call
from transactions.models import DueKind, Order, Status, TaskKind
from transactions.queue import Claim
from transactions.suppliers.base import Outcome

log = structlog.get_logger(__name__)

BATCH = 50
IDLE_SECONDS = 0.1
PARK_AFTER = 8


class Dispatcher:
    """One dispatcher; `run` until `stop`."""

    def __init__(self, *, threads: int = 32) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="call")
        self._answers: queues.SimpleQueue[Answer] = queues.SimpleQueue()
        self._in_flight = 0
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Take no more work; `run` returns once the calls under way are recorded."""
        self._stopping.set()

    def run(self) -> None:
        """Work until told to stop; a database that is away is waited for."""
        while not self._stopping.is_set() or self._in_flight:
            try:
                busy = self.turn()
            except (OperationalError, InterfaceError) as error:
                log.warning("database is away, waiting", error=type(error).__name__)
                connection.close()
                busy = False
                self._stopping.wait(1)
            if not busy:
                self._rest()
        self._pool.shutdown()

    def turn(self) -> bool:
        """Record what came, start what is due; whether there was anything to do."""
        recorded = self._record(self._drain())
        if self._stopping.is_set():
            return recorded
        claims = queue.claim(min(BATCH, self._threads - self._in_flight)) if self._in_flight < self._threads else []
        meters.dispatcher_batch.observe(len(claims))
        for held in claims:
            self._work(held)
        return recorded or bool(claims)

    def _rest(self) -> None:
        """Sleep until an answer comes or it is time to look at the queue again."""
        _let_go()
        try:
            self._answers.put(self._answers.get(timeout=IDLE_SECONDS))
        except queues.Empty:
            return

    def _work(self, held: Claim) -> None:
        try:
            call = advance(held)
        except Exception:  # one poisoned row must not stop the others
            log.exception("work failed", kind=held.kind, target=held.target, tries=held.tries)
            _let_go()
            set_aside(held)
            return
        if call is not None:
            self._in_flight += 1
            self._pool.submit(self._make, call)

    def _make(self, call: Call) -> None:
        try:
            self._answers.put(call.run())
        except Exception:  # a defect in a connector: the attempt stays pending and is asked again
            log.exception("call failed", supplier=call.supplier, order=call.order_id)
            self._answers.put(Answer(call=call, verdict=fulfilment.UNKNOWN, seconds=0.0))
        finally:
            _let_go()

    def _drain(self) -> list[Answer]:
        answers: list[Answer] = []
        while len(answers) < BATCH:
            try:
                answers.append(self._answers.get_nowait())
            except queues.Empty:
                break
        return answers

    def _record(self, answers: list[Answer]) -> bool:
        """Successes and unknowns of one dealer in one transaction; a failure touches wallets and stands alone."""
        self._in_flight -= len(answers)
        for answer in answers:
            meters.supplier_calls.labels(answer.call.supplier, str(answer.verdict.outcome)).inc()
            meters.supplier_seconds.labels(answer.call.supplier).observe(answer.seconds)
        failed = [a for a in answers if a.verdict.outcome == Outcome.FAILED]
        others = sorted((a for a in answers if a not in failed), key=attrgetter("call.dealer_id", "call.order_id"))
        for dealer_id, group in groupby(others, key=attrgetter("call.dealer_id")):
            _record_together(dealer_id, list(group))
        for answer in failed:
            _record_alone(answer)
        return bool(answers)


def advance(held: Claim) -> Call | None:
    """Do what a claimed row asks for."""
    if held.kind == DueKind.ORDER:
        return _advance_order(held)
    if held.kind == DueKind.PAYMENT:
        payments.expire_code(held.dealer_id, held.target)
    elif held.kind == DueKind.RESULT:
        stock.report(held.dealer_id, held.target)
    return None


def _advance_order(held: Claim) -> Call | None:
    def once() -> Call | None:
        with tenancy.inside(held.dealer_id):
            order = states.lock(held.dealer_id, held.target)
            if order.status == Status.AWAITING_PAYMENT:
                payments.expire_order(order)
                return None
            return fulfilment.decide(order, token=held.token)

    return retry.on_conflict(once)


def set_aside(held: Claim) -> None:
    """Try again later and later; after `PARK_AFTER` times leave it to a person, with the money held."""
    if held.tries < PARK_AFTER:
        queue.give_back(held, after=timedelta(seconds=min(2**held.tries, 300)))
        return
    queue.park(held)
    with tenancy.inside(held.dealer_id):
        order = Order.objects.filter(dealer_id=held.dealer_id, pk=held.target).first()
        is_order = held.kind == DueKind.ORDER and order is not None
        todo.ask(
            held.dealer_id,
            TaskKind.PARKED,
            order.code if is_order and order else f"{held.kind}:{held.target}",
            within=fulfilment.STAFF_WITHIN,
            order=order if is_order else None,
        )


def _record_together(dealer_id: int, answers: list[Answer]) -> None:
    try:
        with tenancy.inside(dealer_id):
            for answer in answers:
                fulfilment.record_answer(answer)
    except Exception as error:  # noqa: BLE001  one bad answer must not take the others with it
        log.warning("batch not recorded, one by one", error=repr(error), answers=len(answers))
        _let_go()
        for answer in answers:
            _record_alone(answer)


def _record_alone(answer: Answer) -> None:
    """Record one answer; if that fails, the attempt is still pending, and will be asked about again."""
    try:
        retry.on_conflict(lambda: fulfilment.record_answer(answer))
    except Exception:  # the row is due again: nothing is lost
        log.exception("answer not recorded", order=answer.call.order_id, supplier=answer.call.supplier)
        _let_go()


def _let_go() -> None:
    """Drop a connection that is broken or too old, unless a transaction of the caller's is open on it."""
    if not connection.in_atomic_block:
        close_old_connections()


def run_once(*, limit: int = BATCH) -> int:
    """Claim, call and record in this thread, once; for tests and tools. Returns how many rows were due."""
    claims: Iterable[Claim] = queue.claim(limit)
    done = 0
    for held in claims:
        call = advance(held)
        if call is not None:
            fulfilment.record_answer(call.run())
        done += 1
    return done
