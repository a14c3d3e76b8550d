"""Suppliers' lists in force, each run that brought them, and what changed; routes that close and open by themselves.

The JSON lists of `price_list` are not carried over: the next run fetches them anew.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import append_only, sql_file, tenant_wall


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0003_pin"),
        ("transactions", "0015_fewer_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="route",
            name="closed_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Orang"),
                    ("list", "Tutup di daftar pemasok"),
                    ("gone", "Hilang dari daftar pemasok"),
                    ("failures", "Gagal terus di pemasok"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="route",
            name="retry_at",
            field=models.DateTimeField(blank=True, help_text="when a closed route is tried with one sale", null=True),
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
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="SupplierOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("category", models.CharField(max_length=60)),
                ("brand", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=60)),
                ("price", models.PositiveIntegerField()),
                ("is_open", models.BooleanField()),
                ("cut_off_start", models.CharField(max_length=5)),
                ("cut_off_end", models.CharField(max_length=5)),
                ("description", models.CharField(max_length=500)),
                ("multi", models.BooleanField()),
                ("nominal", models.PositiveIntegerField()),
                ("digest", models.BigIntegerField(help_text="the same for the same content")),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="transactions.supplier",
                    ),
                ),
            ],
            options={
                "db_table": "supplier_offer",
            },
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Sedang diambil"),
                            ("applied", "Diterapkan"),
                            ("same", "Tidak ada perubahan"),
                            ("held", "Ditahan"),
                            ("failed", "Gagal"),
                            ("discarded", "Dibuang"),
                            ("replaced", "Diganti daftar yang lebih baru"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("fetched_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=20)),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[("missing", "Terlalu banyak kode hilang"), ("wild", "Harga melompat terlalu jauh")],
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=40)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0, help_text="lines that could not be used")),
                ("new", models.PositiveIntegerField(default=0)),
                ("gone", models.PositiveIntegerField(default=0)),
                ("price_up", models.PositiveIntegerField(default=0)),
                ("price_down", models.PositiveIntegerField(default=0)),
                ("opened", models.PositiveIntegerField(default=0)),
                ("closed", models.PositiveIntegerField(default=0)),
                ("routes", models.PositiveIntegerField(default=0, help_text="routes that changed")),
                ("prices", models.PositiveIntegerField(default=0, help_text="prices that followed")),
                ("offers", models.JSONField(help_text="the list itself, while it is held", null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
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
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="transactions.supplier"
                    ),
                ),
            ],
            options={
                "db_table": "sync_run",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SyncEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("price_up", "Harga naik"),
                            ("price_down", "Harga turun"),
                            ("opened", "Buka"),
                            ("closed", "Tutup"),
                            ("new", "Baru"),
                            ("gone", "Hilang"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sku", models.CharField(max_length=64)),
                (
                    "tier",
                    models.CharField(
                        blank=True, choices=[("retail", "Pelanggan"), ("partner", "Mitra")], max_length=20
                    ),
                ),
                ("old", models.PositiveIntegerField(null=True)),
                ("new", models.PositiveIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.product",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.supplier",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="transactions.syncrun",
                    ),
                ),
            ],
            options={
                "db_table": "sync_event",
                "ordering": ["version"],
            },
        ),
        migrations.CreateModel(
            name="SyncState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "asked_at",
                    models.DateTimeField(help_text="when the supplier was last asked, whatever it said", null=True),
                ),
                ("synced_at", models.DateTimeField(help_text="how fresh what is in force is", null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("etag", models.CharField(blank=True, max_length=200)),
                (
                    "discarded",
                    models.CharField(blank=True, help_text="digest of the list that a person discarded", max_length=40),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="transactions.syncrun",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="transactions.supplier"
                    ),
                ),
            ],
            options={
                "db_table": "sync_state",
            },
        ),
        migrations.CreateModel(
            name="SyncVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.BigIntegerField(default=0)),
                (
                    "dealer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
                    ),
                ),
            ],
            options={
                "db_table": "sync_version",
            },
        ),
        migrations.DeleteModel(
            name="PriceList",
        ),
        migrations.AddConstraint(
            model_name="supplieroffer",
            constraint=models.UniqueConstraint(fields=("dealer", "supplier", "sku"), name="one_offer_per_sku"),
        ),
        migrations.AddConstraint(
            model_name="supplieroffer",
            constraint=models.CheckConstraint(condition=models.Q(("price__gt", 0)), name="an_offer_costs_something"),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["dealer", "supplier", "-id"], name="sync_run_newest"),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")),
                fields=("dealer", "supplier"),
                name="one_running_sync_per_supplier",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "held")), fields=("dealer", "supplier"), name="one_held_list_per_supplier"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("offers__isnull", False), ("state", "held")),
                    models.Q(("state", "held"), _negated=True),
                    _connector="OR",
                ),
                name="a_held_run_keeps_its_list",
            ),
        ),
        migrations.AddIndex(
            model_name="syncevent",
            index=models.Index(fields=["dealer", "supplier", "-version"], name="sync_event_by_supplier"),
        ),
        migrations.AddConstraint(
            model_name="syncevent",
            constraint=models.UniqueConstraint(fields=("dealer", "version"), name="one_event_per_version"),
        ),
        migrations.AddConstraint(
            model_name="syncevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("supplier__isnull", False), ("product__isnull", False), _connector="OR"),
                name="an_event_is_about_something",
            ),
        ),
        migrations.AddIndex(
            model_name="syncstate",
            index=models.Index(fields=["dealer", "next_at"], name="sync_state_soonest"),
        ),
        migrations.AddConstraint(
            model_name="syncstate",
            constraint=models.UniqueConstraint(fields=("dealer", "supplier"), name="one_sync_per_supplier"),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="route",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to="transactions.route"
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["route", "-id"], name="attempt_by_route"),
        ),
        # Room on each page for the lines that change next, so that no index is touched.
        migrations.RunSQL("ALTER TABLE supplier_offer SET (fillfactor = 80);", migrations.RunSQL.noop),
        # A trial that begins moves only the next one: no edit of anybody's.
        migrations.RunSQL(
            """
            DROP TRIGGER audit_row ON route;
            CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON route
                FOR EACH ROW EXECUTE FUNCTION audit_row('', 'retry_at');
            """,
            """
            DROP TRIGGER audit_row ON route;
            CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON route
                FOR EACH ROW EXECUTE FUNCTION audit_row('', '');
            """,
        ),
        tenant_wall("supplier_offer", "sync_run", "sync_event", "sync_state", "sync_version"),
        append_only("sync_event"),
        sql_file(
            "transactions/sql/changes_v1.sql",
            undo="""
            DROP TRIGGER tell_price_set ON price;
            DROP TRIGGER tell_price_changed ON price;
            DROP TRIGGER tell_shelf ON product;
            DROP TRIGGER tell_route_set ON route;
            DROP TRIGGER tell_route_changed ON route;
            DROP TRIGGER tell_supplier ON supplier;
            DROP FUNCTION tell_price();
            DROP FUNCTION tell_shelf();
            DROP FUNCTION tell_route();
            DROP FUNCTION tell_supplier();
            DROP FUNCTION tell_product(bigint, bigint, text, text, integer, integer);
            DROP FUNCTION next_versions(bigint, integer);
            """,
        ),
    ]
