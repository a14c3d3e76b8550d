"""Invariants 10 to 12: nothing waits for ever, and what waits for a person has a task."""

from transactions.audit.base import RECENT, Invariant

_REFUNDED_AT_MOST_PAID = f"""
WITH back AS (
    SELECT dealer_id, order_id, coalesce(sum(amount) FILTER (WHERE NOT is_goodwill), 0) AS amount,
        coalesce(sum(amount) FILTER (WHERE is_goodwill), 0) AS gifts,
        coalesce(sum(amount) FILTER (WHERE state IN ('due', 'sent')), 0) AS waiting
    FROM refund WHERE state IN ('due', 'sent', 'done') GROUP BY dealer_id, order_id
), money AS (
    SELECT t.dealer_id, t.order_id,
        coalesce(sum(t.amount) FILTER (WHERE t.to_kind = 'unapplied'
            OR (t.to_kind = 'held' AND t.frm_kind = 'wallet')), 0) AS paid,
        coalesce(sum(t.amount) FILTER (WHERE t.frm_kind = 'goodwill'), 0) AS gifts,
        coalesce(sum(CASE WHEN t.to_kind = 'refunds_due' THEN t.amount ELSE 0 END
               - CASE WHEN t.frm_kind = 'refunds_due' THEN t.amount ELSE 0 END), 0) AS owed
    FROM transfer t WHERE t.order_id IS NOT NULL GROUP BY t.dealer_id, t.order_id
)
SELECT o.dealer_id, o.code, 'paid ' || coalesce(m.paid, 0) || ' and given ' || coalesce(m.gifts, 0) || ', refunded '
    || coalesce(b.amount, 0) || ' and ' || coalesce(b.gifts, 0) || ', waiting ' || coalesce(b.waiting, 0)
    || ', set aside for it ' || coalesce(m.owed, 0)
FROM orders o LEFT JOIN back b ON b.dealer_id = o.dealer_id AND b.order_id = o.id
LEFT JOIN money m ON m.dealer_id = o.dealer_id AND m.order_id = o.id
WHERE {RECENT} AND (coalesce(b.amount, 0) > coalesce(m.paid, 0) OR coalesce(b.gifts, 0) > coalesce(m.gifts, 0)
    OR coalesce(b.waiting, 0) <> coalesce(m.owed, 0))
"""  # noqa: S608  built from constants
_SET_ASIDE_IS_OWED = """
WITH {sums}
SELECT a.dealer_id, 'refunds_due', 'holds ' || coalesce(sum(s.came - s.went), 0) || ', refunds that wait say '
    || coalesce(max(f.waiting), 0)
FROM account a LEFT JOIN sums s ON s.account_id = a.id
LEFT JOIN (SELECT dealer_id, sum(amount) AS waiting FROM refund WHERE state IN ('due', 'sent') GROUP BY dealer_id) f
    ON f.dealer_id = a.dealer_id
WHERE a.kind = 'refunds_due'
GROUP BY a.dealer_id HAVING coalesce(sum(s.came - s.went), 0) <> coalesce(max(f.waiting), 0)
"""
# What left for a refund is one transfer of its amount, to where it says that it went; what came back, one too.
_PAID_AS_IT_SAYS = f"""
SELECT f.dealer_id, o.code, 'refund ' || f.number || ' is ' || f.state || ' by ' || f.way
    || ', paid out to ' || coalesce(d.kind || ' ' || d.key, 'nobody') || ', came back ' || coalesce(b.amount, 0)
FROM refund f JOIN orders o ON o.dealer_id = f.dealer_id AND o.id = f.order_id
LEFT JOIN transfer p ON p.dealer_id = f.dealer_id AND p.reference = o.code || ':refund:' || f.number
LEFT JOIN account d ON d.id = p.to_id
LEFT JOIN transfer b ON b.dealer_id = f.dealer_id AND b.reference = p.reference || ':returned'
WHERE {RECENT} AND f.begun_at IS NOT NULL AND (CASE
    WHEN f.state = 'done' THEN p.amount = f.amount AND b.id IS NULL AND d.kind = CASE f.way
        WHEN 'source' THEN 'clearing' WHEN 'wallet' THEN 'wallet' WHEN 'cash' THEN 'cash' ELSE 'bank' END
    WHEN f.state = 'returned' THEN (p.id IS NULL) = (b.id IS NULL) AND coalesce(p.amount, f.amount) = f.amount
        AND EXISTS (SELECT FROM refund n WHERE n.dealer_id = f.dealer_id AND n.follows_id = f.id)
    ELSE p.id IS NULL END) IS NOT TRUE
"""  # noqa: S608
# What a person gave is one refund of that sum, out of the sale or as a gift; never more gifts than the order cost.
_GIVEN_AS_IT_SAYS = f"""
SELECT a.dealer_id, o.code, a.kind || ' of ' || a.amount || ' was given, and refund '
    || coalesce(f.number::text, '?') || ' is another story'
FROM amends a JOIN orders o ON o.dealer_id = a.dealer_id AND o.id = a.order_id
LEFT JOIN refund f ON f.dealer_id = a.dealer_id AND f.id = a.refund_id
LEFT JOIN transfer t ON t.dealer_id = a.dealer_id AND t.reference = o.code || ':sale-refund:' || f.number
WHERE {RECENT} AND a.done_at IS NOT NULL
    AND ((f.order_id, f.amount, f.is_goodwill) IS DISTINCT FROM (a.order_id, a.amount, a.kind = 'goodwill')
    OR (a.kind = 'part' AND (t.amount, t.frm_kind) IS DISTINCT FROM (a.amount, 'sales')))
UNION ALL
SELECT o.dealer_id, o.code, 'was given ' || sum(a.amount) || ' out of goodwill, and cost ' || o.price
FROM amends a JOIN orders o ON o.dealer_id = a.dealer_id AND o.id = a.order_id
WHERE {RECENT} AND a.kind = 'goodwill' AND a.done_at IS NOT NULL
GROUP BY o.id HAVING sum(a.amount) > o.price
UNION ALL
SELECT a.dealer_id, o.code, a.kind || ' of ' || a.amount || ' waits for a second person, and nobody is asked'
FROM amends a JOIN orders o ON o.dealer_id = a.dealer_id AND o.id = a.order_id
WHERE {RECENT} AND a.done_at IS NULL AND a.dropped_at IS NULL
    AND NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = a.dealer_id AND k.kind = 'amends'
        AND k.subject = o.code AND k.closed_at IS NULL)
"""  # noqa: S608
_REFUNDS = (
    "refunds of an order are at most what was paid; what is set aside for refunds is what waits to be paid out; "
    "none waits unseen"
)

