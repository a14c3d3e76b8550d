"""New kinds of task: a partner's deposit nobody could match, and a day that two books tell differently."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transactions", "0017_webhooks"),
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
                    ("list", "Daftar harga pemasok perlu dilihat"),
                    ("price", "Harga jual di bawah modal"),
                    ("webhook", "Webhook mitra berhenti"),
                    ("deposit", "Deposit mitra belum dicocokkan"),
                    ("difference", "Rekap harian berbeda"),
                ],
                max_length=10,
            ),
        ),
    ]
