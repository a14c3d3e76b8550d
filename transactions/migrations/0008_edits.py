"""Every change of the catalogue is written down by the database itself: by whom, when, from what to what."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import append_only, sql_file, tenant_wall

_WATCH = "CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION "
_WATCHED = {
    "product": "audit_row('', '')",
    "price": "audit_row('', '')",
    "route": "audit_row('', '')",
    "markup_rule": "audit_row('', '')",
    "supplier": "audit_row('api_key callback_secret', 'reported_balance reported_at')",
}
_PLACES = [
    ("product", "Produk"),
    ("price", "Harga"),
    ("route", "Jalur"),
    ("markup_rule", "Aturan harga"),
    ("supplier", "Pemasok"),
]
_ACTIONS = [("insert", "Dibuat"), ("update", "Diubah"), ("delete", "Dihapus")]


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0002_walls"),
        ("transactions", "0007_goodwill_refunds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(choices=_PLACES, max_length=20)),
                ("row_id", models.BigIntegerField()),
                ("action", models.CharField(choices=_ACTIONS, max_length=10)),
                ("old", models.JSONField()),
                ("new", models.JSONField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="edits", to="dealers.dealer"
                    ),
                ),
            ],
            options={
                "db_table": "edit",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["dealer", "place", "row_id", "-id"], name="edit_by_row"),
                    models.Index(fields=["dealer", "-id"], name="edit_newest"),
                ],
            },
        ),
        append_only("edit"),
        tenant_wall("edit"),
        # Only the trigger writes here: what the application may not insert, it cannot invent.
        migrations.RunSQL("REVOKE INSERT ON edit FROM konter_app;", "GRANT INSERT ON edit TO konter_app;"),
        sql_file("transactions/sql/audit_v1.sql", undo="DROP FUNCTION audit_row();"),
        migrations.RunSQL(
            "".join(f"{_WATCH.format(table=table)}{call};" for table, call in _WATCHED.items()),
            "".join(f"DROP TRIGGER audit_row ON {table};" for table in _WATCHED),
        ),
    ]
