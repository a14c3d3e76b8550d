"""Money owed back to somebody: from when it is due to when it has arrived."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.models.orders import Order
from transactions.models.payments import Payment


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
    SOURCE = "source", _("Ke asal pembayaran")
    WALLET = "wallet", _("Saldo")
    CASH = "cash", _("Tunai di gerai")
    BANK = "bank", _("Transfer bank")
    EWALLET = "ewallet", _("E-wallet")


class Refund(models.Model):
    """One refund of an order, numbered; `amount` in rupiah.

    `way` is where it shall go while it is due, and where it went once it is sent. `destination` is sealed
    (`refund_ways`). A refund that came back, or that a gateway refused, is followed by a new one.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    number = models.PositiveSmallIntegerField()
    amount = models.PositiveBigIntegerField()
    is_goodwill = models.BooleanField(db_default=False, help_text="a gift for the trouble, on top of what was paid")
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.DUE)
    way = models.CharField(max_length=10, choices=RefundWay, blank=True, default=RefundWay.UNDECIDED)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="+", help_text="the code that it goes back by"
    )
    destination = models.TextField(blank=True, default="", db_default="", help_text="sealed; whose account or e-wallet")
    reference = models.CharField(_("Bukti"), max_length=80, blank=True)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    asked = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="how often its gateway was asked")
    created_at = models.DateTimeField(auto_now_add=True)
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="staff, for a guest"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(null=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "refund"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "order", "number"], name="refunds_are_numbered"),
            # A bank line, or a gateway's transaction, pays one refund. Rows from before ways were begun are let be.
            models.UniqueConstraint(
                fields=["dealer", "way", "reference"],
                condition=models.Q(way__in=["bank", "ewallet", "source"], begun_at__isnull=False)
                & ~models.Q(reference=""),
                name="one_refund_per_proof",
            ),
            models.UniqueConstraint(
                fields=["dealer", "follows"],
                condition=models.Q(follows__isnull=False),
                name="one_refund_follows_another",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_refund_is_positive"),
            models.CheckConstraint(
                condition=~models.Q(way="source") | models.Q(payment__isnull=False), name="a_source_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(begun_at__isnull=False), name="what_is_sent_was_begun"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | (models.Q(proposed_by__isnull=False) & ~models.Q(approved_by=models.F("proposed_by"))),
                name="the_second_person_is_another",
            ),
        ]
        indexes = [models.Index(fields=["dealer", "state", "created_at"], name="refund_oldest")]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.number}"
