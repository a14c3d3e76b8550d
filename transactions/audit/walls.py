"""Invariant 20: as the application, with one dealer set, nothing of any other dealer can be seen.

It asks through the application's own connection, because the auditor's sees everything.
"""

from django.db import connections, transaction

from transactions.audit.base import Violation

NUMBER = 20
SENTENCE = "as the application with one dealer set, no other dealer has a row; with none set, nobody has"
DEALERS_TRIED = 3
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'dealer_id' AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'due'
ORDER BY c.relname
"""
_POWERS = "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"


def check(*, app: str) -> list[Violation]:
    """Look for foreign rows through the connection `app`; its role must not be able to pass the walls."""
    with transaction.atomic(using=app), connections[app].cursor() as cursor:
        cursor.execute(_POWERS)
        found = [
            _violation(0, name, "the application's role passes row-level security") for (name,) in cursor.fetchall()
        ]
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT id FROM dealer ORDER BY id LIMIT %s", [DEALERS_TRIED])
        dealers = [dealer_id for (dealer_id,) in cursor.fetchall()]
        cursor.execute("SELECT current_setting('app.dealer', true)")
        before = cursor.fetchone()[0] or ""
        query = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM {table} WHERE dealer_id IS DISTINCT FROM %(dealer)s"  # noqa: S608
            for table in tables
        )
        for dealer_id in [*dealers, None]:
            cursor.execute("SELECT set_config('app.dealer', %s, true)", [str(dealer_id or "")])
            cursor.execute(query, {"dealer": dealer_id})
            found += [
                _violation(dealer_id or 0, table, f"shows {rows} rows of others")
                for table, rows in cursor.fetchall()
                if rows
            ]
        cursor.execute("SELECT set_config('app.dealer', %s, true)", [before])
    return found


def _violation(dealer_id: int, reference: str, finding: str) -> Violation:
    return Violation(number=NUMBER, dealer_id=dealer_id, reference=reference, finding=finding)
