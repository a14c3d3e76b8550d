"""Money owed back to somebody: from when it is due to when it has arrived."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.models.orders import Order


class RefundState(models.TextChoices):
    """Where the money is."""

    DUE = "due", _("Akan dikembalikan")
    SENT = "sent", _("Sedang dikirim")
    DONE = "done", _("Sudah dikembalikan")
    RETURNED = "returned", _("Kiriman ditolak bank")
    VOID = "void", _("Batal")


class RefundWay(models.TextChoices):
    """How it goes back."""

    UNDECIDED = "", _("Belum dipilih")
    WALLET = "wallet", _("Saldo")
    CASH = "cash", _("Tunai di gerai")
    BANK = "bank", _("Transfer bank")


class Refund(models.Model):
    """One refund of an order, numbered; `amount` in rupiah."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    number = models.PositiveSmallIntegerField()
    amount = models.PositiveBigIntegerField()
    is_goodwill = models.BooleanField(db_default=False, help_text="a gift for the trouble, on top of what was paid")
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.DUE)
    way = models.CharField(max_length=10, choices=RefundWay, blank=True, default=RefundWay.UNDECIDED)
    reference = models.CharField(_("Bukti"), max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "refund"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "order", "number"], name="refunds_are_numbered"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_refund_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.number}"
