-- Look-ups that must work before the dealer is known. Each runs as its owner, past row-level
-- security, and answers one narrow question.
CREATE FUNCTION dealer_of_order(p_code text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.dealer_id FROM public.orders o WHERE o.code = p_code
$$;

CREATE FUNCTION dealers_of_customer(p_user bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT a.dealer_id FROM public.account a WHERE a.kind = 'wallet' AND a.key = 'customer:' || p_user
    UNION
    SELECT o.dealer_id FROM public.orders o WHERE o.customer_id = p_user
$$;
