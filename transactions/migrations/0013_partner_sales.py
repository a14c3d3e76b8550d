"""Orders that partners try out, and the newest orders of a partner."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import tenant_wall


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0004_partner_keys"),
        ("transactions", "0012_service"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SandboxOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref_id", models.CharField(max_length=64)),
                ("code", models.CharField(max_length=11)),
                ("destination", models.CharField(max_length=32)),
                ("price", models.PositiveBigIntegerField(help_text="rupiah, as a sale would have cost")),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "ending",
                    models.CharField(
                        choices=[
                            ("awaiting_payment", "Menunggu pembayaran"),
                            ("paid", "Dibayar"),
                            ("processing", "Sedang dikirim"),
                            ("succeeded", "Berhasil"),
                            ("failed", "Tidak berhasil"),
                            ("expired", "Kedaluwarsa"),
                            ("cancelled", "Dibatalkan"),
                        ],
                        max_length=20,
                    ),
                ),
                ("sn", models.CharField(blank=True, max_length=120)),
                ("rc", models.CharField(blank=True, max_length=12)),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="null: never", null=True)),
            ],
            options={
                "db_table": "sandbox_order",
            },
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["dealer", "partner", "-created_at"], name="orders_by_partner"),
        ),
        migrations.AddField(
            model_name="sandboxorder",
            name="dealer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"),
        ),
        migrations.AddField(
            model_name="sandboxorder",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.partner"
            ),
        ),
        migrations.AddField(
            model_name="sandboxorder",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transactions.product"
            ),
        ),
        migrations.AddIndex(
            model_name="sandboxorder",
            index=models.Index(fields=["dealer", "created_at"], name="sandbox_order_by_age"),
        ),
        migrations.AddConstraint(
            model_name="sandboxorder",
            constraint=models.UniqueConstraint(
                fields=("dealer", "partner", "ref_id"), name="one_sandbox_order_per_ref_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="sandboxorder",
            constraint=models.UniqueConstraint(fields=("dealer", "code"), name="one_sandbox_order_per_code"),
        ),
        tenant_wall("sandbox_order"),
    ]
