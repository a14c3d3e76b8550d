"""How well a dealer serves: how fast pulsa arrives, what buyers think, and receipts that can be verified."""

from django.db import models

from dealers.models import Dealer
from transactions.models.catalog import Brand
from transactions.models.orders import Order


class Pace(models.Model):
    """From payment to arrival over the last days, in seconds; `brand` null is the dealer's every brand together.

    Worked out now and then from the orders themselves (`transactions/pace.py`); may be thrown away.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, related_name="+")
    orders = models.PositiveIntegerField()
    p50 = models.FloatField()
    p95 = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "pace"
        constraints = [
            models.UniqueConstraint(fields=["dealer", "brand"], name="one_pace_per_brand", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(p50__gte=0, p95__gte=models.F("p50")), name="a_pace_is_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.p50:.0f} s, {self.p95:.0f} s"


class Proof(models.Model):
    """The code by which anybody may verify a receipt: made when the receipt is first seen, never changed."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="proofs")
    code = models.CharField(max_length=20, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "proof"
        constraints = [models.UniqueConstraint(fields=["dealer", "order"], name="one_proof_per_order")]

    def __str__(self) -> str:
        return self.code


class Rating(models.Model):
    """What the buyer thought of a delivered order; may be changed for a day."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ratings")
    is_good = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "rating"
        constraints = [models.UniqueConstraint(fields=["dealer", "order"], name="one_rating_per_order")]
        indexes = [models.Index(fields=["dealer", "-created_at"], name="rating_newest")]

    def __str__(self) -> str:
        return "+" if self.is_good else "-"
