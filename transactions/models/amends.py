"""What staff give a customer of their own accord: part of a price back, or something for the trouble."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.models.orders import Order
from transactions.models.refunds import Refund


class AmendsKind(models.TextChoices):
    """Whose money it is: the customer's, out of the sale, or the dealer's own."""

    PART = "part", _("Uang kembali")
    GOODWILL = "goodwill", _("Ganti rugi")


class Amends(models.Model):
    """One sum given for an order, with the reason that the customer reads; `amount` in rupiah.

    Above the dealer's limit it waits for a second person. Once done, `refund` says where the money is.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="amends")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="amends")
    kind = models.CharField(max_length=10, choices=AmendsKind)
    amount = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200, help_text="the customer reads it")
    token = models.CharField(max_length=32, help_text="of the form: sent twice, it is one")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="the second person"
    )
    done_at = models.DateTimeField(null=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="+")
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "amends"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "order", "token"], name="one_amends_per_form"),
            models.UniqueConstraint(
                fields=["dealer", "order"],
                condition=models.Q(done_at=None, dropped_at=None),
                name="one_amends_of_an_order_waits",
            ),
            models.UniqueConstraint(fields=["dealer", "refund"], name="a_refund_is_given_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="amends_are_positive"),
            models.CheckConstraint(
                condition=models.Q(done_at=None, refund=None)
                | models.Q(done_at__isnull=False, refund__isnull=False, dropped_at=None),
                name="what_was_given_has_a_refund",
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_at=None, dropped_by=None)
                | models.Q(dropped_at__isnull=False, dropped_by__isnull=False),
                name="somebody_drops_amends",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("proposed_by")),
                name="amends_are_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.done_at is None and self.dropped_at is None
