"""A webhook endpoint is found by its code before its dealer is known: a ping is called for without a sign."""

from django.db import migrations, models

from portal.lib.migrations import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("transactions", "0021_deposit_tickets"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="webhookendpoint",
            index=models.Index(fields=["code"], name="webhook_endpoint_by_code"),
        ),
        sql_file("transactions/sql/webhook_lookup_v1.sql", undo="DROP FUNCTION dealer_of_webhook(text);"),
    ]
