"""What migrations need beyond Django's own operations: SQL files, tenant walls, append-only tables."""

from pathlib import Path

from django.db.migrations.operations import RunSQL

_ROOT = Path(__file__).resolve().parent.parent.parent

_WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY one_dealer ON {table}
    USING (dealer_id = NULLIF(current_setting('app.dealer', true), '')::bigint)
    WITH CHECK (dealer_id = NULLIF(current_setting('app.dealer', true), '')::bigint);
"""
_NO_WALL = """
DROP POLICY one_dealer ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
_APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM konter_app;
"""
_NOT_APPEND_ONLY = """
DROP TRIGGER append_only ON {table};
DROP TRIGGER never_truncated ON {table};
GRANT UPDATE, DELETE ON {table} TO konter_app;
"""


def sql_file(path: str, *, undo: str = RunSQL.noop) -> RunSQL:
    """Run a versioned SQL file, named from the project's root."""
    return RunSQL((_ROOT / path).read_text(), undo)


def tenant_wall(*tables: str) -> RunSQL:
    """Row-level security: the rows of the dealer named in `app.dealer`, and none when it is unset."""
    return _each(tables, _WALL, _NO_WALL)


def append_only(*tables: str) -> RunSQL:
    """Rows that nobody changes or removes, whatever their role."""
    return _each(tables, _APPEND_ONLY, _NOT_APPEND_ONLY)


def never_deleted(*tables: str) -> RunSQL:
    """Rows that the application may change but not remove."""
    return _each(
        tables,
        "REVOKE DELETE, TRUNCATE ON {table} FROM konter_app;",
        "GRANT DELETE ON {table} TO konter_app;",
    )


def _each(tables: tuple[str, ...], do: str, undo: str) -> RunSQL:
    return RunSQL("".join(do.format(table=t) for t in tables), "".join(undo.format(table=t) for t in reversed(tables)))
