"""What keeps the ledger right: constraints beyond Django's, the writing function, rows that never change."""

from django.db import migrations

from portal.lib.migrations import append_only, never_deleted, sql_file

APPEND_ONLY = ("transfer", "order_event", "price_change", "inbound_event", "seal")
KEPT = (
    "account",
    "orders",
    "attempt",
    "decision",
    "payment",
    "receipt",
    "refund",
    "incident",
    "task",
    "product",
    "supplier",
    "rollup_mark",
)


class Migration(migrations.Migration):
    dependencies = [("transactions", "0001_tables"), ("dealers", "0002_walls")]

    operations = [
        sql_file("transactions/sql/ledger_v1.sql"),
        sql_file("transactions/sql/post_v1.sql"),
        append_only(*APPEND_ONLY),
        never_deleted(*KEPT),
    ]
