-- Whose machine calls, asked before the dealer is known. Each runs as its owner, past row-level
-- security, and answers with ids alone.
CREATE FUNCTION partner_by_username(p_username text)
RETURNS TABLE (dealer_id bigint, partner_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.dealer_id, p.id FROM public.partner p WHERE p.username = p_username
$$;

CREATE FUNCTION partner_key_by_lookup(p_lookups text[])
RETURNS TABLE (dealer_id bigint, partner_id bigint, key_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT k.dealer_id, k.partner_id, k.id FROM public.partner_key k WHERE k.lookup = ANY (p_lookups)
$$;
