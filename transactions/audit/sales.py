"""Invariants 5 to 9 and 17: what happened to an order and what happened to its money are one story."""

from transactions.audit.base import EVER_PAID, RECENT, Invariant

_HELD_ONCE = f"""
SELECT o.dealer_id, o.code, count(h.id) || ' holds of ' || coalesce(sum(h.amount), 0) || ' for a price of ' || o.price
    || ', order ' || o.status
FROM orders o LEFT JOIN transfer h ON h.dealer_id = o.dealer_id AND h.order_id = o.id AND h.to_kind = 'held'
WHERE {RECENT}
GROUP BY o.id
HAVING count(h.id) > 1 OR (count(h.id) = 1) <> {EVER_PAID} OR min(h.amount) <> o.price
"""  # noqa: S608  built from constants
_ENDED_AS_ITS_MONEY = f"""
SELECT o.dealer_id, o.code, 'order ' || o.status || ', money ' || CASE WHEN r.id IS NULL THEN 'held'
    WHEN r.to_kind = 'sales' THEN 'captured' ELSE 'released' END
FROM orders o
JOIN transfer h ON h.dealer_id = o.dealer_id AND h.order_id = o.id AND h.to_kind = 'held'
LEFT JOIN transfer r ON r.dealer_id = h.dealer_id AND r.resolves_id = h.id
WHERE {RECENT} AND o.status <> CASE WHEN r.to_kind = 'sales' THEN 'succeeded'
    WHEN r.id IS NOT NULL THEN CASE o.status WHEN 'cancelled' THEN 'cancelled' ELSE 'failed' END
    WHEN o.status IN ('paid', 'processing') THEN o.status ELSE 'paid' END
"""  # noqa: S608
_CORRECTED_BY_INCIDENT = f"""
WITH booked AS (
    SELECT t.dealer_id, t.order_id,
        count(*) FILTER (WHERE t.frm_kind = 'refunds_due' AND t.to_kind = 'sales') AS recapture,
        count(*) FILTER (WHERE t.frm_kind = 'late_loss' AND t.to_kind = 'supplier') AS late_loss,
        count(*) FILTER (WHERE t.frm_kind = 'sales' AND t.reference LIKE '%%:reversal%%') AS reversal,
        sum(t.amount) FILTER (WHERE t.to_kind = 'supplier') AS cost
    FROM transfer t
    WHERE t.order_id IS NOT NULL AND (t.to_kind = 'supplier' OR (t.frm_kind = 'refunds_due' AND t.to_kind = 'sales')
        OR (t.frm_kind = 'sales' AND t.reference LIKE '%%:reversal%%'))
    GROUP BY t.dealer_id, t.order_id
), said AS (
    SELECT i.dealer_id, i.order_id,
        count(*) FILTER (WHERE i.proposal = 'recapture') AS recapture,
        count(*) FILTER (WHERE i.proposal = 'late_loss' AND i.cost > 0) AS late_loss,
        count(*) FILTER (WHERE i.proposal = 'reversal') AS reversal,
        sum(i.cost) FILTER (WHERE i.proposal IN ('recapture', 'late_loss')) AS cost
    FROM incident i WHERE i.state = 'booked' GROUP BY i.dealer_id, i.order_id
)
SELECT o.dealer_id, o.code, 'its corrections are not those of its incidents'
FROM orders o LEFT JOIN booked b ON b.dealer_id = o.dealer_id AND b.order_id = o.id
LEFT JOIN said s ON s.dealer_id = o.dealer_id AND s.order_id = o.id
WHERE {RECENT} AND (coalesce(b.recapture, 0), coalesce(b.late_loss, 0), coalesce(b.reversal, 0), coalesce(b.cost, 0))
    <> (coalesce(s.recapture, 0), coalesce(s.late_loss, 0), coalesce(s.reversal, 0),
        coalesce(s.cost, 0) + CASE WHEN o.status = 'succeeded' THEN coalesce(o.cost, 0) ELSE 0 END)
"""  # noqa: S608
# A booked incident turns the books about its attempt round; one that says what they said already booked twice.
_INCIDENTS_TAKE_TURNS = f"""
WITH turns AS (
    SELECT i.dealer_id, i.order_id, i.attempt_id, i.kind,
        lag(i.kind) OVER (PARTITION BY i.attempt_id ORDER BY i.id) AS kind_before
    FROM incident i WHERE i.state = 'booked' AND i.attempt_id IS NOT NULL
)
SELECT o.dealer_id, o.code, 'a ' || t.kind || ' is booked, and the books said so already'
FROM turns t JOIN orders o ON o.dealer_id = t.dealer_id AND o.id = t.order_id
WHERE {RECENT} AND t.kind = coalesce(t.kind_before, CASE
    WHEN o.status = 'succeeded' AND t.attempt_id = (SELECT max(a.id) FROM attempt a WHERE a.order_id = o.id)
    THEN 'late_success' ELSE 'reversal' END)
"""  # noqa: S608
_SUCCEEDED_BY_PROOF = f"""
SELECT o.dealer_id, o.code, 'succeeded without a serial number and without a decision'
FROM orders o
WHERE {RECENT} AND o.status = 'succeeded'
  AND NOT EXISTS (SELECT FROM attempt a WHERE a.dealer_id = o.dealer_id AND a.order_id = o.id
      AND a.outcome = 'succeeded' AND a.sn <> '')
  AND NOT EXISTS (SELECT FROM decision d WHERE d.dealer_id = o.dealer_id AND d.order_id = o.id
      AND d.verdict = 'succeeded' AND d.done_at IS NOT NULL AND d.reason <> '')
"""  # noqa: S608

