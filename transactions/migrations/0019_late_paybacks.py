"""Incidents about a gateway that paid a refund back too late."""

from django.db import migrations, models

_LATE = models.Q(kind="late_payback", attempt__isnull=True, refund__isnull=False)
_VERDICT = ~models.Q(kind="late_payback") & models.Q(attempt__isnull=False, refund__isnull=True)
_KINDS = [
    ("late_success", "Berhasil setelah uang dikembalikan"),
    ("reversal", "Dibatalkan pemasok setelah berhasil"),
    ("late_payback", "Kanal ternyata sudah mengembalikan uang"),
]


class Migration(migrations.Migration):
    dependencies = [("transactions", "0018_statement_tasks")]

    operations = [
        migrations.AddField(
            "incident",
            "refund",
            models.ForeignKey("transactions.refund", on_delete=models.PROTECT, null=True, related_name="+"),
        ),
        migrations.AlterField(
            "incident", "attempt", models.ForeignKey("transactions.attempt", on_delete=models.PROTECT, null=True)
        ),
        migrations.AlterField("incident", "kind", models.CharField(choices=_KINDS, max_length=20)),
        migrations.AddConstraint(
            "incident",
            models.UniqueConstraint(
                fields=["dealer", "refund", "raw_reference"],
                condition=models.Q(refund__isnull=False),
                name="one_incident_per_late_payback",
            ),
        ),
        migrations.AddConstraint(
            "incident",
            models.CheckConstraint(condition=_LATE | _VERDICT, name="an_incident_is_about_one_thing"),
        ),
    ]
