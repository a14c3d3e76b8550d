"""A new kind of task: somebody who wants to become a partner waits for an answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transactions", "0013_partner_sales"),
    ]

    operations = [
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
                ],
                max_length=10,
            ),
        ),
    ]
