"""The due rows: how anything says when it must be looked at again, and how a dispatcher claims work.

A claim is a lease with a token, taken in batches with SKIP LOCKED, so that any number of dispatchers
can run at once. Times are the database's, whatever a machine's clock says.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

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

_SET = """
INSERT INTO due (dealer_id, kind, target, due_at, tries, parked, lane)
SELECT %s, %s, target, now() + %s * interval '1 second', 0, false, %s FROM unnest(%s::bigint[]) AS target
ON CONFLICT (dealer_id, kind, target)
DO UPDATE SET due_at = EXCLUDED.due_at, lease_until = NULL, token = NULL, tries = 0, parked = false,
    lane = coalesce(EXCLUDED.lane, due.lane)
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
_LANES_LOCK = 7_261_045
"""Dispatchers take turns here, so that two of them never take rows of one lane."""


def claim(limit: int) -> list[Claim]:
    """Take up to `limit` rows that are due and that nobody holds."""
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, LEASE.total_seconds(), limit])
        return [Claim(row[0], row[1], row[2], row[3], row[4], token) for row in cursor.fetchall()]


def claim_lanes(*, per_lane: int, limit: int) -> list[Claim]:
    """Take the first rows of lanes in which nothing is under way; none while another dispatcher does the same."""
    token = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LANES_LOCK])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(_CLAIM_LANES, [token, LEASE.total_seconds(), per_lane, limit])
        return [Claim(row[0], row[1], row[2], row[3], row[4], token, row[5]) for row in cursor.fetchall()]


def set_due(
    dealer_id: int, kind: DueKind, *targets: int, after: timedelta = timedelta(), lane: int | None = None
) -> None:
    """Look at the targets `after` from now; ends whatever lease there was. A webhook needs its lane."""
    with connection.cursor() as cursor:
        cursor.execute(_SET, [dealer_id, kind, after.total_seconds(), lane, sorted(targets)])


def clear_lane(dealer_id: int, lane: int) -> None:
    """Nothing of a lane is to be done for now."""
    Due.objects.filter(dealer_id=dealer_id, kind=DueKind.WEBHOOK, lane=lane).delete()


def rest_lane(dealer_id: int, lane: int, *, after: timedelta) -> None:
    """Begin nothing in a lane for so long; what is asked for by hand meanwhile goes at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE due SET due_at = now() + %s * interval '1 second' "
            "WHERE dealer_id = %s AND kind = 'webhook' AND lane = %s AND NOT parked "
            "AND due_at < now() + %s * interval '1 second' AND token IS NULL",
            [after.total_seconds(), dealer_id, lane, after.total_seconds()],
        )


def keep_until(dealer_id: int, kind: DueKind, target: int, *, after: timedelta, token: uuid.UUID | None = None) -> None:
    """Look again `after` from now if nobody reports before; the lease goes on.

    Raises `LostLease` when `token` is given and somebody else has taken the row meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE due SET due_at = now() + %s * interval '1 second', "
            "lease_until = greatest(lease_until, now() + %s * interval '1 second') "
            "WHERE dealer_id = %s AND kind = %s AND target = %s AND (%s::uuid IS NULL OR token = %s::uuid)",
            [after.total_seconds(), after.total_seconds(), dealer_id, kind, target, token, token],
        )
        if token is not None and not cursor.rowcount:
            raise LostLease


def holds(dealer_id: int, kind: DueKind, target: int, token: uuid.UUID) -> bool:
    """Whether this token still owns the row."""
    return Due.objects.filter(dealer_id=dealer_id, kind=kind, target=target, token=token).exists()


def finish(dealer_id: int, kind: DueKind, target: int) -> None:
    """Nothing more is to be done."""
    Due.objects.filter(dealer_id=dealer_id, kind=kind, target=target).delete()


def give_back(held: Claim, *, after: timedelta) -> None:
    """The work failed: try again later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE due SET due_at = now() + %s * interval '1 second', lease_until = NULL, token = NULL "
            "WHERE id = %s AND token = %s",
            [after.total_seconds(), held.id, held.token],
        )


def park(held: Claim) -> None:
    """The work fails every time: leave it for a person."""
    Due.objects.filter(pk=held.id, token=held.token).update(parked=True, lease_until=None, token=None)


def unpark(dealer_id: int, kind: DueKind, target: int) -> None:
    """A person says: try again now."""
    set_due(dealer_id, kind, target)
