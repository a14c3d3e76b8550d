-- Whose webhook endpoint this is: asked before the dealer is known, by whoever calls for a ping of it. Runs as
-- its owner, past row-level security, and tells nothing but the dealer; codes are random, removed ones are gone.
CREATE FUNCTION dealer_of_webhook(p_code text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.dealer_id FROM public.webhook_endpoint e
    WHERE e.code = p_code AND e.removed_at IS NULL
    ORDER BY e.id LIMIT 1
$$;
