"""Invariants 13, 16 and 19: what is computed from the ledger (mirrors, roll-ups, profit, seals) still fits it."""

from transactions.audit.base import RECENT, Invariant
from transactions.rollups import DIGEST

_MIRROR = "what is left at a supplier is what was paid in less booked and pending costs; a drift has a task"
_PROFIT = "profit by roll-ups, by transfers and by orders is the same"
_COST_AT_ITS_SUPPLIER = f"""
SELECT t.dealer_id, t.reference, 'is booked with a supplier that had no attempt, or is not the cost of the order'
FROM transfer t
JOIN account f ON f.id = t.frm_id JOIN account d ON d.id = t.to_id
JOIN orders o ON o.dealer_id = t.dealer_id AND o.id = t.order_id
WHERE t.to_kind = 'supplier' AND {RECENT}
  AND (NOT EXISTS (SELECT FROM attempt a JOIN supplier s ON s.id = a.supplier_id
          WHERE a.dealer_id = t.dealer_id AND a.order_id = t.order_id AND s.code = d.key)
      OR (t.reference = o.code || ':cost' AND o.status = 'succeeded' AND t.amount <> coalesce(o.cost, 0)))
UNION ALL
SELECT t.dealer_id, t.reference, 'moves a supplier''s deposit from or to ' || least(t.frm_kind, t.to_kind)
FROM transfer t
WHERE t.at >= %(since)s AND 'supplier' IN (t.frm_kind, t.to_kind)
  AND (t.frm_kind NOT IN ('supplier', 'bank', 'cash', 'equity', 'cost', 'late_loss')
    OR t.to_kind NOT IN ('supplier', 'bank', 'cash', 'equity', 'cost', 'late_loss') OR t.frm_kind = t.to_kind)
"""  # noqa: S608  built from constants
# Only a supplier that has been quiet for a while can be compared: a report and a booking never meet exactly.
_DRIFT = """
WITH {sums}, pending AS (
    SELECT a.supplier_id, sum(a.cost) AS cost FROM attempt a JOIN orders o ON o.id = a.order_id
    WHERE a.outcome = 'pending' AND o.status <> 'succeeded' GROUP BY a.supplier_id
)
SELECT s.dealer_id, s.code, 'reports ' || s.reported_balance || ', our book says ' || m.left_there
    || ' less ' || coalesce(p.cost, 0) || ' pending, and no task is open'
FROM supplier s
LEFT JOIN account c ON c.dealer_id = s.dealer_id AND c.kind = 'supplier' AND c.key = s.code
LEFT JOIN sums ON sums.account_id = c.id
CROSS JOIN LATERAL (SELECT coalesce(sums.went - sums.came, 0) AS left_there) m
LEFT JOIN pending p ON p.supplier_id = s.id
CROSS JOIN LATERAL (SELECT greatest(
    coalesce((SELECT max(t.at) FROM transfer t WHERE t.dealer_id = s.dealer_id AND c.id IN (t.frm_id, t.to_id)),
        '-infinity'),
    coalesce((SELECT max(greatest(a.sent_at, a.finished_at)) FROM attempt a WHERE a.supplier_id = s.id), '-infinity'))
    AS last_at) q
WHERE s.reported_balance IS NOT NULL AND s.reported_at > q.last_at AND q.last_at < now() - interval '15 minutes'
  AND s.reported_balance NOT BETWEEN m.left_there - coalesce(p.cost, 0) AND m.left_there
  AND NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = s.dealer_id AND k.kind = 'supplier' AND k.subject = s.code
      AND k.closed_at IS NULL)
"""
_ROLLUP_IS_TRANSFERS = """
WITH tail AS MATERIALIZED (
    SELECT t.* FROM transfer t LEFT JOIN rollup_mark m ON m.dealer_id = t.dealer_id
    WHERE t.id > coalesce(m.before_id, 0) AND t.xid >= coalesce(m.closed_before, 0)::text::xid8
), rolled AS (
    SELECT account_id, sum(change) AS change FROM (
        SELECT account_id, came_in - went_out AS change FROM rollup
        UNION ALL
        SELECT to_id, amount FROM tail
        UNION ALL
        SELECT frm_id, -amount FROM tail
    ) ends GROUP BY account_id
), {sums}
SELECT a.dealer_id, a.kind || ' ' || a.id, 'by roll-ups ' || coalesce(r.change, 0) || ', by transfers '
    || coalesce(s.came - s.went, 0)
FROM account a LEFT JOIN rolled r ON r.account_id = a.id LEFT JOIN sums s ON s.account_id = a.id
WHERE coalesce(r.change, 0) <> coalesce(s.came - s.went, 0)
"""
# What an order should have earned, told by orders, attempts and incidents alone, and by the costs that came back
# because a statement does not know them. A supplier's reversal gives back what stood with it: that of the late delivery
# before it, or else the order's own cost.
_PROFIT_BY_ORDERS = f"""
WITH outcome AS (
    SELECT i.dealer_id, i.order_id, sum(CASE i.proposal
        WHEN 'recapture' THEN o.price - i.cost
        WHEN 'late_loss' THEN -i.cost
        WHEN 'payback_loss' THEN -i.cost
        WHEN 'reversal' THEN back.cost - o.price
        WHEN 'cost_back' THEN back.cost
        ELSE 0 END) AS earned
    FROM incident i JOIN orders o ON o.id = i.order_id
    CROSS JOIN LATERAL (SELECT coalesce(
        (SELECT l.cost FROM incident l WHERE l.attempt_id = i.attempt_id AND l.id < i.id AND l.state = 'booked'
            AND l.proposal IN ('recapture', 'late_loss') ORDER BY l.id DESC LIMIT 1),
        CASE WHEN o.status = 'succeeded' AND i.attempt_id = (SELECT max(a.id) FROM attempt a WHERE a.order_id = o.id)
        THEN o.cost END, 0) AS cost) back
    WHERE i.state = 'booked' GROUP BY i.dealer_id, i.order_id
), booked AS (
    SELECT t.dealer_id, t.order_id,
        sum(CASE WHEN t.to_kind IN ('sales', 'cost', 'late_loss') THEN t.amount ELSE -t.amount END) AS earned
    FROM transfer t
    WHERE t.order_id IS NOT NULL AND t.to_kind <> 'fee_income'
      AND ('sales' IN (t.frm_kind, t.to_kind) OR 'cost' IN (t.frm_kind, t.to_kind)
        OR 'late_loss' IN (t.frm_kind, t.to_kind))
    GROUP BY t.dealer_id, t.order_id
), unlisted AS (
    SELECT t.dealer_id, t.order_id, sum(t.amount) AS amount FROM transfer t
    WHERE t.frm_kind = 'supplier' AND t.order_id IS NOT NULL AND t.reference LIKE 'reconcile:%%'
    GROUP BY t.dealer_id, t.order_id
), given AS (
    SELECT t.dealer_id, t.order_id, sum(t.amount) AS amount FROM transfer t
    WHERE t.frm_kind = 'sales' AND t.reference LIKE '%%:sale-refund:%%' GROUP BY t.dealer_id, t.order_id
)
SELECT o.dealer_id, o.code, 'should have earned ' || e.earned || ', booked are ' || coalesce(b.earned, 0)
FROM orders o
LEFT JOIN outcome i ON i.dealer_id = o.dealer_id AND i.order_id = o.id
LEFT JOIN booked b ON b.dealer_id = o.dealer_id AND b.order_id = o.id
LEFT JOIN given g ON g.dealer_id = o.dealer_id AND g.order_id = o.id
LEFT JOIN unlisted u ON u.dealer_id = o.dealer_id AND u.order_id = o.id
CROSS JOIN LATERAL (SELECT CASE WHEN o.status = 'succeeded' THEN o.price - coalesce(o.cost, 0) ELSE 0 END
    + coalesce(i.earned, 0) + CASE WHEN EXISTS (SELECT FROM incident v WHERE v.order_id = o.id
        AND v.state = 'booked' AND v.proposal = 'reversal') THEN 0
        ELSE coalesce(u.amount, 0) - coalesce(g.amount, 0) END AS earned) e
WHERE {RECENT} AND e.earned <> coalesce(b.earned, 0)
"""  # noqa: S608
_SEALED = f"""
SELECT s.dealer_id, 'seal ' || s.number, CASE WHEN s.previous <> coalesce(p.digest, '')
        OR s.start <> coalesce(p."end", '2000-01-01 00:00+00') THEN 'does not follow the one before it'
    ELSE 'sealed ' || s.transfers || ' transfers, there are ' || d.transfers || ', with another hash' END
FROM seal s LEFT JOIN seal p ON p.dealer_id = s.dealer_id AND p.number = s.number - 1
CROSS JOIN LATERAL (
    SELECT count(*) AS transfers, {DIGEST.format(previous="s.previous")} AS digest
    FROM transfer t WHERE t.dealer_id = s.dealer_id AND t.at >= s.start AND t.at < s."end"
) d
WHERE (s.previous, s.digest, s.transfers) <> (coalesce(p.digest, ''), d.digest, d.transfers)
   OR s.start <> coalesce(p."end", '2000-01-01 00:00+00')
"""  # noqa: S608

INVARIANTS = (
    Invariant(number=13, sentence=_MIRROR, sql=_COST_AT_ITS_SUPPLIER),
    Invariant(number=13, sentence=_MIRROR, sql=_DRIFT, full_only=True),
    Invariant(number=16, sentence=_PROFIT, sql=_ROLLUP_IS_TRANSFERS, full_only=True),
    Invariant(number=16, sentence=_PROFIT, sql=_PROFIT_BY_ORDERS),
    Invariant(
        number=19,
        sentence="no transfer changed since it was sealed, and no seal is missing",
        sql=_SEALED,
        full_only=True,
    ),
)
