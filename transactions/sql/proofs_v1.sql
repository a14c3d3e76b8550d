-- Look-ups by what stands on a receipt, before the dealer is known. Each runs as its owner, past
-- row-level security, and answers one narrow question.
CREATE FUNCTION dealer_of_proof(p_code text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.dealer_id FROM public.proof p WHERE p.code = p_code
$$;

-- Both or nothing: a code without its number's end, and an end without its code, say the same.
CREATE FUNCTION dealer_of_order_to(p_code text, p_end text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.dealer_id FROM public.orders o WHERE o.code = p_code AND right(o.destination, 4) = p_end
$$;
