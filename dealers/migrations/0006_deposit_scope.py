"""A key may open deposit tickets; keys that exist do not gain that."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0005_call_log"),
    ]

    operations = [
        migrations.AlterField(
            model_name="partnerkey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("buy", "Membeli"),
                        ("read", "Melihat harga, pesanan, dan saldo"),
                        ("webhook", "Mengatur webhook"),
                        ("deposit", "Membuka tiket deposit"),
                    ],
                    max_length=10,
                ),
                size=None,
            ),
        ),
    ]
