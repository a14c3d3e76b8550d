-- Write one transfer. The same reference with the same content returns the transfer that stands.
-- Raises KN001 insufficient balance, KN010 reference used for something else, KN011 unknown account.
CREATE FUNCTION post_v1(
    p_dealer bigint, p_frm bigint, p_to bigint, p_amount bigint, p_reference text,
    p_order bigint, p_resolves bigint, p_reverses bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    old transfer;
    v_frm_kind text; v_to_kind text;
    v_frm_seq bigint; v_frm_after bigint; v_to_seq bigint; v_to_after bigint;
    v_id bigint;
BEGIN
    SELECT * INTO old FROM transfer WHERE dealer_id = p_dealer AND reference = p_reference;
    IF FOUND THEN
        IF (old.frm_id, old.to_id, old.amount, old.order_id, old.resolves_id, old.reverses_id)
           IS NOT DISTINCT FROM (p_frm, p_to, p_amount, p_order, p_resolves, p_reverses) THEN
            RETURN old.id;
        END IF;
        RAISE EXCEPTION 'reference % stands for another transfer', p_reference USING ERRCODE = 'KN010';
    END IF;
    SELECT kind INTO v_frm_kind FROM account WHERE dealer_id = p_dealer AND id = p_frm;
    SELECT kind INTO v_to_kind FROM account WHERE dealer_id = p_dealer AND id = p_to;
    IF v_frm_kind IS NULL OR v_to_kind IS NULL THEN
        RAISE EXCEPTION 'no such account in this book' USING ERRCODE = 'KN011';
    END IF;
    IF v_frm_kind = 'wallet' AND v_to_kind = 'wallet' THEN
        -- Two wallets are locked in the order of their ids, whoever pays whom.
        PERFORM 1 FROM account WHERE dealer_id = p_dealer AND id IN (p_frm, p_to) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF v_frm_kind = 'wallet' THEN
        UPDATE account SET balance = balance - p_amount, seq = seq + 1
            WHERE dealer_id = p_dealer AND id = p_frm AND balance - p_amount >= -credit_limit
            RETURNING seq, balance INTO v_frm_seq, v_frm_after;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'insufficient balance' USING ERRCODE = 'KN001';
        END IF;
    END IF;
    IF v_to_kind = 'wallet' THEN
        UPDATE account SET balance = balance + p_amount, seq = seq + 1
            WHERE dealer_id = p_dealer AND id = p_to
            RETURNING seq, balance INTO v_to_seq, v_to_after;
    END IF;
    INSERT INTO transfer (dealer_id, frm_id, to_id, frm_kind, to_kind, amount, reference, order_id,
                          resolves_id, reverses_id, frm_seq, frm_after, to_seq, to_after)
    VALUES (p_dealer, p_frm, p_to, v_frm_kind, v_to_kind, p_amount, p_reference, p_order,
            p_resolves, p_reverses, v_frm_seq, v_frm_after, v_to_seq, v_to_after)
    RETURNING id INTO v_id;
    RETURN v_id;
END
$$;
