"""How an order is paid: payment codes that can expire and be renewed, and the receipts that came in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.models.ledger import Transfer
from transactions.models.methods import BankAccount, Qris
from transactions.models.orders import Order


class PaymentState(models.TextChoices):
    """Where a payment code stands."""

    OPEN = "open", _("Menunggu")
    PAID = "paid", _("Dibayar")
    EXPIRED = "expired", _("Kedaluwarsa")
    VOID = "void", _("Diganti")


class Payment(models.Model):
    """One way offered to pay an order: a gateway, a code, an amount in rupiah, until when.

    A bank transfer asks for a little less than is due, so that the amount itself says whose it is; the
    `discount` is what the dealer gives.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="payments", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    amount = models.PositiveBigIntegerField()
    discount = models.PositiveSmallIntegerField(db_default=0)
    qris = models.ForeignKey(Qris, on_delete=models.PROTECT, null=True, related_name="payments", db_index=False)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, related_name="payments")
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payment"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "code"], name="one_payment_per_code"),
            models.UniqueConstraint(
                fields=["dealer", "order"], condition=models.Q(state="open"), name="one_open_code_per_order"
            ),
            models.UniqueConstraint(
                fields=["dealer", "amount"],
                condition=models.Q(state="open", bank_account__isnull=False),
                name="one_open_transfer_per_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(discount__lte=999, amount__gt=0), name="a_code_asks_at_most_999_rupiah_less"
            ),
            models.CheckConstraint(
                condition=models.Q(bank_account__isnull=False) | models.Q(discount=0),
                name="only_a_transfer_asks_for_less",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Receipt(models.Model):
    """Money that came in, exactly once per gateway transaction; `gateway` is `bank:<code>` for a transfer."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    gateway = models.CharField(max_length=20)
    gateway_tx = models.CharField(max_length=80)
    proof = models.CharField(
        max_length=80, db_default="", help_text="the gateway's transaction, where it reported after a person had"
    )
    amount = models.PositiveBigIntegerField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="receipts")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="receipts")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "receipt"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "gateway", "gateway_tx"], name="one_receipt_per_gateway_tx"),
            models.UniqueConstraint(
                fields=["dealer", "gateway", "proof"], condition=~models.Q(proof=""), name="one_receipt_per_proof"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_receipt_is_positive"),
        ]

    def __str__(self) -> str:
        return self.gateway_tx
