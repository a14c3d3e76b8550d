-- Writes one call of a partner's machine down, in one journey and without waiting for the disk: the
-- answer has been made, and a line that a crash takes away is worth less than the wait of everybody.
-- The dealer is named for this transaction only; row-level security looks at what is written as ever.
CREATE FUNCTION note_partner_call_v1(
    p_dealer bigint, p_partner bigint, p_key_name text, p_is_sandbox boolean, p_dialect text, p_method text,
    p_path text, p_ref_id text, p_status int, p_code text, p_ms int, p_address text, p_request_id text,
    p_request text, p_answer text
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM set_config('app.dealer', p_dealer::text, true), set_config('synchronous_commit', 'off', true);
    INSERT INTO public.partner_call (
        dealer_id, partner_id, at, key_name, is_sandbox, dialect, method, path, ref_id, status, code, ms, address,
        request_id, request, answer
    ) VALUES (
        p_dealer, p_partner, clock_timestamp(), p_key_name, p_is_sandbox, p_dialect, p_method, p_path, p_ref_id,
        p_status, p_code, p_ms, p_address, p_request_id, p_request, p_answer
    );
END
$$;
