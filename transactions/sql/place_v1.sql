-- Place an order, and pay it when a wallet is given: order, due row, hold, the wallet last.
-- A repeat (same form token or same ref_id) returns the order that stands; whether its content is
-- the same is for the caller to see from `fingerprint`.
-- Raises KN001 insufficient balance, KN002 the price rose above p_price (new price in DETAIL),
-- KN003 the product is closed or has no price, KN004 the code is taken.
CREATE FUNCTION place_v1(
    p_dealer bigint, p_code text, p_secret text, p_product bigint, p_tier text, p_destination text, p_price bigint,
    p_channel text, p_gateway text, p_form_token text, p_partner bigint, p_ref_id text, p_fingerprint text,
    p_customer bigint, p_cashier bigint, p_outlet bigint, p_wallet bigint, p_rest interval
) RETURNS TABLE (order_id bigint, is_new boolean, fingerprint varchar) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_price bigint; v_accepted bigint; v_order bigint; v_held bigint;
BEGIN
    PERFORM set_config('app.dealer', p_dealer::text, true);
    SELECT o.id, o.fingerprint INTO order_id, fingerprint FROM orders o
        WHERE o.dealer_id = p_dealer
          AND ((p_form_token IS NOT NULL AND o.form_token = p_form_token)
               OR (p_partner IS NOT NULL AND o.partner_id = p_partner AND o.ref_id = p_ref_id));
    IF FOUND THEN
        is_new := false;
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT pr.amount, p.accepted_cost INTO v_price, v_accepted FROM price pr
        JOIN product p ON p.dealer_id = pr.dealer_id AND p.id = pr.product_id
        WHERE pr.dealer_id = p_dealer AND pr.product_id = p_product AND pr.tier = p_tier AND p.is_open;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'product is closed' USING ERRCODE = 'KN003';
    END IF;
    IF v_price > p_price THEN
        RAISE EXCEPTION 'price rose' USING ERRCODE = 'KN002', DETAIL = v_price::text;
    END IF;
    INSERT INTO orders AS o (dealer_id, code, secret, product_id, destination, price, max_cost, status, channel,
            gateway, reason, rc, sn, wallet_id, customer_id, cashier_id, outlet_id, partner_id, ref_id, form_token,
            fingerprint, created_at, paid_at)
        VALUES (p_dealer, p_code, p_secret, p_product, p_destination, v_price, greatest(v_price, v_accepted),
            CASE WHEN p_wallet IS NULL THEN 'awaiting_payment' ELSE 'paid' END, p_channel,
            p_gateway, '', '', '', p_wallet, p_customer, p_cashier, p_outlet, p_partner, p_ref_id, p_form_token,
            p_fingerprint, now(), CASE WHEN p_wallet IS NULL THEN NULL ELSE now() END)
        ON CONFLICT DO NOTHING RETURNING o.id INTO v_order;
    IF v_order IS NULL THEN
        -- Somebody else placed it between our look and our insert, or the code is taken.
        SELECT o.id, o.fingerprint INTO order_id, fingerprint FROM orders o
            WHERE o.dealer_id = p_dealer
              AND ((p_form_token IS NOT NULL AND o.form_token = p_form_token)
                   OR (p_partner IS NOT NULL AND o.partner_id = p_partner AND o.ref_id = p_ref_id));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'order code is taken' USING ERRCODE = 'KN004';
        END IF;
        is_new := false;
        RETURN NEXT;
        RETURN;
    END IF;
    INSERT INTO order_event (dealer_id, order_id, kind, old, new, actor_id, note, at)
        VALUES (p_dealer, v_order, 'placed', '',
            CASE WHEN p_wallet IS NULL THEN 'awaiting_payment' ELSE 'paid' END, p_cashier, '', now());
    INSERT INTO due (dealer_id, kind, target, due_at, tries, parked)
        VALUES (p_dealer, 'order', v_order, now() + p_rest, 0, false);
    IF p_wallet IS NOT NULL THEN
        SELECT a.id INTO v_held FROM account a WHERE a.dealer_id = p_dealer AND a.kind = 'held' AND a.key = '';
        PERFORM post_v1(p_dealer, p_wallet, v_held, v_price, p_code || ':hold', v_order, NULL, NULL);
    END IF;
    order_id := v_order;
    fingerprint := p_fingerprint;
    is_new := true;
    RETURN NEXT;
END
$$;
