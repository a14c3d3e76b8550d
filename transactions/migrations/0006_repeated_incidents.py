"""A supplier may contradict the books more than once: one open incident per attempt, and any number of ended ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0005_brands")]

    operations = [
        migrations.RemoveConstraint(model_name="incident", name="one_incident_per_contradiction"),
        migrations.AddField(
            model_name="incident",
            name="withdrawn_at",
            field=models.DateTimeField(help_text="while open: the supplier now says the opposite again", null=True),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("dealer", "attempt"),
                name="one_open_incident_per_attempt",
            ),
        ),
    ]
