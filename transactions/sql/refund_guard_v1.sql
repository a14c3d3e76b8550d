-- A refund moves only along these pairs, is for ever of the order and the amount that it was written for, and
-- from the moment that somebody begins to pay, neither the way nor where it goes can change any more.
-- `transactions/refunds.py` holds the same pairs.
CREATE FUNCTION guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('due', 'sent'), ('due', 'done'), ('due', 'void'),
        ('sent', 'due'), ('sent', 'done'), ('sent', 'returned'), ('done', 'returned')
    ) THEN
        RAISE EXCEPTION 'a refund cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'KN024';
    END IF;
    IF (OLD.dealer_id, OLD.order_id, OLD.number, OLD.amount, OLD.is_goodwill, OLD.follows_id) IS DISTINCT FROM
       (NEW.dealer_id, NEW.order_id, NEW.number, NEW.amount, NEW.is_goodwill, NEW.follows_id) THEN
        RAISE EXCEPTION 'what is refunded is never changed' USING ERRCODE = 'KN024';
    END IF;
    IF OLD.state <> 'due' AND ((OLD.way, OLD.payment_id) IS DISTINCT FROM (NEW.way, NEW.payment_id)
        OR NEW.destination NOT IN (OLD.destination, '')) THEN
        RAISE EXCEPTION 'where a refund goes is not changed once somebody pays it' USING ERRCODE = 'KN024';
    END IF;
    IF OLD.state IN ('done', 'returned') AND OLD.reference <> NEW.reference THEN
        RAISE EXCEPTION 'the proof of a refund is never changed' USING ERRCODE = 'KN024';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_refund BEFORE UPDATE ON refund FOR EACH ROW EXECUTE FUNCTION guard_refund();
