"""The dispatcher: claims what is due, decides it, calls suppliers side by side, records the answers.

One process claims, decides and records; a pool of threads makes the calls, so a supplier that takes
seconds holds a thread and nothing else. Any number of dispatchers may run, on any number of machines:
a lease keeps them apart. Whatever one of them leaves behind when it dies is due again for the others.
"""

import queue as queues
import random
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain, groupby, islice, takewhile
from operator import attrgetter

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from portal.lib import meters, retry, tenancy, trouble
from transactions import fulfilment, inquiries, paybacks, payments, queue, states, stock, todo, webhook_calls
from transactions.fulfilment import Answer, Call
from transactions.inquiries import Heard, Inquiry
from transactions.models import DueKind, Order, Status, TaskKind
from transactions.queue import Claim, LostLease
from transactions.suppliers.base import Outcome

log = structlog.get_logger(__name__)

BATCH = 50
TOGETHER = 10
"""So many orders are decided in one transaction: who waits for one of them waits for the others, too."""
IDLE_SECONDS = 0.1
PARK_AFTER = 8
IN_HOUSE_THREADS = 2
WEBHOOK_THREADS = 32
WEBHOOKS_EVERY_SECONDS = 0.1
Work = Call | Inquiry | paybacks.Call | webhook_calls.Call
Came = Answer | Heard | paybacks.Told | webhook_calls.Told


