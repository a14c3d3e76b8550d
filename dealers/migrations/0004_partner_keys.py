"""Partners apply, are bounded, and have keys of their machines; what a signed call used once is remembered."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import never_deleted, sql_file, tenant_wall

_STATES = """
ALTER TABLE partner NO FORCE ROW LEVEL SECURITY;
UPDATE partner SET state = CASE WHEN is_active THEN 'active' ELSE 'closed' END;
ALTER TABLE partner FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0003_pin"),
    ]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="addresses",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=43),
                db_default=[],
                default=list,
                help_text="addresses and networks that may call; none listed: all may",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="always_200",
            field=models.BooleanField(
                db_default=False, default=False, help_text="its client loses the rc of an answer with status 400"
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="contact",
            field=models.CharField(blank=True, db_default="", max_length=80, verbose_name="Orang yang dihubungi"),
        ),
        migrations.AddField(
            model_name="partner",
            name="daily_cap",
            field=models.PositiveBigIntegerField(
                help_text="the most it may spend in a day of the dealer's; null: no bound", null=True
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="partner",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="email",
            field=models.EmailField(blank=True, db_default="", max_length=254, verbose_name="E-mail"),
        ),
        migrations.AddField(
            model_name="partner",
            name="note",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="Catatan"),
        ),
        migrations.AddField(
            model_name="partner",
            name="state",
            field=models.CharField(
                choices=[("applied", "Menunggu persetujuan"), ("active", "Aktif"), ("closed", "Ditutup")],
                db_default="active",
                default="active",
                max_length=10,
            ),
        ),
        migrations.RunSQL(_STATES, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="partner",
            name="is_active",
        ),
        migrations.AlterField(
            model_name="partner",
            name="username",
            field=models.SlugField(max_length=40, unique=True, verbose_name="Nama pengguna"),
        ),
        migrations.CreateModel(
            name="PartnerKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="what people call it by; no secret", max_length=12)),
                ("lookup", models.CharField(help_text="a keyed hash", max_length=100, unique=True)),
                ("sealed", models.TextField()),
                ("last4", models.CharField(max_length=4)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("buy", "Membeli"),
                                ("read", "Melihat harga, pesanan, dan saldo"),
                                ("webhook", "Mengatur webhook"),
                            ],
                            max_length=10,
                        ),
                        size=None,
                    ),
                ),
                ("is_sandbox", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(help_text="to the minute", null=True)),
                (
                    "created_by",
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
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="dealers.partner"
                    ),
                ),
            ],
            options={
                "db_table": "partner_key",
                "ordering": ["-id"],
                "constraints": [models.UniqueConstraint(fields=("dealer", "name"), name="one_partner_key_per_name")],
            },
        ),
        migrations.CreateModel(
            name="PartnerNonce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.partner"
                    ),
                ),
            ],
            options={
                "db_table": "partner_nonce",
                "indexes": [models.Index(fields=["dealer", "at"], name="partner_nonce_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("dealer", "partner", "nonce"), name="a_nonce_is_used_once")
                ],
            },
        ),
        tenant_wall("partner_key", "partner_nonce"),
        never_deleted("partner_key"),
        sql_file(
            "dealers/sql/partner_lookups_v1.sql",
            undo="DROP FUNCTION partner_by_username(text); DROP FUNCTION partner_key_by_lookup(text[]);",
        ),
    ]