INVARIANTS = (
    Invariant(
        number=5,
        sentence="an order that was ever paid has exactly one hold, of its price; no other has any",
        sql=_HELD_ONCE,
    ),
    Invariant(
        number=6,
        sentence="succeeded is captured, failed or cancelled after payment is released; only incidents correct that",
        sql=_ENDED_AS_ITS_MONEY,
    ),
    Invariant(
        number=6,
        sentence="succeeded is captured, failed or cancelled after payment is released; only incidents correct that",
        sql=_CORRECTED_BY_INCIDENT,
    ),
    Invariant(
        number=6,
        sentence="succeeded is captured, failed or cancelled after payment is released; only incidents correct that",
        sql=_INCIDENTS_TAKE_TURNS,
    ),
    Invariant(
        number=7,
        sentence="nothing was sent to a supplier before the price was held",
        # Machines' clocks differ; the database's own trigger looks at the rows instead.
        sql="""
SELECT a.dealer_id, a.reference, 'sent without an earlier hold'
FROM attempt a
LEFT JOIN transfer h ON h.dealer_id = a.dealer_id AND h.order_id = a.order_id AND h.to_kind = 'held'
WHERE a.first_sent_at >= %(since)s AND (h.id IS NULL OR h.at > a.first_sent_at + interval '15 minutes')
""",
    ),
    Invariant(
        number=8,
        sentence="at most one attempt of an order is not failed",
        sql="""
SELECT a.dealer_id, min(a.reference), count(*) || ' attempts of one order are not failed'
FROM attempt a WHERE a.outcome <> 'failed'
GROUP BY a.dealer_id, a.order_id HAVING count(*) > 1
""",
    ),
    Invariant(
        number=9,
        sentence="succeeded means a supplier's serial number, or a person's decision with a reason",
        sql=_SUCCEEDED_BY_PROOF,
    ),
    Invariant(
        number=17,
        sentence="one order per partner and ref_id, with the fingerprint of its content",
        sql="""
SELECT o.dealer_id, min(o.code), count(*) || ' orders of partner ' || o.partner_id || ' under one ref_id'
FROM orders o WHERE o.partner_id IS NOT NULL
GROUP BY o.dealer_id, o.partner_id, o.ref_id
HAVING count(*) > 1 OR count(*) FILTER (WHERE o.ref_id IS NULL OR o.fingerprint = '') > 0
""",
    ),
)
