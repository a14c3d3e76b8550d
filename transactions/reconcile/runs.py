"""Work on one day: get their statement, compare, write down. A row with a cursor, of which a task does a part.

The row is the lock: a lease is taken on it, the supplier is asked with no transaction open, and each batch is written
in a transaction of its own that begins by looking whether the lease is still the same. A statement decides no order:
of one that is still open, the supplier is asked again by the ordinary way.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from dealers import days
from dealers.models import Dealer
from portal.lib import crash, retry, tenancy, vault
from transactions import queue, todo
from transactions.models import (
    DayState,
    Difference,
    DueKind,
    ReconcileDay,
    ReconcileStatement,
    StatementSource,
    Supplier,
    Task,
    TaskKind,
)
from transactions.reconcile import sides, spelling, writing
from transactions.reconcile.files import MOST_LINES
from transactions.reconcile.matching import Finding, Matched, Ours, match
from transactions.suppliers import connections
from transactions.suppliers.base import Outcome, StatementLine, StatesDays, SupplierUnavailable, Trouble

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
BUDGET = 30.0
"""Seconds of writing after which the rest is left to the next task."""
BATCH = 500
AGAIN_AFTER = timedelta(hours=1)
"""How long what waits for a final word rests before it is looked at again …"""
MOST_ROUNDS = 3
"""… how often that is done at least, and until when at most, before it becomes a difference."""
PATIENCE = timedelta(hours=36)
FIRST_REST, LONGEST_REST = timedelta(minutes=15), timedelta(hours=6)
TELL_AFTER = 4
"""Times in a row that a statement was not to be had before a person is asked to look."""
LOOK_WITHIN = timedelta(days=2)
NEIGHBOURS = 7
"""Days before and after whose statements are looked through for what is missing in this one."""
UNREADABLE_KEY = "sealed"


class Busy(Exception):
    """Somebody else is at work on this day."""


@dataclass
class _Work:
    """One day in hand: whose lease it is, and until when this task goes on."""

    dealer: Dealer
    row: ReconcileDay
    lease: datetime
    deadline: float
    figures: dict[str, int] = field(default_factory=dict)


def due(dealer_id: int) -> list[int]:
    """The days that want work now. Inside the dealer's transaction."""
    now = timezone.now()
    rows = ReconcileDay.objects.filter(dealer_id=dealer_id, next_at__lte=now)
    free = rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))
    return list(free.order_by("next_at").values_list("pk", flat=True)[:100])


def work(dealer: Dealer, pk: int) -> ReconcileDay:
    """Do the next part of one day; the row as it stands then. No transaction may be open. Raises `Busy`."""
    hand = _take(dealer, pk)
    if _wants_statement(hand.row) and not _get(hand):
        return hand.row
    crash.point("reconcile_fetched")
    found = _compare(hand)
    if found is not None and _write(hand, found.findings):
        _conclude(hand, found)
    return hand.row


def _wants_statement(row: ReconcileDay) -> bool:
    """Whether there is none yet; where a machine told it, it is asked for anew at each later look."""
    is_told = row.source == StatementSource.CONNECTOR and row.state != DayState.MATCHING
    return is_told or row.state in {DayState.AWAITED, DayState.FAILED}


def _take(dealer: Dealer, pk: int) -> _Work:
    with tenancy.inside(dealer.pk):
        now = timezone.now()
        rows = ReconcileDay.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        row = rows.select_related("supplier", "partner").filter(dealer=dealer, pk=pk).first()
        if row is None or (row.lease_until is not None and row.lease_until > now):
            raise Busy
        row.lease_until = now + LEASE
        row.save(update_fields=["lease_until"])
        return _Work(dealer, row, row.lease_until, time.monotonic() + BUDGET)


def _hold(hand: _Work) -> ReconcileDay:
    """The row, locked, and still in this task's hand. Raises `Busy`. Inside the dealer's transaction."""
    rows = ReconcileDay.objects.select_for_update(of=("self",), no_key=True).select_related("supplier", "partner")
    row = rows.get(dealer=hand.dealer, pk=hand.row.pk)
    if row.lease_until != hand.lease:
        raise Busy
    hand.row = row
    return row


def _get(hand: _Work) -> bool:
    """Have their statement fetched where a machine can; False when there is none, and why is written down."""
    supplier = hand.row.supplier
    try:
        said = _statement(supplier, hand.row.day) if supplier else None
    except SupplierUnavailable as silent:
        return _fail(hand, str(silent.trouble))
    except vault.CannotOpen:
        return _fail(hand, UNREADABLE_KEY)
    if said is None:
        return _await_upload(hand)
    if len(said) > MOST_LINES:
        return _fail(hand, str(Trouble.GARBLED))
    with tenancy.inside(hand.dealer.pk):
        give(_hold(hand), writing.kept(said), source=StatementSource.CONNECTOR)
    return True


