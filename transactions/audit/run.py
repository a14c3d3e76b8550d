"""The audit itself: every invariant against one snapshot of the database.

One read-only REPEATABLE READ transaction, so that the portal may go on selling meanwhile: each use case
commits orders and money together, and a snapshot sees a use case whole or not at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import connections, transaction
from django.utils import timezone

from transactions.audit import books, deliveries, derived, paybacks, receipts, reconciled, sales, waiting, walls
from transactions.audit.base import SUMS_BY_ROLLUP, SUMS_IN_FULL, Invariant, Result, Violation

INVARIANTS: tuple[Invariant, ...] = tuple(
    sorted(
        (
            *books.INVARIANTS,
            *sales.INVARIANTS,
            *waiting.INVARIANTS,
            *derived.INVARIANTS,
            *receipts.INVARIANTS,
            *reconciled.INVARIANTS,
        ),
        key=attrgetter("number"),
    )
)
"""All invariants that are one query each; 18 and 20 ask somebody else."""
EXAMPLES = 5
LOOKS_BACK = timedelta(days=1)
"""What the run of every minute looks at."""
_COUNTS = """
SELECT (SELECT count(DISTINCT dealer_id) FROM account) AS books, (SELECT count(*) FROM account) AS accounts,
    (SELECT count(*) FROM transfer) AS transfers, (SELECT count(*) FROM orders) AS orders,
    (SELECT count(*) FROM attempt) AS attempts
"""


class NoBook(Exception):
    """The auditor sees no account at all: an empty database, or the wrong role."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the audit saw and found."""

    counts: Mapping[str, int]
    results: Sequence[Result]

    @property
    def broken(self) -> list[Result]:
        """The invariants that do not hold, in their order."""
        return [result for result in self.results if result.count]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is looked at. `using` is the auditor's connection, `app` the application's ("" = no wall check).

    `closed` looks only at the last day and at roll-ups, for a run every minute. `simulator` is the address
    of its record, "" where there is none; with `must_read` an audit that cannot read it is none. `as_of` is the
    time by which waiting is measured, for a database that nobody has served since.
    """

    using: str = "audit"
    app: str = "default"
    closed: bool = False
    simulator: str = ""
    must_read: bool = False
    as_of: datetime | None = None
    only: frozenset[int] = field(default_factory=frozenset)

    def asks(self, number: int) -> bool:
        """Whether this invariant is wanted; all are, when none is named."""
        return not self.only or number in self.only


def run(scope: Scope) -> Report:
    """Every invariant, with counts and a few examples each. Raises `NoBook`, `deliveries.NoRecord`."""
    with _snapshot(scope.using):
        with connections[scope.using].cursor() as cursor:
            cursor.execute(_COUNTS)
            names = [column.name for column in cursor.description]
            counts: dict[str, int] = dict(zip(names, cursor.fetchone(), strict=True))
        if not counts["books"]:
            raise NoBook(f"the connection {scope.using!r} sees no book")
        results = [*_queries(scope), *_record(scope)]
    if scope.app and scope.asks(walls.NUMBER):
        results.append(_result(walls.NUMBER, walls.SENTENCE, walls.check(app=scope.app)))
    return Report(counts=counts, results=sorted(results, key=attrgetter("number")))


def violations(using: str = "audit", *, only: Iterable[int] = ()) -> list[Violation]:
    """The first violations of each invariant that is a query, seen through `using`; empty when all hold.

    In a transaction that is open already it sees what that transaction sees, its own rows too.
    """
    scope = Scope(using=using, only=frozenset(only))
    with _snapshot(using):
        return [violation for result in _queries(scope) for violation in result.examples]


def _queries(scope: Scope) -> list[Result]:
    wanted = [i for i in INVARIANTS if scope.asks(i.number)]
    results = []
    for number, group in groupby(wanted, key=attrgetter("number")):
        checks = list(group)
        now = [check for check in checks if not (scope.closed and check.full_only)]
        parts = [_ask(check, scope) for check in now]
        results.append(
            Result(
                number=number,
                sentence=checks[0].sentence,
                count=sum(part.count for part in parts),
                examples=[example for part in parts for example in part.examples],
                skipped="" if now else "only in full",
            )
        )
    return results


def _ask(check: Invariant, scope: Scope) -> Result:
    query = check.sql.replace("{sums}", SUMS_BY_ROLLUP if scope.closed else SUMS_IN_FULL)
    query = query.replace("%(since)s", "%(since)s::timestamptz")
    query = query.replace("{now}", "%(as_of)s::timestamptz" if scope.as_of else "now()")
    with connections[scope.using].cursor() as cursor:
        cursor.execute(
            f"SELECT *, count(*) OVER () FROM ({query}) AS found (dealer_id, reference, finding) LIMIT {EXAMPLES}",  # noqa: S608
            {"since": timezone.now() - LOOKS_BACK if scope.closed else "-infinity", "as_of": scope.as_of},
        )
        rows = cursor.fetchall()
    examples = [Violation(number=check.number, dealer_id=d, reference=r, finding=f) for d, r, f, _ in rows]
    return Result(number=check.number, sentence=check.sentence, count=rows[0][3] if rows else 0, examples=examples)


def _record(scope: Scope) -> list[Result]:
    """What only the simulator knows: its deliveries, and what its till paid back."""
    checks: tuple[tuple[int, str, Callable[[], list[Violation]]], ...] = (
        (deliveries.NUMBER, deliveries.SENTENCE, lambda: _deliveries(scope)),
        (paybacks.NUMBER, paybacks.SENTENCE, lambda: _paybacks(scope)),
    )
    return [_asked(scope, number, sentence, look) for number, sentence, look in checks if scope.asks(number)]


def _asked(scope: Scope, number: int, sentence: str, look: Callable[[], list[Violation]]) -> Result:
    empty = Result(number=number, sentence=sentence)
    if not scope.simulator:
        return replace(empty, skipped="no supplier shows its record here")
    try:
        return _result(number, sentence, look())
    except deliveries.NoRecord as error:
        if scope.must_read:
            raise
        return replace(empty, skipped=f"not checked: {error}")


def _deliveries(scope: Scope) -> list[Violation]:
    return deliveries.check(deliveries.read_log(scope.simulator), url=scope.simulator, using=scope.using)


def _paybacks(scope: Scope) -> list[Violation]:
    return paybacks.check(paybacks.read_log(scope.simulator), using=scope.using)


def _result(number: int, sentence: str, found: list[Violation]) -> Result:
    return Result(number=number, sentence=sentence, count=len(found), examples=found[:EXAMPLES])


@contextmanager
def _snapshot(using: str) -> Iterator[None]:
    """One look at everything; a transaction that is open already is looked at as it stands."""
    is_open = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        if not is_open:
            with connections[using].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL jit = off")  # compiling takes longer than these queries
        yield
