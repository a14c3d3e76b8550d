-- The account of this name in this book; made when it is first used.
CREATE FUNCTION account_v1(p_dealer bigint, p_kind text, p_key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    SELECT id INTO v_id FROM account WHERE dealer_id = p_dealer AND kind = p_kind AND key = p_key;
    IF v_id IS NULL THEN
        INSERT INTO account (dealer_id, kind, key, balance, credit_limit, seq)
            VALUES (p_dealer, p_kind, p_key, CASE WHEN p_kind = 'wallet' THEN 0 END, 0, 0)
            ON CONFLICT (dealer_id, kind, key) DO NOTHING RETURNING id INTO v_id;
    END IF;
    IF v_id IS NULL THEN
        -- Somebody else made it between our look and our insert.
        SELECT id INTO v_id FROM account WHERE dealer_id = p_dealer AND kind = p_kind AND key = p_key;
    END IF;
    RETURN v_id;
END
$$;

-- post_v1 between accounts that are given by name.
CREATE FUNCTION book_v1(
    p_dealer bigint, p_frm_kind text, p_frm_key text, p_to_kind text, p_to_key text, p_amount bigint,
    p_reference text, p_order bigint, p_resolves bigint, p_reverses bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN post_v1(p_dealer, account_v1(p_dealer, p_frm_kind, p_frm_key), account_v1(p_dealer, p_to_kind, p_to_key),
        p_amount, p_reference, p_order, p_resolves, p_reverses);
END
$$;

-- The same for those who go on after a refusal: it is answered, as its SQLSTATE and words, and nothing is written.
CREATE FUNCTION try_book_v1(
    p_dealer bigint, p_frm_kind text, p_frm_key text, p_to_kind text, p_to_key text, p_amount bigint,
    p_reference text, p_order bigint, p_resolves bigint, p_reverses bigint,
    OUT id bigint, OUT refusal text, OUT said text
) LANGUAGE plpgsql AS $$
DECLARE
    v_constraint text;
BEGIN
    FOR turn IN 1..2 LOOP
        BEGIN
            id := book_v1(p_dealer, p_frm_kind, p_frm_key, p_to_kind, p_to_key, p_amount, p_reference, p_order,
                p_resolves, p_reverses);
            RETURN;
        EXCEPTION
            WHEN SQLSTATE 'KN001' OR SQLSTATE 'KN010' THEN
                refusal := SQLSTATE;
                said := SQLERRM;
                RETURN;
            WHEN unique_violation THEN
                GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
                IF v_constraint <> 'one_transfer_per_reference' OR turn = 2 THEN
                    RAISE;
                END IF;
                -- Somebody booked the same at the same moment: theirs stands, and is compared with ours.
        END;
    END LOOP;
END
$$;
