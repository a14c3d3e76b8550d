"""Invariants 1 to 4: every book adds up, wallets and holds are what their transfers say."""

from transactions.audit.base import Invariant

INVARIANTS = (
    Invariant(
        number=1,
        sentence="all accounts of a book add up to nothing, and no transfer crosses books",
        sql="""
WITH {sums}
SELECT a.dealer_id, 'book', 'its accounts add up to ' || sum(s.came - s.went)
FROM account a JOIN sums s ON s.account_id = a.id
GROUP BY a.dealer_id HAVING sum(s.came - s.went) <> 0
UNION ALL
SELECT t.dealer_id, t.reference, 'an end is not the account that it says, or lies in another book'
FROM transfer t LEFT JOIN account f ON f.id = t.frm_id LEFT JOIN account d ON d.id = t.to_id
WHERE t.at >= %(since)s AND ((f.dealer_id, f.kind) IS DISTINCT FROM (t.dealer_id, t.frm_kind)
    OR (d.dealer_id, d.kind) IS DISTINCT FROM (t.dealer_id, t.to_kind))
""",
    ),
    Invariant(
        number=2,
        sentence="a wallet holds what its transfers say and never overdraws; held money is the unresolved holds",
        sql="""
WITH {sums}, unresolved AS (
    SELECT h.to_id, sum(h.amount) AS amount FROM transfer h
    WHERE h.to_kind IN ('held', 'held_withdrawals') AND NOT EXISTS (
        SELECT FROM transfer r WHERE r.dealer_id = h.dealer_id AND r.resolves_id = h.id)
    GROUP BY h.to_id
)
SELECT a.dealer_id, a.kind || ' ' || a.key,
    'holds ' || a.balance || ', its transfers say ' || coalesce(s.came - s.went, 0)
        || ', it may owe ' || a.credit_limit
FROM account a LEFT JOIN sums s ON s.account_id = a.id
WHERE a.kind = 'wallet' AND (a.balance <> coalesce(s.came - s.went, 0) OR a.balance < -a.credit_limit)
UNION ALL
SELECT a.dealer_id, a.kind, 'holds ' || coalesce(s.came - s.went, 0) || ', unresolved are ' || coalesce(u.amount, 0)
FROM account a LEFT JOIN sums s ON s.account_id = a.id LEFT JOIN unresolved u ON u.to_id = a.id
WHERE a.kind IN ('held', 'held_withdrawals') AND coalesce(s.came - s.went, 0) <> coalesce(u.amount, 0)
""",
    ),
    Invariant(
        number=3,
        sentence="a hold is resolved at most once, in full, in its own book, from where it lies",
        sql="""
SELECT r.dealer_id, r.reference, 'is no resolution of a hold in full from where it lies'
FROM transfer r LEFT JOIN transfer h ON h.id = r.resolves_id
WHERE r.at >= %(since)s AND (r.resolves_id IS NOT NULL OR r.frm_kind IN ('held', 'held_withdrawals'))
  AND (r.frm_kind NOT IN ('held', 'held_withdrawals')
    OR (h.dealer_id, h.to_id, h.amount) IS DISTINCT FROM (r.dealer_id, r.frm_id, r.amount)
    OR h.order_id IS DISTINCT FROM r.order_id)
UNION ALL
SELECT min(r.dealer_id), min(r.reference), 'its hold is resolved ' || count(*) || ' times'
FROM transfer r WHERE r.resolves_id IS NOT NULL GROUP BY r.resolves_id HAVING count(*) > 1
""",
    ),
    Invariant(
        number=4,
        sentence="the transfers of a wallet follow one another without a gap, each from the balance before it",
        # The `at` of a transfer is when its transaction began: at the edge of what is looked at, ten minutes
        # are left out, so that a predecessor from before the edge is not missed.
        sql="""
WITH ends AS (
    SELECT dealer_id, frm_id AS account_id, frm_seq AS seq, frm_after AS after, -amount AS change, reference, at
    FROM transfer WHERE frm_kind = 'wallet' AND at >= %(since)s
    UNION ALL
    SELECT dealer_id, to_id, to_seq, to_after, amount, reference, at
    FROM transfer WHERE to_kind = 'wallet' AND at >= %(since)s
), chained AS (
    SELECT *, lag(seq) OVER chain AS seq_before, lag(after) OVER chain AS balance_before,
        lag(at) OVER chain AS at_before
    FROM ends WINDOW chain AS (PARTITION BY account_id ORDER BY seq)
)
SELECT c.dealer_id, c.reference, 'number ' || coalesce(c.seq::text, '?') || ' of account ' || c.account_id
    || ' does not follow the one before it'
FROM chained c
WHERE c.seq IS NULL OR c.after IS NULL
   OR (c.seq_before IS NULL AND (c.seq = 1 OR %(since)s = '-infinity'::timestamptz)
       AND (c.seq, c.after) <> (1, c.change))
   OR (c.seq_before IS NOT NULL AND c.at_before >= %(since)s + interval '10 minutes'
       AND (c.seq, c.after) <> (c.seq_before + 1, c.balance_before + c.change))
UNION ALL
SELECT a.dealer_id, a.kind || ' ' || a.key, 'has counted ' || a.seq || ' transfers, there are ' || coalesce(n.most, 0)
FROM account a LEFT JOIN (SELECT account_id, max(seq) AS most FROM ends GROUP BY account_id) n ON n.account_id = a.id
WHERE a.kind = 'wallet' AND %(since)s = '-infinity'::timestamptz AND a.seq <> coalesce(n.most, 0)
""",
    ),
)
