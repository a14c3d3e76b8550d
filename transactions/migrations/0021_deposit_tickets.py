"""Deposits that partners announce, and the banks' files in which their money is found."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import never_deleted, tenant_wall


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0006_deposit_scope"),
        ("transactions", "0020_reconcile"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="webhookendpoint",
            name="events",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("order.succeeded", "Pesanan berhasil"),
                        ("order.failed", "Pesanan tidak berhasil"),
                        ("deposit.credited", "Deposit masuk saldo"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
        migrations.CreateModel(
            name="BankFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("rows", models.JSONField(default=list)),
                ("out", models.PositiveIntegerField(default=0, help_text="lines of money that went")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("booked_at", models.DateTimeField(null=True)),
                ("new", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="transactions.bankaccount"
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bank_files", to="dealers.dealer"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "bank_file",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["dealer", "-id"], name="bank_file_newest")],
            },
        ),
        migrations.CreateModel(
            name="DepositTicket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=11)),
                (
                    "source",
                    models.CharField(
                        choices=[("api", "API"), ("digiflazz", "Digiflazz"), ("desk", "Meja toko")], max_length=10
                    ),
                ),
                ("ref_id", models.CharField(blank=True, help_text="the partner's own, if it gave one", max_length=64)),
                (
                    "payer",
                    models.CharField(blank=True, help_text="whose bank account it will come from", max_length=60),
                ),
                ("asked", models.PositiveBigIntegerField()),
                ("extra", models.PositiveSmallIntegerField()),
                ("amount", models.PositiveBigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Menunggu transfer"),
                            ("credited", "Masuk saldo"),
                            ("expired", "Habis waktu"),
                            ("cancelled", "Dibatalkan"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("proof", models.CharField(blank=True, max_length=100, verbose_name="Bukti transfer")),
                ("claimed_at", models.DateTimeField(null=True)),
                ("came", models.PositiveBigIntegerField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposit_tickets",
                        to="transactions.bankaccount",
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deposit_tickets", to="dealers.dealer"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposit_tickets",
                        to="transactions.bankline",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposit_tickets",
                        to="dealers.partner",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.transfer",
                    ),
                ),
            ],
            options={
                "db_table": "deposit_ticket",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["dealer", "partner", "-id"], name="deposit_ticket_newest"),
                    models.Index(fields=["dealer", "state", "expires_at"], name="deposit_ticket_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dealer", "code"), name="one_deposit_ticket_per_code"),
                    models.UniqueConstraint(
                        condition=models.Q(("ref_id", ""), _negated=True),
                        fields=("dealer", "partner", "ref_id"),
                        name="one_deposit_ticket_per_ref_id",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("dealer", "account", "amount"),
                        name="one_open_deposit_ticket_per_amount",
                    ),
                    models.UniqueConstraint(fields=("dealer", "line"), name="a_bank_line_is_one_deposit"),
                    models.UniqueConstraint(fields=("dealer", "transfer"), name="a_deposit_is_booked_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("asked"), "+", models.F("extra")
                                ),
                            ),
                            ("asked__gt", 0),
                        ),
                        name="a_deposit_asks_for_its_extra",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extra__range", (1, 999)), models.Q(("extra", 0), ("source", "desk")), _connector="OR"
                        ),
                        name="only_the_desk_credits_without_an_extra",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("came__gt", 0),
                                ("came__isnull", False),
                                ("line__isnull", False),
                                ("state", "credited"),
                                ("transfer__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state", "credited"), _negated=True),
                                ("came", None),
                                ("line", None),
                                ("transfer", None),
                            ),
                            _connector="OR",
                        ),
                        name="credited_is_what_a_line_brought",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_deposit_ends_once",
                    ),
                ],
            },
        ),
        tenant_wall("bank_file", "deposit_ticket"),
        never_deleted("bank_file", "deposit_ticket"),
    ]
