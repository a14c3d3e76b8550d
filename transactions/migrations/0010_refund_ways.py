"""How a refund goes back: the way and the sealed destination, who proposed, approved and paid it, what it follows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0002_walls"),
        ("transactions", "0009_price_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="approved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="asked",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="how often its gateway was asked"
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="begun_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="begun_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="chosen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="chosen_by",
            field=models.ForeignKey(
                help_text="staff, for a guest",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="destination",
            field=models.TextField(
                blank=True, db_default="", default="", help_text="sealed; whose account or e-wallet"
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="follows",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transactions.refund"
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="payment",
            field=models.ForeignKey(
                help_text="the code that it goes back by",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="transactions.payment",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="proposed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="due",
            name="kind",
            field=models.CharField(
                choices=[
                    ("order", "advance an order"),
                    ("payment", "expire a payment code"),
                    ("refund", "have a gateway pay a refund back"),
                    ("result", "tell the buying dealer how a stock order ended"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Belum dipilih"),
                    ("source", "Ke asal pembayaran"),
                    ("wallet", "Saldo"),
                    ("cash", "Tunai di gerai"),
                    ("bank", "Transfer bank"),
                    ("ewallet", "E-wallet"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["dealer", "state", "created_at"], name="refund_oldest"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("begun_at__isnull", False),
                    ("way__in", ["bank", "ewallet", "source"]),
                    models.Q(("reference", ""), _negated=True),
                ),
                fields=("dealer", "way", "reference"),
                name="one_refund_per_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("follows__isnull", False)),
                fields=("dealer", "follows"),
                name="one_refund_follows_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("way", "source"), _negated=True), ("payment__isnull", False), _connector="OR"
                ),
                name="a_source_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent"), _negated=True), ("begun_at__isnull", False), _connector="OR"
                ),
                name="what_is_sent_was_begun",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(
                        ("proposed_by__isnull", False),
                        models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="the_second_person_is_another",
            ),
        ),
        sql_file(
            "transactions/sql/refund_guard_v1.sql",
            undo="DROP TRIGGER guard_refund ON refund; DROP FUNCTION guard_refund();",
        ),
    ]
