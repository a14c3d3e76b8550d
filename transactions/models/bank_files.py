"""A bank's own list of movements as it was uploaded: what could be read of it, and what of that was booked."""

from django.conf import settings
from django.db import models

from dealers.models import Dealer
from transactions.models.methods import BankAccount


class BankFile(models.Model):
    """A file that was read; nothing of it is booked until somebody has looked at it.

    `rows` are its lines as they were read, dropped once they are booked: then they are bank lines.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="bank_files")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=80)
    rows = models.JSONField(default=list)
    out = models.PositiveIntegerField(default=0, help_text="lines of money that went")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    booked_at = models.DateTimeField(null=True)
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "bank_file"
        ordering = ["-id"]
        indexes = [models.Index(fields=["dealer", "-id"], name="bank_file_newest")]

    def __str__(self) -> str:
        return self.name
