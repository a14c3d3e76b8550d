"""The log of partners' calls, written by one function in one journey."""

import django.db.models.deletion
from django.db import migrations, models

from portal.lib.migrations import sql_file, tenant_wall


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0004_partner_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(help_text="when the answer was made")),
                ("key_name", models.CharField(blank=True, help_text="empty: of none of its keys", max_length=12)),
                ("is_sandbox", models.BooleanField()),
                (
                    "dialect",
                    models.CharField(choices=[("native", "Konter"), ("digiflazz", "Digiflazz")], max_length=10),
                ),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(help_text="with its query", max_length=300)),
                ("ref_id", models.CharField(blank=True, max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                (
                    "code",
                    models.CharField(blank=True, help_text="a problem's code, or the protocol's rc", max_length=40),
                ),
                ("ms", models.PositiveIntegerField()),
                ("address", models.CharField(max_length=45)),
                ("request_id", models.CharField(max_length=64)),
                ("request", models.TextField(blank=True)),
                ("answer", models.TextField(blank=True)),
                (
                    "dealer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="dealers.partner"
                    ),
                ),
            ],
            options={
                "db_table": "partner_call",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["dealer", "partner", "-id"], name="partner_call_newest"),
                    models.Index(fields=["dealer", "at"], name="partner_call_by_age"),
                    models.Index(
                        condition=models.Q(("code__in", ("address_not_allowed", "45"))),
                        fields=["dealer", "partner", "-id"],
                        name="partner_call_blocked",
                    ),
                    models.Index(
                        condition=models.Q(("ref_id", ""), _negated=True),
                        fields=["dealer", "partner", "ref_id"],
                        name="partner_call_by_ref",
                    ),
                ],
            },
        ),
        tenant_wall("partner_call"),
        sql_file("dealers/sql/call_log_v1.sql", undo="DROP FUNCTION note_partner_call_v1;"),
    ]
