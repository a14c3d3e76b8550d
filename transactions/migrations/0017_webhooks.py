"""What partners are told by itself, and lanes in the queue, so that a slow address holds up nothing else."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from portal.lib.migrations import never_deleted, tenant_wall


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0004_partner_keys"),
        ("transactions", "0016_sync"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookCallback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref_id", models.CharField(max_length=64)),
                ("is_sandbox", models.BooleanField()),
                ("url", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "webhook_callback",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=20)),
                ("ref_id", models.CharField(blank=True, max_length=64)),
                ("order_code", models.CharField(blank=True, max_length=11)),
                ("url", models.CharField(blank=True, help_text="where there is no endpoint", max_length=500)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Menunggu"), ("delivered", "Terkirim"), ("given_up", "Tidak terkirim")],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("last_ms", models.PositiveIntegerField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                ("last_answer", models.TextField(blank=True, help_text="at most 8 kB, numbers and secrets masked")),
                ("next_at", models.DateTimeField(help_text="for people to read; the due row decides", null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("delivered_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "webhook_delivery",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16)),
                ("url", models.CharField(max_length=500)),
                (
                    "format",
                    models.CharField(
                        choices=[("native", "Standard Webhooks"), ("digiflazz", "Digiflazz")], max_length=10
                    ),
                ),
                ("sealed", models.TextField(blank=True, help_text="its own secret; empty: the partner's")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("order.succeeded", "Pesanan berhasil"),
                                ("order.failed", "Pesanan tidak berhasil"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("is_open", models.BooleanField(db_default=True, default=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "webhook_endpoint",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="WebhookSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "format",
                    models.CharField(
                        choices=[("native", "Standard Webhooks"), ("digiflazz", "Digiflazz")], max_length=10
                    ),
                ),
                ("sealed", models.TextField()),
            ],
            options={
                "db_table": "webhook_secret",
            },
        ),
        migrations.RemoveIndex(
            model_name="due",
            name="due_soonest",
        ),
        migrations.AddField(
            model_name="due",
            name="lane",
            field=models.BigIntegerField(help_text="webhooks of one lane go to one address, few at a time", null=True),
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
                    ("webhook", "tell a partner's address something"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("undecided", "Belum ada kepastian dari pemasok"),
                    ("refund", "Uang harus dikembalikan"),
                    ("incident", "Jawaban pemasok bertentangan"),
                    ("parked", "Pekerjaan berhenti karena galat"),
                    ("supplier", "Saldo atau akun pemasok bermasalah"),
                    ("cash", "Pembayaran tunai menunggu kasir"),
                    ("money", "Uang masuk belum dicocokkan"),
                    ("partner", "Calon mitra menunggu jawaban"),
                    ("list", "Daftar harga pemasok perlu dilihat"),
                    ("price", "Harga jual di bawah modal"),
                    ("webhook", "Webhook mitra berhenti"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("parked", False), models.Q(("kind", "webhook"), _negated=True)),
                fields=["due_at"],
                name="due_soonest_work",
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("parked", False), ("kind", "webhook")),
                fields=["lane", "due_at"],
                name="due_webhooks",
            ),
        ),
        migrations.AddField(
            model_name="webhookcallback",
            name="dealer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"),
        ),
        migrations.AddField(
            model_name="webhookcallback",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.partner"
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="dealer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.partner"
            ),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="dealer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="webhooks", to="dealers.partner"
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="endpoint",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="transactions.webhookendpoint",
            ),
        ),
        migrations.AddField(
            model_name="webhooksecret",
            name="dealer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"),
        ),
        migrations.AddField(
            model_name="webhooksecret",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookcallback",
            constraint=models.UniqueConstraint(
                fields=("dealer", "partner", "is_sandbox", "ref_id"), name="one_callback_address_per_order"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookendpoint",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["dealer", "partner"],
                name="webhook_endpoints_in_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.UniqueConstraint(fields=("dealer", "code"), name="one_webhook_endpoint_per_code"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["dealer", "partner", "-id"], name="webhook_delivery_newest"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["dealer", "endpoint"], name="webhook_delivery_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                fields=("dealer", "endpoint", "event_id"), name="told_once_per_address", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("endpoint__isnull", False), models.Q(("url", ""), _negated=True), _connector="OR"),
                name="a_delivery_goes_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhooksecret",
            constraint=models.UniqueConstraint(
                fields=("dealer", "partner", "format"), name="one_webhook_secret_per_partner_and_format"
            ),
        ),
        never_deleted("webhook_endpoint"),
        tenant_wall("webhook_secret", "webhook_endpoint", "webhook_callback", "webhook_delivery"),
    ]
