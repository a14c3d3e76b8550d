"""How a dealer serves: the pace of each brand, the codes of receipts, and what buyers thought of their orders."""

import django.db.models.deletion
from django.db import migrations, models

from portal.lib.migrations import append_only, never_deleted, sql_file, tenant_wall


def _id():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _to(where, **more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=where, **more)


class Migration(migrations.Migration):
    dependencies = [("dealers", "0002_walls"), ("transactions", "0011_payment_methods")]

    operations = [
        migrations.CreateModel(
            name="Pace",
            fields=[
                _id(),
                ("orders", models.PositiveIntegerField()),
                ("p50", models.FloatField()),
                ("p95", models.FloatField()),
                ("at", models.DateTimeField()),
                (
                    "brand",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="transactions.brand",
                    ),
                ),
                ("dealer", _to("dealers.dealer", related_name="+")),
            ],
            options={
                "db_table": "pace",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["dealer", "brand"], name="one_pace_per_brand", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(p50__gte=0, p95__gte=models.F("p50")), name="a_pace_is_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                _id(),
                ("code", models.CharField(max_length=20, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("dealer", _to("dealers.dealer", related_name="+")),
                ("order", _to("transactions.order", related_name="proofs")),
            ],
            options={
                "db_table": "proof",
                "constraints": [models.UniqueConstraint(fields=["dealer", "order"], name="one_proof_per_order")],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                _id(),
                ("is_good", models.BooleanField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("dealer", _to("dealers.dealer", related_name="+")),
                ("order", _to("transactions.order", related_name="ratings")),
            ],
            options={
                "db_table": "rating",
                "constraints": [models.UniqueConstraint(fields=["dealer", "order"], name="one_rating_per_order")],
                "indexes": [models.Index(fields=["dealer", "-created_at"], name="rating_newest")],
            },
        ),
        append_only("proof"),
        never_deleted("rating"),
        tenant_wall("pace", "proof", "rating"),
        sql_file(
            "transactions/sql/proofs_v1.sql",
            undo="DROP FUNCTION dealer_of_proof(text); DROP FUNCTION dealer_of_order_to(text, text);",
        ),
    ]
