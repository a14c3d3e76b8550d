"""Balances of every account, kept up by sums over closed transactions, and seals over the past.

Ids commit out of order, so a roll-up counts by transaction id, up to the oldest one still running. That
number means something only in the cluster that gave it: the mark carries the cluster's identifier, and
in another one (a restored backup) the sums are rebuilt. A seal goes by time, ten minutes behind, which
no transaction of ours outlives.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection, connections
from django.db.models import F, Sum
from django.utils import timezone

from portal.lib import tenancy
from transactions.accounts import Acc
from transactions.models import Account, Rollup, RollupMark, Seal

_CLUSTER = "SELECT system_identifier FROM pg_control_system()"
_XMIN = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_ADD = """
INSERT INTO rollup (dealer_id, account_id, day, came_in, went_out, transfers)
SELECT dealer_id, account_id, day, sum(came_in), sum(went_out), count(*) FROM (
    SELECT dealer_id, to_id AS account_id, (at AT TIME ZONE 'UTC')::date AS day, amount AS came_in, 0 AS went_out
    FROM transfer WHERE dealer_id = %(dealer)s AND xid >= %(start)s::text::xid8 AND xid < %(end)s::text::xid8
    UNION ALL
    SELECT dealer_id, frm_id, (at AT TIME ZONE 'UTC')::date, 0, amount
    FROM transfer WHERE dealer_id = %(dealer)s AND xid >= %(start)s::text::xid8 AND xid < %(end)s::text::xid8
) moved GROUP BY dealer_id, account_id, day
ON CONFLICT (dealer_id, account_id, day) DO UPDATE SET
    came_in = rollup.came_in + EXCLUDED.came_in,
    went_out = rollup.went_out + EXCLUDED.went_out,
    transfers = rollup.transfers + EXCLUDED.transfers
"""
_TAIL = """
SELECT coalesce(sum(CASE WHEN to_id = %(account)s THEN amount ELSE -amount END), 0)
FROM transfer WHERE dealer_id = %(dealer)s AND (to_id = %(account)s OR frm_id = %(account)s)
  AND xid >= %(start)s::text::xid8
"""
_DIGEST = """
SELECT count(*), encode(sha256(convert_to(%(previous)s || coalesce(string_agg(concat_ws('|', id, frm_id, to_id, amount,
    reference, order_id, resolves_id, reverses_id, frm_seq, frm_after, to_seq, to_after), E'\\n' ORDER BY id), ''),
    'UTF8')), 'hex')
FROM transfer WHERE dealer_id = %(dealer)s AND at >= %(start)s AND at < %(end)s
"""
BEHIND = timedelta(minutes=10)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def roll_up(dealer_id: int, *, rebuild: bool = False) -> None:
    """Add what has closed since the last time; from the beginning in a new cluster or when asked."""
    with tenancy.inside(dealer_id):
        cluster, end = _value(_CLUSTER), _value(_XMIN)
        mark, _made = RollupMark.objects.select_for_update().get_or_create(
            dealer_id=dealer_id, defaults={"system_identifier": cluster, "closed_before": 0}
        )
        if rebuild or mark.system_identifier != cluster:
            Rollup.objects.filter(dealer_id=dealer_id).delete()
            mark.system_identifier, mark.closed_before = cluster, 0
        with connection.cursor() as cursor:
            cursor.execute(_ADD, {"dealer": dealer_id, "start": mark.closed_before, "end": end})
        mark.closed_before = end
        mark.save(update_fields=["system_identifier", "closed_before", "at"])


def balance(dealer_id: int, acc: Acc) -> int:
    """Σ in − Σ out of an account: the roll-ups, and what came after them, in rupiah."""
    rows = Rollup.objects.filter(dealer_id=dealer_id, account__kind=acc.kind, account__key=acc.key)
    sums = rows.aggregate(n=Sum(F("came_in") - F("went_out")))["n"] or 0
    mark = RollupMark.objects.filter(dealer_id=dealer_id).values_list("closed_before", flat=True).first() or 0
    account = _account(dealer_id, acc)
    if account is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_TAIL, {"account": account, "dealer": dealer_id, "start": mark})
        return int(sums) + int(cursor.fetchone()[0])


def seal(dealer_id: int, *, now: datetime | None = None) -> Seal:
    """Hash the transfers since the last seal, chained to it, up to ten minutes ago."""
    with tenancy.inside(dealer_id):
        last = Seal.objects.filter(dealer_id=dealer_id).order_by("-number").first()
        start = last.end if last else LONG_AGO
        end = max(start, (now or timezone.now()) - BEHIND)
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
    return last is None or timezone.now() - last.end > timedelta(days=1)


def stretch(
    dealer_id: int, *, start: datetime, end: datetime, previous: str, using: str = "default"
) -> tuple[int, str]:
    """How many transfers a stretch of time holds, and their hash chained to `previous`."""
    with connections[using].cursor() as cursor:
        cursor.execute(_DIGEST, {"dealer": dealer_id, "start": start, "end": end, "previous": previous})
        count, digest = cursor.fetchone()
    return int(count), str(digest)


def _account(dealer_id: int, acc: Acc) -> int | None:
    return Account.objects.filter(dealer_id=dealer_id, kind=acc.kind, key=acc.key).values_list("id", flat=True).first()


def _value(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
