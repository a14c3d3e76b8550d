"""One broken row for each thing that an invariant forbids: its number, and the SQL that breaks it."""

_BOOKED = "reconcile_difference SET {} WHERE dealer_id = %(dealer)s AND transfer_id IS NOT NULL"
TWINS: dict[str, tuple[int, str]] = {
    "an end in another book": (
        1,
        (
            "UPDATE transfer SET to_id = (SELECT min(id) FROM account "
            "WHERE dealer_id <> %(dealer)s AND kind = 'sales') "
            "WHERE id = (SELECT min(id) FROM transfer WHERE dealer_id = %(dealer)s AND to_kind = 'sales')"
        ),
    ),
    "a wallet richer than its transfers": (
        2,
        (
            "UPDATE account SET balance = balance + 1 WHERE id = "
            "(SELECT min(id) FROM account WHERE dealer_id = %(dealer)s AND kind = 'wallet')"
        ),
    ),
    "a hold resolved by another amount": (
        3,
        "UPDATE transfer SET amount = amount - 1 WHERE dealer_id = %(dealer)s AND reference = %(code)s || ':capture'",
    ),
    "held money that names no hold": (
        3,
        "UPDATE transfer SET resolves_id = NULL WHERE dealer_id = %(dealer)s AND reference = %(code)s || ':capture'",
    ),
    "a gap in a wallet's chain": (
        4,
        "UPDATE transfer SET frm_seq = frm_seq + 7 WHERE dealer_id = %(dealer)s AND reference = %(code)s || ':hold'",
    ),
    "a paid order without its hold": (
        5,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference = %(silent)s || ':hold'",
    ),
    "a success that was released": (
        6,
        "UPDATE orders SET status = 'failed' WHERE dealer_id = %(dealer)s AND code = %(code)s",
    ),
    "a correction that no incident asked for": (
        6,
        "UPDATE incident SET state = 'dismissed' WHERE dealer_id = %(dealer)s AND id = %(last_incident)s",
    ),
    "an incident that says what the books said already": (
        6,
        "UPDATE incident SET kind = 'late_success' WHERE dealer_id = %(dealer)s AND id = %(last_incident)s",
    ),
    "a first incident that contradicts nothing": (
        6,
        "UPDATE incident SET kind = 'reversal' WHERE dealer_id = %(dealer)s AND id = %(first_incident)s",
    ),
    "a late delivery that was booked at another cost": (
        6,
        "UPDATE incident SET cost = cost + 1 WHERE dealer_id = %(dealer)s AND id = %(third_incident)s",
    ),
    "sent before the hold": (
        7,
        (
            "UPDATE attempt SET first_sent_at = first_sent_at - interval '1 hour' "
            "WHERE dealer_id = %(dealer)s AND reference = %(code)s || '-1'"
        ),
    ),
    "two live attempts": (
        8,
        "UPDATE attempt SET order_id = %(silent_id)s WHERE dealer_id = %(dealer)s AND reference = %(code)s || '-1'",
    ),
    "a success without proof": (
        9,
        "UPDATE attempt SET sn = '' WHERE dealer_id = %(dealer)s AND reference = %(code)s || '-1'",
    ),
    "a hold nobody looks at": (
        10,
        (
            "UPDATE transfer SET at = at - interval '2 days' WHERE dealer_id = %(dealer)s "
            "AND reference = %(silent)s || ':hold'"
        ),
    ),
    "a due row left lying": (
        11,
        (
            "UPDATE due SET due_at = now() - interval '6 minutes', lease_until = NULL "
            "WHERE dealer_id = %(dealer)s AND kind = 'order' AND target = %(unpaid)s"
        ),
    ),
    "something to be told that nobody will tell": (
        11,
        "DELETE FROM due WHERE dealer_id = %(dealer)s AND kind = 'webhook'",
    ),
    "more refunded than paid": (
        12,
        "UPDATE refund SET amount = amount * 2 WHERE dealer_id = %(dealer)s",
    ),
    "money set aside that no refund speaks of": (
        12,
        "DELETE FROM refund WHERE dealer_id = %(dealer)s AND state = 'due'",
    ),
    "money set aside for no order at all": (
        12,
        (
            "UPDATE transfer SET to_kind = 'refunds_due', to_id = (SELECT id FROM account "
            "WHERE dealer_id = %(dealer)s AND kind = 'refunds_due') "
            "WHERE dealer_id = %(dealer)s AND reference LIKE 'deposit:%%'"
        ),
    ),
    "a refund that calls itself a gift": (
        12,
        "UPDATE refund SET is_goodwill = true WHERE dealer_id = %(dealer)s",
    ),
    "a gift that its refund knows by another sum": (
        12,
        "UPDATE amends SET amount = amount + 1 WHERE dealer_id = %(dealer)s AND kind = 'goodwill'",
    ),
    "money given out of a sale that was never booked": (
        12,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference LIKE '%%:sale-refund:%%'",
    ),
    "more gifts than the order cost": (
        12,
        (
            "UPDATE orders SET price = 1 WHERE dealer_id = %(dealer)s AND id = "
            "(SELECT order_id FROM amends WHERE dealer_id = %(dealer)s AND kind = 'goodwill' AND refund_id IS NOT NULL)"
        ),
    ),
    "a proposal that no second person is asked about": (
        12,
        "UPDATE task SET closed_at = now() WHERE dealer_id = %(dealer)s AND kind = 'amends'",
    ),
    "a refund done that nobody paid": (
        12,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference = %(back)s || ':refund:1'",
    ),
    "a refund that went another way than it says": (
        12,
        "UPDATE refund SET way = 'cash' WHERE dealer_id = %(dealer)s AND reference = 'TRX-1'",
    ),
    "a refund that came back and that nothing follows": (
        12,
        "UPDATE refund SET state = 'returned' WHERE dealer_id = %(dealer)s AND reference = 'TRX-1'",
    ),
    "a refund asked for at a gateway that nobody asks": (
        12,
        "UPDATE refund SET way = 'source' WHERE dealer_id = %(dealer)s AND state = 'due' AND begun_at IS NULL",
    ),
    "a cost that is not the order's": (
        13,
        "UPDATE orders SET cost = cost + 1 WHERE dealer_id = %(dealer)s AND code = %(code)s",
    ),
    "a receipt of another sum": (
        14,
        "UPDATE receipt SET amount = amount + 1 WHERE dealer_id = %(dealer)s",
    ),
    "money that came in without a receipt": (
        14,
        "DELETE FROM receipt WHERE dealer_id = %(dealer)s",
    ),
    "a line that says another sum than suspense": (
        14,
        "UPDATE bank_line SET amount = amount + 1 WHERE dealer_id = %(dealer)s",
    ),
    "unknown money that nobody is asked about": (
        14,
        "UPDATE task SET closed_at = now() WHERE dealer_id = %(dealer)s AND kind = 'money'",
    ),
    "a gift to an order that no transfer paid": (
        14,
        "UPDATE receipt SET gateway = 'sandbox' WHERE dealer_id = %(dealer)s AND gateway = 'bank:main'",
    ),
    "a deposit in a wallet that is not credited": (
        14,
        "UPDATE deposit_ticket SET state = 'cancelled' WHERE dealer_id = %(dealer)s AND state = 'credited'",
    ),
    "a deposit of another sum than its line brought": (
        14,
        "UPDATE deposit_ticket SET came = came + 1 WHERE dealer_id = %(dealer)s AND state = 'credited'",
    ),
    "a deposit that nobody's ticket speaks of": (
        14,
        "DELETE FROM deposit_ticket WHERE dealer_id = %(dealer)s AND state = 'credited'",
    ),
    "a line that was a deposit and a receipt": (
        14,
        (
            "UPDATE receipt SET gateway_tx = 'FT-0003' WHERE dealer_id = %(dealer)s AND gateway = 'bank:main' "
            "AND id = (SELECT max(id) FROM receipt WHERE dealer_id = %(dealer)s AND gateway = 'bank:main')"
        ),
    ),
    "a roll-up that does not add up": (
        16,
        (
            "UPDATE rollup SET came_in = came_in + 1 WHERE id = (SELECT max(r.id) FROM rollup r "
            "JOIN account a ON a.id = r.account_id WHERE r.dealer_id = %(dealer)s AND a.kind = 'sales')"
        ),
    ),
    "two orders under one ref_id": (
        17,
        "UPDATE orders SET partner_id = 1, ref_id = 'same' WHERE dealer_id = %(dealer)s",
    ),
    "a past that was changed": (
        19,
        (
            "UPDATE transfer SET reference = reference || '!' WHERE id = "
            "(SELECT min(id) FROM transfer WHERE dealer_id = %(dealer)s)"
        ),
    ),
    "a decision about a statement that is not booked": (
        21,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference LIKE 'reconcile:%%'",
    ),
    "a correction of another sum than its difference": (
        21,
        "UPDATE " + _BOOKED.format("amount = amount + 1"),
    ),
    "a correction in the wrong direction": (21, "UPDATE " + _BOOKED.format("amount = -amount")),
    "a correction of a difference that nobody decided": (
        21,
        "UPDATE " + _BOOKED.format("state = 'open', resolution = ''"),
    ),
    "a correction that no difference asked for": (
        21,
        "DELETE FROM reconcile_difference WHERE dealer_id = %(dealer)s AND transfer_id IS NOT NULL",
    ),
    "a difference that nobody is asked about": (
        21,
        "UPDATE task SET closed_at = now() WHERE dealer_id = %(dealer)s AND kind = 'difference'",
    ),
}
