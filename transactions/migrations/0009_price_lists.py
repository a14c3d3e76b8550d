"""The last price list of each supplier, to be looked through without asking for it again."""

import django.db.models.deletion
from django.db import migrations, models

from portal.lib.migrations import tenant_wall


class Migration(migrations.Migration):
    dependencies = [("dealers", "0002_walls"), ("transactions", "0008_edits")]

    operations = [
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("offers", models.JSONField()),
                ("fetched_at", models.DateTimeField()),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="price_lists", to="dealers.dealer"
                    ),
                ),
                (
                    "supplier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_list",
                        to="transactions.supplier",
                    ),
                ),
            ],
            options={"db_table": "price_list"},
        ),
        tenant_wall("price_list"),
    ]
