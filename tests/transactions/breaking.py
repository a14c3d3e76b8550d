"""Breaking one row behind the guards' back: as the owner, in the test's own database, inside a transaction
that is rolled back. What the audit sees meanwhile it sees through the same connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from transactions import audit

_GUARDS_OFF = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')
          AND conrelid::regclass::text NOT LIKE 'exchange%'
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.place, found.conname);
    END LOOP;
    FOR found IN
        SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype = 'u'
          AND conrelid::regclass::text IN ('transfer', 'attempt', 'orders')
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', found.place, found.conname);
    END LOOP;
    FOR found IN
        SELECT tgrelid::regclass AS place, tgname FROM pg_trigger
        WHERE NOT tgisinternal AND tgname IN ('append_only', 'guard_order', 'guard_attempt', 'guard_refund')
    LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', found.place, found.tgname);
    END LOOP;
    DROP INDEX IF EXISTS one_hold_per_order, one_live_attempt_per_order, wallet_chain_out, wallet_chain_in;
END
$$
"""


@contextmanager
def guards_off() -> Iterator[None]:
    """Everything that refuses a wrong row is away until the block ends; then nothing of it has happened."""
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(_GUARDS_OFF)
        yield
        transaction.set_rollback(True, using="owner")


def run(sql: str, **given: int | str) -> int:
    """Execute as the owner; how many rows it touched."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, given)
        return int(cursor.rowcount)


def broken() -> set[int]:
    """The invariants that do not hold, as the owner sees them now."""
    return {violation.number for violation in audit.violations("owner")}
