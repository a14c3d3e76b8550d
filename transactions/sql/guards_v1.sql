-- An order moves only along these pairs; `transactions/states.py` holds the same table.
CREATE FUNCTION guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status NOT IN ('awaiting_payment', 'paid') THEN
            RAISE EXCEPTION 'an order cannot begin as %', NEW.status USING ERRCODE = 'KN021';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('awaiting_payment', 'paid'), ('awaiting_payment', 'expired'), ('awaiting_payment', 'cancelled'),
        ('paid', 'processing'), ('paid', 'failed'), ('paid', 'cancelled'),
        ('processing', 'succeeded'), ('processing', 'failed')
    ) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.status, NEW.status USING ERRCODE = 'KN021';
    END IF;
    IF (OLD.dealer_id, OLD.code, OLD.product_id, OLD.price) IS DISTINCT FROM
       (NEW.dealer_id, NEW.code, NEW.product_id, NEW.price) THEN
        RAISE EXCEPTION 'what was ordered at which price is never changed' USING ERRCODE = 'KN021';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_order BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION guard_order();

-- For many suppliers a status check is the same request again, that is a purchase if the first never
-- arrived: nothing is sent unless the price is still held. An outcome, once known, is final.
CREATE FUNCTION guard_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' OR NEW.sends > OLD.sends) AND NOT EXISTS (
        SELECT 1 FROM transfer h
        WHERE h.dealer_id = NEW.dealer_id AND h.order_id = NEW.order_id AND h.to_kind = 'held'
          AND NOT EXISTS (SELECT 1 FROM transfer r WHERE r.dealer_id = h.dealer_id AND r.resolves_id = h.id)
    ) THEN
        RAISE EXCEPTION 'nothing is sent to a supplier unless the price is held' USING ERRCODE = 'KN022';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.outcome <> 'pending' AND NEW.outcome <> OLD.outcome THEN
        RAISE EXCEPTION 'an attempt that % cannot become %', OLD.outcome, NEW.outcome USING ERRCODE = 'KN023';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_attempt BEFORE INSERT OR UPDATE ON attempt FOR EACH ROW EXECUTE FUNCTION guard_attempt();
