"""Who changed what of the catalogue, and from what to what: append-only, written by a trigger alone."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer


class Place(models.TextChoices):
    """Which table; the names are the database's."""

    PRODUCT = "product", _("Produk")
    PRICE = "price", _("Harga")
    ROUTE = "route", _("Jalur")
    RULE = "markup_rule", _("Aturan harga")
    SUPPLIER = "supplier", _("Pemasok")
    QRIS = "qris", "QRIS"
    BANK_ACCOUNT = "bank_account", _("Rekening bank")


class Edit(models.Model):
    """One row that was made, changed or taken away; `old` and `new` hold the columns that differ, no secret."""

    class Action(models.TextChoices):
        """What was done."""

        MADE = "insert", _("Dibuat")
        CHANGED = "update", _("Diubah")
        TAKEN_AWAY = "delete", _("Dihapus")

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="edits")
    place = models.CharField(max_length=20, choices=Place)
    row_id = models.BigIntegerField()
    action = models.CharField(max_length=10, choices=Action)
    old = models.JSONField()
    new = models.JSONField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "edit"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["dealer", "place", "row_id", "-id"], name="edit_by_row"),
            models.Index(fields=["dealer", "-id"], name="edit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.place} {self.row_id}"
