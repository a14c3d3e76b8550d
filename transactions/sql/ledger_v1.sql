-- What Django's constraints cannot say about the ledger. Each makes one wrong booking impossible.
ALTER TABLE transfer
    -- The transaction that wrote the row: roll-ups count only what had closed.
    ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    -- Both ends lie in the same book, and their kinds are what the row says.
    ADD CONSTRAINT transfer_from_its_book FOREIGN KEY (dealer_id, frm_id, frm_kind)
        REFERENCES account (dealer_id, id, kind),
    ADD CONSTRAINT transfer_to_its_book FOREIGN KEY (dealer_id, to_id, to_kind)
        REFERENCES account (dealer_id, id, kind),
    -- Held money leaves only by resolving a hold …
    ADD CONSTRAINT held_money_leaves_by_resolving
        CHECK ((frm_kind IN ('held', 'held_withdrawals')) = (resolves_id IS NOT NULL)),
    -- … in full, and from where it lies. Captured xor released follows from the unique on resolves_id.
    ADD CONSTRAINT a_hold_in_full UNIQUE (dealer_id, id, to_id, amount),
    ADD CONSTRAINT resolves_a_hold_in_full FOREIGN KEY (dealer_id, resolves_id, frm_id, amount)
        REFERENCES transfer (dealer_id, id, to_id, amount),
    -- A hold for an order names the order.
    ADD CONSTRAINT a_hold_names_its_order CHECK (to_kind <> 'held' OR order_id IS NOT NULL),
    -- A reversal is the mirror of what it reverses.
    ADD CONSTRAINT a_mirror UNIQUE (dealer_id, id, frm_id, to_id, amount),
    ADD CONSTRAINT reverses_in_full FOREIGN KEY (dealer_id, reverses_id, to_id, frm_id, amount)
        REFERENCES transfer (dealer_id, id, frm_id, to_id, amount),
    -- Wallet chains: exactly the wallet ends carry a sequence and the balance after.
    ADD CONSTRAINT wallet_ends_are_chained CHECK (
        (frm_kind = 'wallet') = (frm_seq IS NOT NULL AND frm_after IS NOT NULL)
        AND (to_kind = 'wallet') = (to_seq IS NOT NULL AND to_after IS NOT NULL)),
    ADD CONSTRAINT transfer_for_its_order FOREIGN KEY (dealer_id, order_id) REFERENCES orders (dealer_id, id);

CREATE UNIQUE INDEX wallet_chain_out ON transfer (dealer_id, frm_id, frm_seq) WHERE frm_seq IS NOT NULL;
CREATE UNIQUE INDEX wallet_chain_in ON transfer (dealer_id, to_id, to_seq) WHERE to_seq IS NOT NULL;
CREATE INDEX transfer_by_xid ON transfer (dealer_id, xid);

-- In a restored database the numbers of the old cluster's transactions say nothing: what stood there up
-- to this id was counted as a whole when the roll-ups were rebuilt.
ALTER TABLE rollup_mark ADD COLUMN before_id bigint NOT NULL DEFAULT 0;