def _statement(supplier: Supplier, day: date) -> list[StatementLine] | None:
    """What the supplier says by machine, None where it cannot. Raises `SupplierUnavailable`, `vault.CannotOpen`."""
    connector = connections.connect(supplier)
    if isinstance(connector, StatesDays):
        return connector.statement(day)
    return None


def give(row: ReconcileDay, stored: list[writing.Facts], *, source: StatementSource) -> None:
    """Their statement is here: it is compared next. The row is locked."""
    before = ReconcileStatement.objects.filter(dealer_id=row.dealer_id, day=row).values_list("lines", flat=True)
    if before.first() != stored:
        row.ended_at = None
        ReconcileStatement.objects.update_or_create(dealer_id=row.dealer_id, day=row, defaults={"lines": stored})
    row.rounds = 0 if source == StatementSource.UPLOAD else row.rounds
    row.state, row.source, row.fetched_at = DayState.MATCHING, source, timezone.now()
    row.cursor, row.failures, row.trouble, row.next_at = "", 0, "", row.fetched_at
    fields = ("ended_at", "state", "source", "fetched_at", "cursor", "failures", "trouble", "rounds", "next_at")
    row.save(update_fields=fields)


def _await_upload(hand: _Work) -> bool:
    """Nobody can be asked by machine: count our side, and wait for a file."""
    with tenancy.inside(hand.dealer.pk):
        row = _hold(hand)
        ours = sides.of_day(hand.dealer, row)
        row.ours, row.sum_ours = len(ours), sum(own.cost for own in ours)
        row.state, row.next_at, row.lease_until = DayState.AWAITED, None, None
        row.save(update_fields=["ours", "sum_ours", "state", "next_at", "lease_until"])
    return False


def _fail(hand: _Work, trouble: str) -> bool:
    with tenancy.inside(hand.dealer.pk):
        row = _hold(hand)
        row.failures += 1
        rest = min(FIRST_REST * 2 ** min(row.failures - 1, 10), LONGEST_REST)
        row.state, row.trouble, row.lease_until = DayState.FAILED, trouble, None
        row.next_at = timezone.now() + rest
        row.save(update_fields=["failures", "state", "trouble", "next_at", "lease_until"])
        if row.failures >= TELL_AFTER:
            todo.ask(row.dealer_id, TaskKind.DIFFERENCE, str(row.pk), within=LOOK_WITHIN, note=title(row))
    log.warning("statement not fetched", dealer=hand.dealer.pk, day=str(row.day), trouble=trouble)
    return False


def title(row: ReconcileDay) -> str:
    """Whose day a row is."""
    side = row.supplier or row.partner
    return f"{side.name if side else ''} · {row.day:%Y-%m-%d}"


def _compare(hand: _Work) -> Matched | None:
    """Both sides held together; None when theirs is gone, as it is after a quarter of a year."""
    with tenancy.inside(hand.dealer.pk):
        row = _hold(hand)
        statement = ReconcileStatement.objects.filter(dealer_id=row.dealer_id, day=row, lines__isnull=False).first()
        if statement is None:
            row.next_at = row.lease_until = None
            row.save(update_fields=["next_at", "lease_until"])
            return None
        theirs = writing.lines(statement.lines)
        ours = _ours(hand.dealer, row, theirs)
        found = match(ours, theirs, elsewhere=_elsewhere(row, ours, theirs), is_patient=_is_patient(hand))
        hand.figures = {
            "ours": sum(own.is_of_day for own in ours),
            "sum_ours": sum(own.cost for own in ours if own.is_of_day),
            "theirs": found.theirs,
            "sum_theirs": found.sum_theirs,
            "matched": found.agreed,
            "repeats": found.repeats,
            "different": len(found.findings),
            "waiting": len(found.unknown) + len(found.tomorrows),
        }
        _ask_again(row, found.unknown)
        return found


def _ours(dealer: Dealer, row: ReconcileDay, theirs: Sequence[StatementLine]) -> list[Ours]:
    """Ours of the day, and ours of other days that their statement speaks of."""
    ours = sides.of_day(dealer, row)
    known = {own.reference for own in ours} | {spelling.reference(own.reference) for own in ours}
    asked = {spelling.plain(line.reference) for line in theirs}
    others = {name for name in asked | {spelling.reference(name) for name in asked} if name not in known}
    have = {own.pk for own in ours}
    return ours + [own for own in sides.named(row, others) if own.pk not in have]


def _is_patient(hand: _Work) -> bool:
    return hand.row.rounds < MOST_ROUNDS or timezone.now() < days.ends(hand.dealer, hand.row.day) + PATIENCE


def _ask_again(row: ReconcileDay, unknown: Sequence[Ours]) -> None:
    """What a statement says about an open order is a reason to ask, never an answer."""
    if row.supplier_id and unknown:
        queue.hasten(row.dealer_id, DueKind.ORDER, [own.order_id for own in unknown])


