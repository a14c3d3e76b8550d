"""Indexes that every sale wrote and nobody read, and one foreign key that another one implies.

An order's row is written four times, each time into all its indexes; a transfer's into nineteen. What begins with the
dealer is found by the indexes that begin so; persons, outlets, and accounts are never deleted.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0006_deposit_scope"),
        ("transactions", "0022_webhook_lookup"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="dealer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="dealers.dealer",
            ),
        ),
        migrations.AlterField(
            model_name="due",
            name="dealer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dealers.dealer",
            ),
        ),
        migrations.AlterField(
            model_name="inboundevent",
            name="dealer",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="cashier",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="dealer",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="dealers.dealer"
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="outlet",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="dealers.outlet"
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="partner",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="dealers.partner"
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="product",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="transactions.product"
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="wallet",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="transactions.account",
            ),
        ),
        migrations.AlterField(
            model_name="orderevent",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="orderevent",
            name="dealer",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dealers.dealer"
            ),
        ),
        migrations.AlterField(
            model_name="orderevent",
            name="order",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="transactions.order",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="dealer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="dealers.dealer",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="qris",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="transactions.qris",
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="dealer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="dealers.dealer",
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="taken_by",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="dealer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers",
                to="dealers.dealer",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="frm",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="outgoing",
                to="transactions.account",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="reverses",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="transactions.transfer",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="to",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incoming",
                to="transactions.account",
            ),
        ),
    ]