INVARIANTS = (
    Invariant(
        number=10,
        sentence="no hold is older than its supplier may take (24 hours where it says nothing) without an open task",
        sql="""
SELECT h.dealer_id, o.code, 'held since ' || to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
FROM transfer h JOIN orders o ON o.dealer_id = h.dealer_id AND o.id = h.order_id
WHERE h.to_kind = 'held'
  AND NOT EXISTS (SELECT FROM transfer r WHERE r.dealer_id = h.dealer_id AND r.resolves_id = h.id)
  AND h.at < {now} - make_interval(hours => coalesce((
      SELECT max(s.longest_hours) FROM attempt a JOIN supplier s ON s.id = a.supplier_id
      WHERE a.dealer_id = h.dealer_id AND a.order_id = h.order_id AND a.outcome = 'pending'), 24))
  AND NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = h.dealer_id AND k.order_id = h.order_id
      AND k.closed_at IS NULL)
""",
    ),
    Invariant(
        number=11,
        sentence="nothing due is left lying for five minutes, nor a lease; what is parked, or never due, has a task",
        sql="""
SELECT d.dealer_id, d.kind || ' ' || d.target, CASE WHEN d.parked THEN 'parked without a task'
    ELSE 'due since ' || to_char(d.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') END
FROM due d
LEFT JOIN orders o ON d.kind = 'order' AND o.dealer_id = d.dealer_id AND o.id = d.target
WHERE CASE WHEN d.parked THEN NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = d.dealer_id AND k.kind = 'parked'
          AND k.closed_at IS NULL AND k.subject = coalesce(o.code, d.kind || ':' || d.target))
      ELSE d.lease_until < {now} - interval '5 minutes'
          OR (d.kind <> 'webhook' -- an address that answers late has a line before it, and retries over days
              AND d.due_at < {now} - interval '5 minutes' AND coalesce(d.lease_until, '-infinity') < {now}) END
UNION ALL
SELECT o.dealer_id, o.code, o.status || ', and nobody will look at it again'
FROM orders o
WHERE o.status IN ('awaiting_payment', 'paid', 'processing')
  AND NOT EXISTS (SELECT FROM due d WHERE d.dealer_id = o.dealer_id AND d.kind = 'order' AND d.target = o.id)
  AND NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = o.dealer_id AND k.order_id = o.id AND k.closed_at IS NULL)
UNION ALL
SELECT w.dealer_id, w.event_id, 'waits to be told, and nobody will'
FROM webhook_delivery w LEFT JOIN webhook_endpoint e ON e.dealer_id = w.dealer_id AND e.id = w.endpoint_id
WHERE w.state = 'pending' AND (e.id IS NULL OR (e.paused_at IS NULL AND e.is_open))
  AND NOT EXISTS (SELECT FROM due d WHERE d.dealer_id = w.dealer_id AND d.kind = 'webhook' AND d.target = w.id)
""",
    ),
    Invariant(
        number=12,
        sentence=_REFUNDS,
        sql=_REFUNDED_AT_MOST_PAID,
    ),
    Invariant(number=12, sentence=_REFUNDS, sql=_SET_ASIDE_IS_OWED),
    Invariant(number=12, sentence=_REFUNDS, sql=_PAID_AS_IT_SAYS),
    Invariant(number=12, sentence=_REFUNDS, sql=_GIVEN_AS_IT_SAYS),
    Invariant(
        number=12,
        sentence=_REFUNDS,
        sql="""
SELECT f.dealer_id, o.code, 'refund ' || f.number || ' is asked for at a gateway, and nobody will ask again'
FROM refund f JOIN orders o ON o.id = f.order_id
WHERE f.state IN ('due', 'sent') AND f.way = 'source'
  AND NOT EXISTS (SELECT FROM due d WHERE d.dealer_id = f.dealer_id AND d.kind = 'refund' AND d.target = f.id)
""",
    ),
    Invariant(
        number=12,
        sentence=_REFUNDS,
        sql="""
SELECT f.dealer_id, o.code, 'refund ' || f.number || ' is ' || f.state || ' for more than 7 days'
FROM refund f JOIN orders o ON o.id = f.order_id
WHERE f.state IN ('due', 'sent') AND f.created_at < {now} - interval '7 days'
  AND NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = f.dealer_id AND k.order_id = f.order_id
      AND k.kind = 'refund' AND k.closed_at IS NULL)
""",
    ),
)
