"""Balances of every account, kept up by sums over closed transactions, and seals over the past.

Ids commit out of order, so a roll-up counts by transaction id, up to the oldest one still running. That
number means something only in the cluster that gave it: the mark carries the cluster's identifier, and
in another one (a restored backup) the sums are rebuilt, whatever the old numbers say. A seal goes by
time, ten minutes behind, which no transaction of ours outlives.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection, connections

from portal.lib import tenancy
from transactions.accounts import Acc
from transactions.models import Account, Rollup, Seal

_MAKE_MARK = """
INSERT INTO rollup_mark (dealer_id, system_identifier, closed_before, before_id, at)
SELECT %s, system_identifier, 0, 0, now() FROM pg_control_system() ON CONFLICT DO NOTHING
"""
_LOCK_MARK = """
SELECT m.system_identifier <> c.system_identifier FROM rollup_mark m, pg_control_system() c
WHERE m.dealer_id = %s FOR UPDATE OF m
"""
_START_AGAIN = """
UPDATE rollup_mark m SET system_identifier = c.system_identifier, closed_before = 0, before_id = CASE
    WHEN m.system_identifier = c.system_identifier THEN m.before_id
    -- Transactions from this cluster's future: they came with a backup.
    ELSE coalesce((SELECT max(t.id) FROM transfer t WHERE t.dealer_id = m.dealer_id
        AND t.xid >= pg_snapshot_xmax(pg_current_snapshot())
        AND t.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()), 0) END
FROM pg_control_system() c WHERE m.dealer_id = %s
"""
_ADD = """
WITH mark AS (
    SELECT dealer_id, closed_before::text::xid8 AS start, pg_snapshot_xmin(pg_current_snapshot()) AS stop, before_id
    FROM rollup_mark WHERE dealer_id = %s
), moved AS (
    SELECT t.* FROM transfer t JOIN mark USING (dealer_id)
    WHERE (t.id > before_id AND t.xid >= start AND t.xid < stop) OR (t.id <= before_id AND start = '0'::xid8)
), added AS (
    INSERT INTO rollup (dealer_id, account_id, day, came_in, went_out, transfers)
    SELECT dealer_id, account_id, (at AT TIME ZONE 'UTC')::date, sum(came_in), sum(went_out), count(*) FROM (
        SELECT dealer_id, to_id AS account_id, at, amount AS came_in, 0 AS went_out FROM moved
        UNION ALL
        SELECT dealer_id, frm_id, at, 0, amount FROM moved
    ) ends GROUP BY 1, 2, 3
    ON CONFLICT (dealer_id, account_id, day) DO UPDATE SET
        came_in = rollup.came_in + EXCLUDED.came_in,
        went_out = rollup.went_out + EXCLUDED.went_out,
        transfers = rollup.transfers + EXCLUDED.transfers
)
UPDATE rollup_mark m SET closed_before = greatest(m.closed_before, mark.stop::text::bigint), at = now()
FROM mark WHERE m.dealer_id = mark.dealer_id
"""
BALANCE = """
SELECT coalesce((SELECT sum(r.came_in - r.went_out) FROM rollup r
        WHERE r.dealer_id = %(dealer)s AND r.account_id = %(account)s), 0)
     + coalesce((SELECT sum(CASE WHEN t.to_id = %(account)s THEN t.amount ELSE -t.amount END) FROM transfer t
        WHERE t.dealer_id = %(dealer)s AND (t.to_id = %(account)s OR t.frm_id = %(account)s)
          AND t.id > coalesce((SELECT before_id FROM rollup_mark WHERE dealer_id = %(dealer)s), 0)
          AND t.xid >= coalesce((SELECT closed_before FROM rollup_mark WHERE dealer_id = %(dealer)s), 0)::text::xid8
       ), 0)
"""
"""SQL: Σ in − Σ out of `%(account)s` in the book of `%(dealer)s` now, in rupiah: one value, for larger queries too."""
DIGEST = """encode(sha256(convert_to({previous} || coalesce(string_agg(ROW(
    t.id, t.frm_id, t.to_id, t.frm_kind, t.to_kind, t.amount, t.reference, t.order_id, t.resolves_id, t.reverses_id,
    t.frm_seq, t.frm_after, t.to_seq, t.to_after, extract(epoch FROM t.at))::text, E'\\n' ORDER BY t.id), ''),
    'UTF8')), 'hex')"""
"""SQL: what a seal says about the transfers `t` of its stretch; absent and present fields never look alike."""
_STRETCH = f"""
SELECT count(*), {DIGEST.format(previous="%(previous)s")}
FROM transfer t WHERE t.dealer_id = %(dealer)s AND t.at >= %(start)s AND t.at < %(end)s
"""  # noqa: S608  built from the constant above
BEHIND = timedelta(minutes=10)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the first seal of a book begins."""


def roll_up(dealer_id: int, *, rebuild: bool = False) -> None:
    """Add what has closed since the last time; from the beginning in a new cluster or when asked."""
    with tenancy.inside(dealer_id), connection.cursor() as cursor:
        cursor.execute(_MAKE_MARK, [dealer_id])
        # Only under the lock is it decided how far to count: two at once would count twice.
        cursor.execute(_LOCK_MARK, [dealer_id])
        (is_elsewhere,) = cursor.fetchone()
        if rebuild or is_elsewhere:
            Rollup.objects.filter(dealer_id=dealer_id).delete()
            cursor.execute(_START_AGAIN, [dealer_id])
        cursor.execute(_ADD, [dealer_id])


def balance(dealer_id: int, acc: Acc) -> int:
    """Σ in − Σ out of an account: the roll-ups, and what came after them, in rupiah."""
    account = Account.objects.filter(dealer_id=dealer_id, kind=acc.kind, key=acc.key).values_list("id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(BALANCE, {"account": account.first(), "dealer": dealer_id})
        return int(cursor.fetchone()[0])


def seal(dealer_id: int, *, now: datetime | None = None) -> Seal:
    """Hash the transfers since the last seal, chained to it, up to ten minutes ago by the database's clock."""
    with tenancy.inside(dealer_id):
        last = Seal.objects.filter(dealer_id=dealer_id).order_by("-number").first()
        start = last.end if last else LONG_AGO
        end = max(start, (now or _database_time()) - BEHIND)
        previous = last.digest if last else ""
        count, digest = stretch(dealer_id, start=start, end=end, previous=previous)
        return Seal.objects.create(
            dealer_id=dealer_id,
            number=last.number + 1 if last else 1,
            start=start,
            end=end,
            transfers=count,
            previous=previous,
            digest=digest,
        )


def seal_is_due(dealer_id: int) -> bool:
    """Whether the last seal is a day old, or there is none."""
    last = Seal.objects.filter(dealer_id=dealer_id).order_by("-number").first()
    return last is None or _database_time() - last.end > timedelta(days=1)


def stretch(
    dealer_id: int, *, start: datetime, end: datetime, previous: str, using: str = "default"
) -> tuple[int, str]:
    """How many transfers a stretch of time holds, and their hash chained to `previous`."""
    with connections[using].cursor() as cursor:
        cursor.execute(_STRETCH, {"dealer": dealer_id, "start": start, "end": end, "previous": previous})
        count, digest = cursor.fetchone()
    return int(count), str(digest)


def _database_time() -> datetime:
    """The clock that stamps transfers: a machine whose clock is ahead must not seal what is still to come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
    return now
