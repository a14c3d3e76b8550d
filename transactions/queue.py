"""The due rows: how anything says when it must be looked at again, and how a dispatcher claims work.

A claim is a lease with a token, taken in batches with SKIP LOCKED, so that any number of dispatchers
can run at once. Times are the database's, whatever a machine's clock says.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from portal.lib import roundtrip
from portal.lib.roundtrip import Statement
from transactions.models import Due, DueKind

LEASE = timedelta(seconds=60)


class LostLease(Exception):
    """The row is another dispatcher's by now: whoever finds this out does nothing."""


@dataclass(frozen=True)
class Claim:
    """A due row that is ours until the lease ends."""

    id: int
    dealer_id: int
    kind: str
    target: int
    tries: int
    token: uuid.UUID
    lane: int | None = None


_CLAIM = """
UPDATE due SET token = %s, lease_until = now() + %s * interval '1 second', tries = tries + 1
WHERE id IN (
    SELECT id FROM due
    WHERE NOT parked AND kind <> 'webhook' AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING id, dealer_id, kind, target, tries
"""

OVER = """
ON CONFLICT (dealer_id, kind, target)
DO UPDATE SET due_at = EXCLUDED.due_at, lease_until = NULL, token = NULL, tries = 0, parked = false,
    lane = coalesce(EXCLUDED.lane, due.lane)
"""
"""What becomes of a row that is there already: it is due at the new time, and nobody's lease holds."""
_SET = f"""
INSERT INTO due (dealer_id, kind, target, due_at, tries, parked, lane)
SELECT %s, %s, target, now() + %s * interval '1 second', 0, false, %s FROM unnest(%s::bigint[]) AS target {OVER}
"""  # noqa: S608  built from the constant above
_REST = f"""
INSERT INTO due (dealer_id, kind, target, due_at, tries, parked)
SELECT id, 'order', %s, now() + cancel_seconds * interval '1 second', 0, false FROM dealer WHERE id = %s {OVER}
"""  # noqa: S608  built from the constant above
_KEEP = """
UPDATE due SET due_at = now() + %s * interval '1 second',
    lease_until = greatest(lease_until, now() + %s * interval '1 second')
WHERE dealer_id = %s AND kind = %s AND target = %s AND (%s::uuid IS NULL OR token = %s::uuid)
"""

# The lanes that hold something, found by jumping from one to the next; of those where nothing is under way, the first
# rows that are due.
_CLAIM_LANES = """
WITH RECURSIVE lanes (lane) AS (
    (SELECT lane FROM due WHERE NOT parked AND kind = 'webhook' ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (
        SELECT d.lane FROM due d WHERE NOT d.parked AND d.kind = 'webhook' AND d.lane > lanes.lane
        ORDER BY d.lane LIMIT 1
    ) FROM lanes WHERE lanes.lane IS NOT NULL
), free AS (
    SELECT lane FROM lanes WHERE lane IS NOT NULL AND NOT EXISTS (
        SELECT FROM due b
        WHERE NOT b.parked AND b.kind = 'webhook' AND b.lane = lanes.lane AND b.lease_until > now()
    ) ORDER BY random()
)
UPDATE due SET token = %s, lease_until = now() + %s * interval '1 second', tries = tries + 1
WHERE id IN (
    SELECT first.id FROM free, LATERAL (
        SELECT id FROM due
        WHERE NOT parked AND kind = 'webhook' AND lane = free.lane AND due_at <= now()
          AND (lease_until IS NULL OR lease_until <= now())
        ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
    ) AS first LIMIT %s
)
RETURNING id, dealer_id, kind, target, tries, lane
"""
_REST_LANE = """
UPDATE due SET due_at = now() + %s * interval '1 second'
WHERE dealer_id = %s AND kind = 'webhook' AND lane = %s AND NOT parked
    AND due_at < now() + %s * interval '1 second' AND token IS NULL
"""
_GIVE_BACK = """
UPDATE due SET due_at = now() + %s * interval '1 second', lease_until = NULL, token = NULL WHERE id = %s AND token = %s
"""
_LANES_LOCK = 7_261_045
"""Dispatchers take turns here, so that two of them never take rows of one lane."""


def claim(limit: int) -> list[Claim]:
    """Take up to `limit` rows that are due and that nobody holds."""
    token = uuid.uuid4()
    found = roundtrip.rows(Statement(_CLAIM, [token, LEASE.total_seconds(), limit]))
    return [Claim(row[0], row[1], row[2], row[3], row[4], token) for row in found]


