"""Invariant 14: what came in stands once, where it was said to come from, and unknown money waits with a task."""

from transactions.audit.base import Invariant

_RECEIVED_ONCE = """
SELECT r.dealer_id, r.gateway || ' ' || r.gateway_tx, CASE WHEN t.id IS NULL THEN 'is in no book'
    ELSE 'says ' || r.amount || ' for order ' || coalesce(r.order_id::text, '?') || ', its transfer ' || t.reference
        || ' says ' || t.amount || ' for ' || coalesce(t.order_id::text, '?') END
FROM receipt r LEFT JOIN transfer t ON t.dealer_id = r.dealer_id AND t.id = r.transfer_id
WHERE r.at >= %(since)s AND (t.id IS NULL OR t.amount <> r.amount OR t.order_id IS DISTINCT FROM r.order_id
    OR t.to_kind <> 'unapplied')
UNION ALL
SELECT t.dealer_id, t.reference, 'came in under ' || count(r.id) || ' receipts'
FROM transfer t LEFT JOIN receipt r ON r.dealer_id = t.dealer_id AND r.transfer_id = t.id
WHERE t.at >= %(since)s AND t.to_kind = 'unapplied'
  AND t.frm_kind IN ('clearing', 'bank', 'cash', 'suspense', 'wallet')
GROUP BY t.dealer_id, t.id HAVING count(r.id) <> 1
"""
_UNKNOWN_IS_KNOWN_OF = """
WITH {sums}, waiting AS (
    SELECT l.dealer_id, b.code, sum(l.amount) AS amount FROM bank_line l JOIN bank_account b ON b.id = l.account_id
    WHERE l.state = 'open' GROUP BY l.dealer_id, b.code
)
SELECT a.dealer_id, 'suspense ' || a.key, 'holds ' || coalesce(s.came - s.went, 0) || ', open lines say '
    || coalesce(w.amount, 0)
FROM account a LEFT JOIN sums s ON s.account_id = a.id
LEFT JOIN waiting w ON w.dealer_id = a.dealer_id AND w.code = a.key
WHERE a.kind = 'suspense' AND coalesce(s.came - s.went, 0) <> coalesce(w.amount, 0)
UNION ALL
SELECT l.dealer_id, l.reference, 'waits for its owner, and no task says so'
FROM bank_line l JOIN bank_account b ON b.id = l.account_id
WHERE l.state = 'open' AND NOT EXISTS (SELECT FROM task k WHERE k.dealer_id = l.dealer_id AND k.kind = 'money'
    AND k.subject = left(b.code || ':' || l.reference, 60) AND k.closed_at IS NULL)
"""
_GIVEN_AS_ASKED = """
SELECT t.dealer_id, t.reference, 'gives ' || t.amount || ' rupiah to an order that was not paid by a transfer'
FROM transfer t
WHERE t.at >= %(since)s AND t.frm_kind = 'promo' AND t.to_kind = 'unapplied' AND (t.amount > 999
    OR NOT EXISTS (SELECT FROM receipt r WHERE r.dealer_id = t.dealer_id AND r.order_id = t.order_id
        AND r.gateway LIKE 'bank:%%'))
"""
_DEPOSITED_ONCE = """
SELECT d.dealer_id, 'deposit ' || d.code, CASE
    WHEN t.id IS NULL THEN 'is credited, and no transfer says so'
    WHEN d.state <> 'credited' THEN 'is ' || d.state || ', and its money is in a wallet'
    ELSE 'says ' || d.came || ', its line ' || coalesce(l.amount, 0) || ', its transfer ' || t.amount || ' to '
        || t.to_kind || ' ' || coalesce(w.key, '?') END
FROM deposit_ticket d
LEFT JOIN transfer t ON t.dealer_id = d.dealer_id AND t.reference = 'deposit:ticket:' || d.code
LEFT JOIN account w ON w.id = t.to_id
LEFT JOIN bank_line l ON l.dealer_id = d.dealer_id AND l.id = d.line_id
LEFT JOIN partner p ON p.id = d.partner_id
WHERE coalesce(d.finished_at, d.created_at) >= %(since)s AND ((d.state = 'credited') <> (t.id IS NOT NULL)
    OR (d.state = 'credited' AND (t.id IS DISTINCT FROM d.transfer_id OR t.amount IS DISTINCT FROM d.came
        OR l.amount IS DISTINCT FROM d.came OR l.state IS DISTINCT FROM 'matched'
        OR t.frm_kind <> 'suspense' OR t.to_kind <> 'wallet'
        OR w.key IS DISTINCT FROM coalesce('dealer:' || p.buyer_id, 'partner:' || p.id))))
UNION ALL
SELECT t.dealer_id, t.reference, 'is no ticket''s'
FROM transfer t
WHERE t.at >= %(since)s AND t.reference LIKE 'deposit:ticket:%%' AND NOT EXISTS (SELECT FROM deposit_ticket d
    WHERE d.dealer_id = t.dealer_id AND 'deposit:ticket:' || d.code = t.reference)
UNION ALL
SELECT l.dealer_id, l.reference, 'is ' || l.state || ', and became ' || n.uses || ' receipts and deposits'
FROM bank_line l JOIN bank_account b ON b.id = l.account_id
CROSS JOIN LATERAL (SELECT
    (SELECT count(*) FROM receipt r WHERE r.dealer_id = l.dealer_id AND r.gateway = 'bank:' || b.code
        AND r.gateway_tx = l.reference)
    + (SELECT count(*) FROM deposit_ticket d WHERE d.dealer_id = l.dealer_id AND d.line_id = l.id) AS uses) n
WHERE coalesce(l.decided_at, l.entered_at) >= %(since)s AND n.uses <> CASE WHEN l.state = 'matched' THEN 1 ELSE 0 END
"""
_SENTENCE = (
    "every receipt stands once in the book, and so does every sum that came in; money of nobody known is in open "
    "lines with a task; what a transfer was short of by design is at most 999 rupiah; a deposit is credited by one "
    "transfer of what its bank line brought, and a matched line is one order's or one deposit's"
)

INVARIANTS = (
    Invariant(number=14, sentence=_SENTENCE, sql=_RECEIVED_ONCE),
    Invariant(number=14, sentence=_SENTENCE, sql=_UNKNOWN_IS_KNOWN_OF),
    Invariant(number=14, sentence=_SENTENCE, sql=_GIVEN_AS_ASKED),
    Invariant(number=14, sentence=_SENTENCE, sql=_DEPOSITED_ONCE),
)