class Dispatcher:
    """One dispatcher; `run` until `stop`."""

    def __init__(self, *, threads: int = 32) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="call")
        # What is bought in-house needs a connection to the database each: two that are always used, not one per thread.
        self._inside = ThreadPoolExecutor(IN_HOUSE_THREADS, thread_name_prefix="inside")
        self._answers: queues.SimpleQueue[Came] = queues.SimpleQueue()
        self._claims: deque[Claim] = deque()
        self._in_flight = 0
        # Webhooks have threads of their own: an address that answers late holds up no order.
        self._hooks = ThreadPoolExecutor(WEBHOOK_THREADS, thread_name_prefix="webhook")
        self._hooks_in_flight = 0
        self._hooks_looked = 0.0
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Take no more work; `run` returns once the calls under way are recorded."""
        self._stopping.set()

    def run(self) -> None:
        """Work until told to stop; a database that is away is waited for."""
        while not self._stopping.is_set() or self._in_flight or self._hooks_in_flight:
            try:
                busy = self.turn()
            except (DatabaseError, InterfaceError) as error:
                if not trouble.is_away(error):
                    raise
                log.warning("database is away, waiting", error=type(error).__name__)
                connection.close()
                busy = False
                self._stopping.wait(1)
            if not busy:
                self._rest()
        self._pool.shutdown()
        self._inside.shutdown()
        self._hooks.shutdown()

    def turn(self) -> bool:
        """Record what came, start what is due; whether there was anything to do."""
        recorded = self._record(self._drain())
        if self._stopping.is_set():
            return recorded
        if not self._claims and self._in_flight < self._threads:
            found = queue.claim(min(BATCH, self._threads - self._in_flight))
            self._claims.extend(sorted(found, key=attrgetter("kind", "dealer_id", "target")))
            meters.dispatcher_batch.observe(len(self._claims))
        started = bool(self._claims)
        while self._claims:
            done = self._work(_alike(self._claims))
            for _ in range(done):
                self._claims.popleft()  # only now: if the database goes away, its return finds the claims here
        return self._start_webhooks() or recorded or started

    def _start_webhooks(self) -> bool:
        """Begin what is due to be told, as far as there are threads; whether there was anything."""
        now, room = time.monotonic(), WEBHOOK_THREADS - self._hooks_in_flight
        if room <= 0 or now - self._hooks_looked < WEBHOOKS_EVERY_SECONDS:
            return False
        claims = webhook_calls.claim(room)
        if not claims:
            self._hooks_looked = now
            return False
        for call in _webhooks(claims):
            self._hooks_in_flight += 1
            self._hooks.submit(self._make, call)
        return True

    def _rest(self) -> None:
        """Sleep until an answer comes or it is time to look at the queue again."""
        _let_go()
        try:
            self._answers.put(self._answers.get(timeout=IDLE_SECONDS))
        except queues.Empty:
            return

    def _work(self, batch: list[Claim]) -> int:
        """Begin what claims ask for; how many of them were seen to."""
        found: Sequence[Work | None] | None = _together(batch) if len(batch) > 1 else None
        found = [_alone(batch[0])] if found is None else found
        for work in found:
            if work is not None:
                self._in_flight += 1
                pool = self._inside if isinstance(work, Call) and work.is_in_house else self._pool
                pool.submit(self._make, work)
        return len(found)

    def _make(self, work: Work) -> None:
        try:
            came = work.run()
            _measure(came)
            self._answers.put(came)
        except Exception:  # a defect in a connector: nothing is known, and it is asked again
            log.exception("call failed", work=str(work))
            self._answers.put(work.broken())
        finally:
            _let_go()

    def _drain(self) -> list[Came]:
        answers: list[Came] = []
        while len(answers) < BATCH:
            try:
                answers.append(self._answers.get_nowait())
            except queues.Empty:
                break
        return answers

    def _record(self, came: list[Came]) -> bool:
        """Successes and unknowns of one dealer in one transaction; whatever touches wallets stands alone.

        What cannot be recorded because the database is away comes again.
        """
        waiting = deque(_batches(came))
        try:
            while waiting:
                _record_together(waiting[0])
                done = waiting.popleft()
                hooks = sum(isinstance(each, webhook_calls.Told) for each in done)
                self._hooks_in_flight -= hooks
                self._in_flight -= len(done) - hooks
        finally:
            for each in chain.from_iterable(waiting):
                self._answers.put(each)
        return bool(came)


def _alike(claims: Iterable[Claim]) -> list[Claim]:
    """The claims that are decided together: orders of one dealer, or else one alone."""
    first, *others = islice(claims, TOGETHER)
    if first.kind != DueKind.ORDER:
        return [first]
    return [first, *takewhile(lambda held: (held.kind, held.dealer_id) == (first.kind, first.dealer_id), others)]


def _together(batch: list[Claim]) -> list[Call | None] | None:
    """What these orders need; None when one of them is poisoned, and each has to stand alone."""
    try:
        return _decided(batch)
    except Exception as error:  # one poisoned row must not take the others with it
        if trouble.is_away(error):
            raise
        log.warning("batch not decided, one by one", error=repr(error), claims=len(batch))
        _let_go()
        return None


def _alone(held: Claim) -> Work | None:
    try:
        return advance(held)
    except Exception as error:  # one poisoned row must not stop the others
        if trouble.is_away(error):
            raise
        log.exception("work failed", kind=held.kind, target=held.target, tries=held.tries)
        _let_go()
        set_aside(held)
        return None


def _webhooks(claims: list[Claim]) -> list[webhook_calls.Call]:
    """What these claims ask for; those of a lane that cannot be read come again later."""
    calls: list[webhook_calls.Call] = []
    for lane in webhook_calls.by_lane(claims):
        try:
            calls += webhook_calls.decide(lane)
        except Exception as error:  # one poisoned row must not stop the others
            if trouble.is_away(error):
                raise
            log.exception("webhooks not read", targets=[held.target for held in lane])
            _let_go()
            for held in lane:
                set_aside(held)
    return calls


def _measure(came: Came) -> None:
    if isinstance(came, Answer):
        meters.supplier_calls.labels(came.call.supplier, str(came.verdict.outcome)).inc()
        meters.supplier_seconds.labels(came.call.supplier).observe(came.seconds)


def _batches(came: list[Came]) -> Iterator[list[Came]]:
    """What is recorded together: the answers of one dealer that move no wallet's money, in the order of their rows."""
    together = [each for each in came if isinstance(each, Answer) and each.verdict.outcome != Outcome.FAILED]
    others = sorted(together, key=attrgetter("call.dealer_id", "call.order_id"))
    for _dealer, group in groupby(others, key=attrgetter("call.dealer_id")):
        yield list(group)
    yield from ([each] for each in came if not isinstance(each, Answer) or each.verdict.outcome == Outcome.FAILED)


