"""Orders that partners place to try their programs: no money, no supplier, no part in any sum."""

from django.db import models

from dealers.models import Dealer, Partner
from transactions.models.catalog import Product
from transactions.models.orders import Status


class SandboxOrder(models.Model):
    """What a partner tried out. How and when it ends stands in it from the beginning."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    ref_id = models.CharField(max_length=64)
    code = models.CharField(max_length=11)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    destination = models.CharField(max_length=32)
    price = models.PositiveBigIntegerField(help_text="rupiah, as a sale would have cost")
    fingerprint = models.CharField(max_length=64)
    ending = models.CharField(max_length=20, choices=Status)
    sn = models.CharField(max_length=120, blank=True)
    rc = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, help_text="null: never")

    class Meta:
        db_table = "sandbox_order"
        constraints = [
            models.UniqueConstraint(fields=["dealer", "partner", "ref_id"], name="one_sandbox_order_per_ref_id"),
            models.UniqueConstraint(fields=["dealer", "code"], name="one_sandbox_order_per_code"),
        ]
        indexes = [models.Index(fields=["dealer", "created_at"], name="sandbox_order_by_age")]

    def __str__(self) -> str:
        return self.code
