-- Write down who changed which row from what to what, whichever way it was changed: by a form, a bulk
-- update, a function, a hand at the console. Arguments: columns whose change is told but not their value
-- (secrets), and columns that are left out. Who it was stands in app.actor; nobody means the portal itself.
CREATE FUNCTION audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    v_left_out text[] := string_to_array(TG_ARGV[1], ' ') || '{id,dealer_id}'::text[];
    v_before jsonb := '{}';
    v_after jsonb := '{}';
    v_old jsonb := '{}';
    v_new jsonb := '{}';
    v_secret text;
    v_dealer bigint;
    v_row bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        v_before := to_jsonb(OLD) - v_left_out;
        v_dealer := OLD.dealer_id;
        v_row := OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        v_after := to_jsonb(NEW) - v_left_out;
        v_dealer := NEW.dealer_id;
        v_row := NEW.id;
    END IF;
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO v_old FROM jsonb_each(v_before)
        WHERE value IS DISTINCT FROM v_after -> key;
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO v_new FROM jsonb_each(v_after)
        WHERE value IS DISTINCT FROM v_before -> key;
    IF v_old = '{}' AND v_new = '{}' THEN
        RETURN NULL;
    END IF;
    FOREACH v_secret IN ARRAY string_to_array(TG_ARGV[0], ' ') LOOP
        IF v_old ? v_secret THEN
            v_old := jsonb_set(v_old, ARRAY[v_secret], 'null');
        END IF;
        IF v_new ? v_secret THEN
            v_new := jsonb_set(v_new, ARRAY[v_secret], 'null');
        END IF;
    END LOOP;
    INSERT INTO edit (dealer_id, place, row_id, action, old, new, actor_id)
    VALUES (v_dealer, TG_TABLE_NAME, v_row, lower(TG_OP), v_old, v_new,
            NULLIF(current_setting('app.actor', true), '')::bigint);
    RETURN NULL;
END
$$;