def advance(held: Claim) -> Work | None:
    """Do what a claimed row asks for."""
    if held.kind == DueKind.ORDER:
        return _advance_order(held)
    if held.kind == DueKind.PAYMENT:
        return inquiries.decide(held)
    if held.kind == DueKind.REFUND:
        return paybacks.decide(held)
    stock.report(held.dealer_id, held.target)
    return None


def _advance_order(held: Claim) -> Call | None:
    try:
        (call,) = retry.on_conflict(lambda: _decided([held]))
    except LostLease:
        log.warning("lease was lost before the decision", target=held.target)
        return None
    return call


def _decided(batch: list[Claim]) -> list[Call | None]:
    """Decide orders of one dealer in one transaction, in the order of their rows; the calls, once it is committed.

    An order that ends ends the transaction, too: its money has moved, and wallets are locked last.
    """
    calls: list[Call | None] = []
    with tenancy.inside(batch[0].dealer_id):
        for held in batch:
            order = states.lock(held.dealer_id, held.target)
            calls.append(_next_step(order, held))
            if order.is_final:
                break
    return calls


def _next_step(order: Order, held: Claim) -> Call | None:
    if order.status == Status.AWAITING_PAYMENT:
        payments.expire_order(order)
        return None
    return fulfilment.decide(order, token=held.token)


def set_aside(held: Claim) -> None:
    """Try again later and later; after `PARK_AFTER` times leave it to a person, with the money held."""
    if held.tries < PARK_AFTER:
        spread = random.uniform(0.8, 1.2)  # noqa: S311  so that what failed together does not come back together
        queue.give_back(held, after=timedelta(seconds=min(2**held.tries, 300) * spread))
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


def _record_together(batch: list[Came]) -> None:
    if len(batch) > 1:
        try:
            fulfilment.record_answers([each for each in batch if isinstance(each, Answer)])
        except Exception as error:  # one bad answer must not take the others with it
            if trouble.is_away(error):
                raise
            log.warning("batch not recorded, one by one", error=repr(error), answers=len(batch))
            _let_go()
        else:
            return
    for each in batch:
        _record_alone(each)


def _record_alone(came: Came) -> None:
    """Record one answer; if that fails, nothing was decided, and it will be asked about again."""
    try:
        retry.on_conflict(lambda: _take(came))
    except Exception as error:  # the row is due again: nothing is lost
        if trouble.is_away(error):
            raise
        log.exception("answer not recorded", answer=str(came))
        _let_go()


def _take(came: Came) -> None:
    if isinstance(came, Heard):
        inquiries.record(came)
    elif isinstance(came, paybacks.Told):
        paybacks.record(came)
    elif isinstance(came, webhook_calls.Told):
        webhook_calls.record(came)
    else:
        fulfilment.record_answer(came)


def _let_go() -> None:
    """Drop a connection that is broken or too old, unless a transaction of the caller's is open on it."""
    if not connection.in_atomic_block:
        close_old_connections()


def run_once(*, limit: int = BATCH) -> int:
    """Claim, call and record in this thread, once; for tests and tools. Returns how many rows were due."""
    claims: Iterable[Claim] = queue.claim(limit)
    done = 0
    for held in claims:
        work = advance(held)
        if work is not None:
            _take(work.run())
        done += 1
    for call in _webhooks(webhook_calls.claim(limit)):
        _take(call.run())
        done += len(call.letters)
    return done