_ELSEWHERE = """
SELECT DISTINCT l ->> 'key' FROM reconcile_day r
JOIN reconcile_statement s ON s.dealer_id = r.dealer_id AND s.day_id = r.id
CROSS JOIN LATERAL jsonb_array_elements(coalesce(s.lines, '[]'::jsonb)) l
WHERE r.dealer_id = %(dealer)s AND r.supplier_id IS NOT DISTINCT FROM %(supplier)s
  AND r.partner_id IS NOT DISTINCT FROM %(partner)s AND r.day BETWEEN %(first)s AND %(last)s AND r.id <> %(row)s
  AND l ->> 'outcome' = 'succeeded' AND l ->> 'key' = ANY(%(keys)s)
"""


def _elsewhere(row: ReconcileDay, ours: Sequence[Ours], theirs: Sequence[StatementLine]) -> Collection[str]:
    """Which of ours that are missing here stand in their statements of the days around."""
    here = {spelling.reference(line.reference) for line in theirs}
    sold = (own for own in ours if own.is_of_day and own.outcome == Outcome.SUCCEEDED)
    missing = [key for own in sold if (key := spelling.reference(own.reference)) not in here]
    if not missing:
        return ()
    around = timedelta(days=NEIGHBOURS)
    span: dict[str, date] = {"first": row.day - around, "last": row.day + around}
    whose = {"dealer": row.dealer_id, "supplier": row.supplier_id, "partner": row.partner_id, "row": row.pk}
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, {**whose, **span, "keys": missing})
        return {key for (key,) in cursor.fetchall()}


def _write(hand: _Work, findings: Sequence[Finding]) -> bool:
    """Put findings down batch by batch, from where the row's cursor stands; False when time ran out before the end."""
    rest = [finding for finding in findings if finding.place > hand.row.cursor]
    for start in range(0, len(rest), BATCH):
        batch = rest[start : start + BATCH]
        retry.on_conflict(lambda batch=batch: _put(hand, batch))  # type: ignore[misc]  # a lambda's default
        crash.point("reconcile_written")
        if time.monotonic() > hand.deadline and start + BATCH < len(rest):
            with tenancy.inside(hand.dealer.pk):
                _hold(hand).lease_until = None
                hand.row.save(update_fields=["lease_until"])
            return False
    return True


def _put(hand: _Work, batch: Sequence[Finding]) -> None:
    with tenancy.inside(hand.dealer.pk):
        row = _hold(hand)
        writing.put(row, batch)
        row.cursor = batch[-1].place
        row.save(update_fields=["cursor"])


def _conclude(hand: _Work, found: Matched) -> None:
    with tenancy.inside(hand.dealer.pk):
        row = _hold(hand)
        is_fresh = row.ended_at is None  # no look before this one has seen this statement
        writing.vanish(row, found.findings)
        for name, value in hand.figures.items():
            setattr(row, name, value)
        row.cursor, row.lease_until, row.ended_at = "", None, timezone.now()
        row.rounds = min(row.rounds + 1, 10_000)
        row.next_at = row.ended_at + AGAIN_AFTER if row.waiting else None
        row.save(update_fields=[*hand.figures, "cursor", "lease_until", "ended_at", "rounds", "next_at"])
        settle(row)
        if is_fresh:
            _wake_neighbours(row)
    log.info("day compared", dealer=hand.dealer.pk, day=str(row.day), matched=row.matched, different=row.different)


def settle(row: ReconcileDay) -> None:
    """Say where a compared day stands, and have a task open exactly while somebody must look. The row is locked."""
    open_ones = writing.unresolved(row).count()
    if open_ones:
        row.state = DayState.DIFFERENT
    elif row.waiting:
        row.state = DayState.PENDING
    else:
        decided = Difference.objects.filter(dealer_id=row.dealer_id, day=row).exists()
        row.state = DayState.SETTLED if decided else DayState.AGREED
    row.save(update_fields=["state"])
    subject = str(row.pk)
    if not open_ones:
        todo.done(row.dealer_id, TaskKind.DIFFERENCE, subject)
        return
    note = f"{title(row)} · {open_ones}"
    todo.ask(row.dealer_id, TaskKind.DIFFERENCE, subject, within=LOOK_WITHIN, note=note)
    asked = Task.objects.filter(dealer_id=row.dealer_id, kind=TaskKind.DIFFERENCE, subject=subject, closed_at=None)
    asked.update(note=note[:200])


def _wake_neighbours(row: ReconcileDay) -> None:
    """What is missing on the days around may stand in this new statement."""
    span = (row.day - timedelta(days=NEIGHBOURS), row.day + timedelta(days=NEIGHBOURS))
    rows = ReconcileDay.objects.filter(
        dealer_id=row.dealer_id, supplier=row.supplier, partner=row.partner, day__range=span
    ).exclude(pk=row.pk)
    rows.filter(Q(waiting__gt=0) | Q(state=DayState.DIFFERENT)).update(next_at=timezone.now())
