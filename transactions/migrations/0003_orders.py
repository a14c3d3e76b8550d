"""The purchase function, and the triggers that hold an order and its attempts to their states."""

from django.db import migrations

from portal.lib.migrations import sql_file


class Migration(migrations.Migration):
    dependencies = [("transactions", "0002_ledger")]

    operations = [
        sql_file("transactions/sql/exchange_v1.sql"),
        sql_file("transactions/sql/guards_v1.sql"),
        sql_file("transactions/sql/place_v1.sql"),
        sql_file("transactions/sql/lookups_v1.sql"),
    ]