def set_due(
    dealer_id: int, kind: DueKind, *targets: int, after: timedelta = timedelta(), lane: int | None = None
) -> None:
    """Look at the targets `after` from now; ends whatever lease there was. A webhook needs its lane."""
    roundtrip.send(due_in(dealer_id, kind, *targets, after=after, lane=lane))


def due_in(
    dealer_id: int, kind: DueKind, *targets: int, after: timedelta = timedelta(), lane: int | None = None
) -> Statement:
    """The same as a statement to be sent with others."""
    return Statement(_SET, [dealer_id, kind, after.total_seconds(), lane, sorted(targets)])


def hasten(dealer_id: int, kind: DueKind, targets: Collection[int]) -> int:
    """Look at targets now that nobody is looking at, unless they are parked; how many that were."""
    rows = Due.objects.filter(dealer_id=dealer_id, kind=kind, target__in=targets, parked=False)
    return rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=Now())).update(due_at=Now())


def due_once_it_rested(dealer_id: int, order_id: int) -> Statement:
    """An order that was just paid is due as soon as its dealer's time to cancel has passed."""
    return Statement(_REST, [order_id, dealer_id])


def claim_lanes(*, per_lane: int, limit: int) -> list[Claim]:
    """Take the first rows of lanes in which nothing is under way; none while another dispatcher does the same."""
    token = uuid.uuid4()
    with transaction.atomic():
        if roundtrip.ask(Statement("SELECT pg_try_advisory_xact_lock(%s)", [_LANES_LOCK])) != (True,):
            return []
        found = roundtrip.rows(Statement(_CLAIM_LANES, [token, LEASE.total_seconds(), per_lane, limit]))
        return [Claim(row[0], row[1], row[2], row[3], row[4], token, row[5]) for row in found]


def clear_lane(dealer_id: int, lane: int) -> None:
    """Nothing of a lane is to be done for now."""
    Due.objects.filter(dealer_id=dealer_id, kind=DueKind.WEBHOOK, lane=lane).delete()


def rest_lane(dealer_id: int, lane: int, *, after: timedelta) -> None:
    """Begin nothing in a lane for so long; what is asked for by hand meanwhile goes at once."""
    rest = after.total_seconds()
    roundtrip.send(Statement(_REST_LANE, [rest, dealer_id, lane, rest]))


def keep_until(dealer_id: int, kind: DueKind, target: int, *, after: timedelta, token: uuid.UUID | None = None) -> None:
    """Look again `after` from now if nobody reports before; the lease goes on.

    Raises `LostLease` when `token` is given and somebody else has taken the row meanwhile.
    """
    kept = keeping(dealer_id, kind, target, after=after, token=token)
    if roundtrip.ask(kept._replace(sql=f"{kept.sql} RETURNING id")) is None and token is not None:
        raise LostLease


def keeping(dealer_id: int, kind: DueKind, target: int, *, after: timedelta, token: uuid.UUID | None) -> Statement:
    """The same as a statement to be sent with others, who look whether it touched a row."""
    rest = after.total_seconds()
    return Statement(_KEEP, [rest, rest, dealer_id, kind, target, token, token])


def holder(dealer_id: int, kind: DueKind, target: int) -> Statement:
    """Whose the row is now: a statement that answers the token, to be sent after others."""
    return Statement(
        "SELECT token FROM due WHERE dealer_id = %s AND kind = %s AND target = %s", [dealer_id, kind, target]
    )


def holds(dealer_id: int, kind: DueKind, target: int, token: uuid.UUID) -> bool:
    """Whether this token still owns the row."""
    return roundtrip.ask(holder(dealer_id, kind, target)) == (token,)


def finish(dealer_id: int, kind: DueKind, target: int) -> None:
    """Nothing more is to be done."""
    roundtrip.send(finished(dealer_id, kind, target))


def finished(dealer_id: int, kind: DueKind, target: int) -> Statement:
    """The same as a statement to be sent with others."""
    return Statement("DELETE FROM due WHERE dealer_id = %s AND kind = %s AND target = %s", [dealer_id, kind, target])


def give_back(held: Claim, *, after: timedelta) -> None:
    """The work failed: try again later."""
    roundtrip.send(Statement(_GIVE_BACK, [after.total_seconds(), held.id, held.token]))


def park(held: Claim) -> None:
    """The work fails every time: leave it for a person."""
    Due.objects.filter(pk=held.id, token=held.token).update(parked=True, lease_until=None, token=None)


def unpark(dealer_id: int, kind: DueKind, target: int) -> None:
    """A person says: try again now."""
    set_due(dealer_id, kind, target)
