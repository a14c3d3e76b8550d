"""What staff give customers of their own accord, and the task while a second person is waited for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import never_deleted, tenant_wall


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0006_deposit_scope"),
        ("transactions", "0023_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    ("deposit", "Deposit mitra belum dicocokkan"),
                    ("difference", "Rekap harian berbeda"),
                    ("amends", "Usul uang kembali menunggu orang kedua"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Amends",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("part", "Uang kembali"), ("goodwill", "Ganti rugi")], max_length=10),
                ),
                ("amount", models.PositiveBigIntegerField()),
                ("reason", models.CharField(help_text="the customer reads it", max_length=200)),
                ("token", models.CharField(help_text="of the form: sent twice, it is one", max_length=32)),
                ("proposed_at", models.DateTimeField(auto_now_add=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        help_text="the second person",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amends", to="dealers.dealer"
                    ),
                ),
                (
                    "dropped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amends", to="transactions.order"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.refund",
                    ),
                ),
            ],
            options={
                "db_table": "amends",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("dealer", "order", "token"), name="one_amends_per_form"),
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None), ("dropped_at", None)),
                        fields=("dealer", "order"),
                        name="one_amends_of_an_order_waits",
                    ),
                    models.UniqueConstraint(fields=("dealer", "refund"), name="a_refund_is_given_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="amends_are_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("refund", None)),
                            models.Q(("done_at__isnull", False), ("dropped_at", None), ("refund__isnull", False)),
                            _connector="OR",
                        ),
                        name="what_was_given_has_a_refund",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dropped_at", None), ("dropped_by", None)),
                            models.Q(("dropped_at__isnull", False), ("dropped_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="somebody_drops_amends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="amends_are_approved_by_another",
                    ),
                ],
            },
        ),
        tenant_wall("amends"),
        never_deleted("amends"),
    ]
