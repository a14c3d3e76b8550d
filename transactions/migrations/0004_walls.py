"""Row-level security on every table of this app that belongs to a dealer; `due` alone has none."""

from django.db import migrations

from portal.lib.migrations import tenant_wall

TABLES = (
    "account",
    "attempt",
    "decision",
    "exchange",
    "inbound_event",
    "incident",
    "markup_rule",
    "order_event",
    "orders",
    "payment",
    "price",
    "price_change",
    "product",
    "receipt",
    "refund",
    "rollup",
    "rollup_mark",
    "route",
    "seal",
    "supplier",
    "task",
    "transfer",
)


class Migration(migrations.Migration):
    dependencies = [("transactions", "0003_orders")]

    operations = [
        tenant_wall(*TABLES),
        migrations.RunSQL(
            """
            REVOKE UPDATE, DELETE, TRUNCATE ON exchange FROM konter_app;
            ALTER TABLE due SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01,
                                 autovacuum_vacuum_cost_delay = 0);
            """,
            "GRANT UPDATE, DELETE ON exchange TO konter_app;",
        ),
    ]
