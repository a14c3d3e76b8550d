-- The change feed. Numbers are taken last in a transaction, under the lock of the dealer's counter row: whoever
-- commits later has the higher number, and a reader who asks for what is above the last one misses nothing.
-- Returns the number before the first of the `p_count` that were taken.
CREATE FUNCTION next_versions(p_dealer bigint, p_count integer) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO sync_version AS v (dealer_id, version) VALUES (p_dealer, p_count)
    ON CONFLICT (dealer_id) DO UPDATE SET version = v.version + p_count
    RETURNING v.version - p_count
$$;

-- One thing that happened to a product, whoever did it: a form, the sync, a hand at the console.
CREATE FUNCTION tell_product(p_dealer bigint, p_product bigint, p_kind text, p_tier text, p_old integer, p_new integer)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_was text := current_setting('app.dealer', true);
    v_sku text;
BEGIN
    -- The row that is told about has passed the wall of its own dealer.
    IF v_was IS DISTINCT FROM p_dealer::text THEN
        PERFORM set_config('app.dealer', p_dealer::text, true);
    END IF;
    SELECT sku INTO v_sku FROM product WHERE dealer_id = p_dealer AND id = p_product;
    IF FOUND THEN
        INSERT INTO sync_event (dealer_id, version, kind, product_id, sku, tier, old, new)
        VALUES (p_dealer, next_versions(p_dealer, 1) + 1, p_kind, p_product, v_sku, p_tier, p_old, p_new);
    END IF;
    IF v_was IS DISTINCT FROM p_dealer::text THEN
        PERFORM set_config('app.dealer', coalesce(v_was, ''), true);
    END IF;
END
$$;

CREATE FUNCTION tell_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tell_product(NEW.dealer_id, NEW.product_id, 'new', NEW.tier, NULL, NEW.amount);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM tell_product(OLD.dealer_id, OLD.product_id, 'gone', OLD.tier, OLD.amount, NULL);
    ELSE
        PERFORM tell_product(NEW.dealer_id, NEW.product_id,
            CASE WHEN NEW.amount > OLD.amount THEN 'price_up' ELSE 'price_down' END, NEW.tier, OLD.amount, NEW.amount);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION tell_shelf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_product(NEW.dealer_id, NEW.id, CASE WHEN NEW.is_open THEN 'opened' ELSE 'closed' END, '', NULL, NULL);
    RETURN NULL;
END
$$;

-- A route that opens or closes tells of its product only when no other route is open.
CREATE FUNCTION tell_route() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_row route := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    v_open boolean := TG_OP <> 'DELETE' AND v_row.is_open;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM route r JOIN supplier s ON s.dealer_id = r.dealer_id AND s.id = r.supplier_id
        WHERE r.dealer_id = v_row.dealer_id AND r.product_id = v_row.product_id AND r.id <> v_row.id
          AND r.is_open AND s.is_open
    ) THEN
        PERFORM tell_product(v_row.dealer_id, v_row.product_id, CASE WHEN v_open THEN 'opened' ELSE 'closed' END,
            '', NULL, NULL);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION tell_supplier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_product(r.dealer_id, r.product_id, CASE WHEN NEW.is_open THEN 'opened' ELSE 'closed' END,
        '', NULL, NULL)
    FROM route r WHERE r.dealer_id = NEW.dealer_id AND r.supplier_id = NEW.id AND r.is_open AND NOT EXISTS (
        SELECT 1 FROM route o JOIN supplier s ON s.dealer_id = o.dealer_id AND s.id = o.supplier_id
        WHERE o.dealer_id = r.dealer_id AND o.product_id = r.product_id AND o.id <> r.id AND o.is_open AND s.is_open
    );
    RETURN NULL;
END
$$;

-- Deferred to the commit, so that the counter is the last row that a transaction locks.
CREATE CONSTRAINT TRIGGER tell_price_set AFTER INSERT OR DELETE ON price DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION tell_price();
CREATE CONSTRAINT TRIGGER tell_price_changed AFTER UPDATE ON price DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.amount <> NEW.amount) EXECUTE FUNCTION tell_price();
CREATE CONSTRAINT TRIGGER tell_shelf AFTER UPDATE ON product DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.is_open <> NEW.is_open) EXECUTE FUNCTION tell_shelf();
CREATE CONSTRAINT TRIGGER tell_route_set AFTER INSERT OR DELETE ON route DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION tell_route();
CREATE CONSTRAINT TRIGGER tell_route_changed AFTER UPDATE ON route DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.is_open <> NEW.is_open) EXECUTE FUNCTION tell_route();
CREATE CONSTRAINT TRIGGER tell_supplier AFTER UPDATE ON supplier DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.is_open <> NEW.is_open) EXECUTE FUNCTION tell_supplier();
