-- Look-ups that must work before the dealer is known. Each runs as its owner, past row-level
-- security, and answers one narrow question.
CREATE FUNCTION memberships_of(p_user bigint)
RETURNS TABLE (dealer_id bigint, role varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT m.dealer_id, m.role FROM public.membership m WHERE m.user_id = p_user AND m.is_active
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: its rows are never changed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KN020';
END
$$;
