"""Days held against suppliers' and partners' statements, and the differences that were found."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import never_deleted, tenant_wall


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0004_partner_keys"),
        ("transactions", "0019_late_paybacks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReconcileDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaited", "Menunggu laporan mereka"),
                            ("matching", "Sedang dicocokkan"),
                            ("pending", "Menunggu kepastian"),
                            ("agreed", "Cocok semua"),
                            ("different", "Ada selisih"),
                            ("settled", "Selesai"),
                            ("failed", "Laporan tidak didapat"),
                        ],
                        default="awaited",
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, choices=[("connector", "Diambil otomatis"), ("upload", "Diunggah")], max_length=10
                    ),
                ),
                ("ours", models.PositiveIntegerField(default=0, help_text="sales that belong to the day here")),
                (
                    "theirs",
                    models.PositiveIntegerField(default=0, help_text="lines that they report, repeats left out"),
                ),
                ("matched", models.PositiveIntegerField(default=0)),
                ("waiting", models.PositiveIntegerField(default=0, help_text="without a final word yet: asked again")),
                (
                    "different",
                    models.PositiveIntegerField(default=0, help_text="differences found, decided ones included"),
                ),
                (
                    "repeats",
                    models.PositiveIntegerField(default=0, help_text="lines of theirs that only said the same again"),
                ),
                ("sum_ours", models.BigIntegerField(default=0)),
                ("sum_theirs", models.BigIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, help_text="a suppliers.base.Trouble", max_length=20)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "rounds",
                    models.PositiveSmallIntegerField(default=0, help_text="how often what waits was looked at again"),
                ),
                (
                    "cursor",
                    models.CharField(blank=True, help_text="the last difference that was written", max_length=120),
                ),
                ("next_at", models.DateTimeField(help_text="when there is something to do", null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reconcile_days", to="dealers.dealer"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reconcile_days",
                        to="dealers.partner",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reconcile_days",
                        to="transactions.supplier",
                    ),
                ),
            ],
            options={
                "db_table": "reconcile_day",
                "ordering": ["-day", "id"],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing_here", "Hanya ada di laporan mereka"),
                            ("missing_there", "Tidak ada di laporan mereka"),
                            ("price", "Harga berbeda"),
                            ("outcome", "Hasil berbeda"),
                            ("content", "Nomor, produk atau SN berbeda"),
                            ("duplicate", "Dilaporkan dua kali"),
                        ],
                        max_length=15,
                    ),
                ),
                ("key", models.CharField(help_text="the reference in one spelling", max_length=90)),
                ("ours", models.JSONField(null=True)),
                ("theirs", models.JSONField(null=True)),
                ("amount", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Belum diputuskan"),
                            ("proposed", "Menunggu orang kedua"),
                            ("waiting", "Menunggu koreksi mereka"),
                            ("resolved", "Selesai"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accept", "Angka mereka benar"),
                            ("write_off", "Tanggung sebagai rugi"),
                            ("wait", "Mereka akan mengoreksi"),
                            ("mistaken", "Buku kita benar, tanpa pembukuan"),
                            ("incident", "Jadikan insiden"),
                            ("vanished", "Cocok kemudian"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("due_on", models.DateField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.attempt",
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.incident",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.order",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.transfer",
                    ),
                ),
                (
                    "day",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="transactions.reconcileday",
                    ),
                ),
            ],
            options={
                "db_table": "reconcile_difference",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReconcileStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lines", models.JSONField(null=True)),
                ("draft", models.JSONField(null=True)),
                ("draft_digest", models.CharField(blank=True, max_length=40)),
                ("draft_name", models.CharField(blank=True, max_length=80)),
                (
                    "day",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statement",
                        to="transactions.reconcileday",
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
                    ),
                ),
                (
                    "draft_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "reconcile_statement",
            },
        ),
        migrations.AddIndex(
            model_name="reconcileday",
            index=models.Index(fields=["dealer", "-day", "id"], name="reconcile_day_newest"),
        ),
        migrations.AddConstraint(
            model_name="reconcileday",
            constraint=models.UniqueConstraint(
                fields=("dealer", "supplier", "day"), name="one_reconciliation_per_supplier_and_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="reconcileday",
            constraint=models.UniqueConstraint(
                fields=("dealer", "partner", "day"), name="one_reconciliation_per_partner_and_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="reconcileday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("partner__isnull", True), ("supplier__isnull", False)),
                    models.Q(("partner__isnull", False), ("supplier__isnull", True)),
                    _connector="OR",
                ),
                name="a_reconciliation_is_with_one_side",
            ),
        ),
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(fields=["dealer", "day", "state", "id"], name="difference_by_state"),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "resolved"), _negated=True),
                fields=("dealer", "day", "kind", "key"),
                name="one_open_difference_per_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.UniqueConstraint(fields=("dealer", "transfer"), name="one_difference_per_booking"),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("resolution__in", ["accept", "write_off"]), ("state", "resolved"), ("transfer__isnull", False)
                    ),
                    models.Q(
                        models.Q(("resolution__in", ["accept", "write_off"]), ("state", "resolved"), _negated=True),
                        ("transfer__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_difference_books_what_it_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "resolved"), _negated=True),
                    models.Q(("resolution", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_resolved_difference_says_how",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["first_sent_at"], name="attempt_by_time"
            ),
        ),
        never_deleted("reconcile_day", "reconcile_difference"),
        tenant_wall("reconcile_day", "reconcile_statement", "reconcile_difference"),
    ]
