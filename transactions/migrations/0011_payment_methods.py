"""A dealer's QRIS and bank accounts, what came into them, and codes that say which of them is paid."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import never_deleted, tenant_wall

_WATCH = "CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION "
_CALL = "audit_row('', '');"
_WATCHED = ("qris", "bank_account")


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0002_walls"),
        ("transactions", "0010_refund_ways"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=15)),
                ("bank", models.CharField(max_length=30, verbose_name="Bank")),
                ("number", models.CharField(max_length=20, verbose_name="Nomor rekening")),
                ("holder", models.CharField(max_length=60, verbose_name="Atas nama")),
                ("is_open", models.BooleanField(default=True, verbose_name="Dipakai")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "bank_account",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="Tanggal")),
                ("amount", models.PositiveBigIntegerField()),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="Pengirim atau berita")),
                ("reference", models.CharField(max_length=60, verbose_name="Referensi bank")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Belum dicocokkan"),
                            ("matched", "Dicocokkan"),
                            ("sent_back", "Dikirim balik"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("sent_back_by", models.CharField(blank=True, max_length=60, verbose_name="Bukti kirim balik")),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "bank_line",
                "ordering": ["day", "id"],
            },
        ),
        migrations.CreateModel(
            name="Qris",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payload", models.CharField(max_length=512)),
                ("merchant_name", models.CharField(max_length=25, verbose_name="Nama penerima")),
                ("city", models.CharField(max_length=15, verbose_name="Kota")),
                ("nmid", models.CharField(max_length=20, verbose_name="NMID")),
                ("is_open", models.BooleanField(default=True, verbose_name="Dipakai")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "qris",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="discount",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="receipt",
            name="proof",
            field=models.CharField(
                db_default="",
                help_text="the gateway's transaction, where it reported after a person had",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="edit",
            name="place",
            field=models.CharField(
                choices=[
                    ("product", "Produk"),
                    ("price", "Harga"),
                    ("route", "Jalur"),
                    ("markup_rule", "Aturan harga"),
                    ("supplier", "Pemasok"),
                    ("qris", "QRIS"),
                    ("bank_account", "Rekening bank"),
                ],
                max_length=20,
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
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proof", ""), _negated=True),
                fields=("dealer", "gateway", "proof"),
                name="one_receipt_per_proof",
            ),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="added_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="dealer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bank_accounts", to="dealers.dealer"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="bank_account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="transactions.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="transactions.bankaccount"
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="dealer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bank_lines", to="dealers.dealer"
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="entered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="qris",
            name="added_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="qris",
            name="dealer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="qris_codes", to="dealers.dealer"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="qris",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="transactions.qris"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("dealer", "order"), name="one_open_code_per_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("bank_account__isnull", False), ("state", "open")),
                fields=("dealer", "amount"),
                name="one_open_transfer_per_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("discount__lte", 999)),
                name="a_code_asks_at_most_999_rupiah_less",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("bank_account__isnull", False), ("discount", 0), _connector="OR"),
                name="only_a_transfer_asks_for_less",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(fields=("dealer", "code"), name="one_bank_account_per_code"),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(fields=("dealer", "bank", "number"), name="one_bank_account_per_number"),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["dealer", "state", "id"], name="bank_line_by_state"),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("dealer", "account", "reference"), name="one_line_per_bank_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="a_bank_line_is_positive"),
        ),
        migrations.AddConstraint(
            model_name="qris",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)), fields=("dealer",), name="one_open_qris_per_dealer"
            ),
        ),
        tenant_wall("qris", "bank_account", "bank_line"),
        never_deleted("qris", "bank_account", "bank_line"),
        migrations.RunSQL(
            "".join(_WATCH.format(table=table) + _CALL for table in _WATCHED),
            "".join(f"DROP TRIGGER audit_row ON {table};" for table in _WATCHED),
        ),
    ]
