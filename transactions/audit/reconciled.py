"""Invariant 21: what was decided about a statement's difference is booked once, in its sum and its direction."""

from transactions.audit.base import Invariant

_SENTENCE = (
    "a difference that was decided with a booking has exactly one transfer, of its sum and in its direction; "
    "no other has any, and an open one has a task"
)
_BOOKED_AS_DECIDED = """
SELECT d.dealer_id, 'reconcile:' || d.id, 'is ' || d.state || ' by ' || coalesce(nullif(d.resolution, ''), 'nobody')
    || ' over ' || d.amount || ', booked are ' || coalesce(t.amount::text, 'none')
FROM reconcile_difference d JOIN reconcile_day r ON r.dealer_id = d.dealer_id AND r.id = d.day_id
LEFT JOIN transfer t ON t.dealer_id = d.dealer_id AND t.reference = 'reconcile:' || d.id
WHERE (d.state = 'resolved' AND d.resolution IN ('accept', 'write_off')) IS DISTINCT FROM (t.id IS NOT NULL)
   OR d.transfer_id IS DISTINCT FROM t.id
   OR (t.id IS NOT NULL AND (t.amount <> abs(d.amount) OR (d.amount > 0)
       IS DISTINCT FROM (CASE WHEN r.supplier_id IS NULL THEN t.frm_kind = 'wallet' ELSE t.to_kind = 'supplier' END)))
UNION ALL
SELECT t.dealer_id, t.reference, 'is of no difference'
FROM transfer t WHERE t.reference LIKE 'reconcile:%%' AND t.at >= %(since)s AND NOT EXISTS (
    SELECT FROM reconcile_difference d WHERE d.dealer_id = t.dealer_id AND t.reference = 'reconcile:' || d.id)
"""
_OPEN_IS_ASKED = """
SELECT r.dealer_id, 'day ' || r.id, count(*) || ' differences wait, and no task says so'
FROM reconcile_day r JOIN reconcile_difference d ON d.dealer_id = r.dealer_id AND d.day_id = r.id
WHERE d.state <> 'resolved' AND r.lease_until IS NULL AND r.state <> 'matching'
  AND NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = r.dealer_id AND k.kind = 'difference'
      AND k.subject = r.id::text AND k.closed_at IS NULL)
GROUP BY r.dealer_id, r.id
"""

INVARIANTS = (
    Invariant(number=21, sentence=_SENTENCE, sql=_BOOKED_AS_DECIDED),
    Invariant(number=21, sentence=_SENTENCE, sql=_OPEN_IS_ASKED),
)
