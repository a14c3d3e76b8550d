"""Transfers between accounts that are given by name, in one statement."""

from django.db import migrations

from portal.lib.migrations import sql_file

_UNDO = """
DROP FUNCTION try_book_v1(bigint, text, text, text, text, bigint, text, bigint, bigint, bigint);
DROP FUNCTION book_v1(bigint, text, text, text, text, bigint, text, bigint, bigint, bigint);
DROP FUNCTION account_v1(bigint, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0014_partner_tasks")]

    operations = [sql_file("transactions/sql/book_v1.sql", undo=_UNDO)]
