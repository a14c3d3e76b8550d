"""The look-ups that work before the dealer is known, and row-level security on this app's tables."""

from django.db import migrations

from portal.lib.migrations import never_deleted, sql_file, tenant_wall

TABLES = ("outlet", "membership", "partner", "right_grant")


class Migration(migrations.Migration):
    dependencies = [("dealers", "0001_tables")]

    operations = [
        sql_file(
            "dealers/sql/lookups_v1.sql",
            undo="DROP FUNCTION memberships_of(bigint); DROP FUNCTION refuse_change();",
        ),
        tenant_wall(*TABLES),
        never_deleted("dealer", "partner", "right_grant"),
    ]
