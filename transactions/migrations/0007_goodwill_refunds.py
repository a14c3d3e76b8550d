"""A refund says whether it is a gift: only what was paid can be taken back when the airtime turns out delivered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0006_repeated_incidents")]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="is_goodwill",
            field=models.BooleanField(db_default=False, help_text="a gift for the trouble, on top of what was paid"),
        ),
    ]
