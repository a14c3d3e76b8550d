"""The due rows: how anything says when it must be looked at again, and how a dispatcher claims work.

A claim is a lease with a token, taken in batches with SKIP LOCKED, so that any number of dispatchers
can run at once. Times are the database's, whatever a machine's clock says.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

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


_CLAIM = """
UPDATE due SET token = %s, lease_until = now() + %s * interval '1 second', tries = tries + 1
WHERE id IN (
    SELECT id FROM due
    WHERE NOT parked AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING id, dealer_id, kind, target, tries
"""

OVER = """
ON CONFLICT (dealer_id, kind, target)
DO UPDATE SET due_at = EXCLUDED.due_at, lease_until = NULL, token = NULL, tries = 0, parked = false
"""
"""What becomes of a row that is there already: it is due at the new time, and nobody's lease holds."""
_SET = f"""
INSERT INTO due (dealer_id, kind, target, due_at, tries, parked)
VALUES (%s, %s, %s, now() + %s * interval '1 second', 0, false) {OVER}
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


def claim(limit: int) -> list[Claim]:
    """Take up to `limit` rows that are due and that nobody holds."""
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, LEASE.total_seconds(), limit])
        return [Claim(row[0], row[1], row[2], row[3], row[4], token) for row in cursor.fetchall()]


def set_due(dealer_id: int, kind: DueKind, target: int, *, after: timedelta = timedelta()) -> None:
    """Look at the target `after` from now; ends whatever lease there was."""
    roundtrip.send(due_in(dealer_id, kind, target, after=after))


def due_in(dealer_id: int, kind: DueKind, target: int, *, after: timedelta = timedelta()) -> Statement:
    """The same as a statement to be sent with others."""
    return Statement(_SET, [dealer_id, kind, target, after.total_seconds()])


def due_once_it_rested(dealer_id: int, order_id: int) -> Statement:
    """An order that was just paid is due as soon as its dealer's time to cancel has passed."""
    return Statement(_REST, [order_id, dealer_id])


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


def finish(dealer_id: int, kind: DueKind, target: int) -> None:
    """Nothing more is to be done."""
    roundtrip.send(finished(dealer_id, kind, target))


def finished(dealer_id: int, kind: DueKind, target: int) -> Statement:
    """The same as a statement to be sent with others."""
    return Statement("DELETE FROM due WHERE dealer_id = %s AND kind = %s AND target = %s", [dealer_id, kind, target])


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
