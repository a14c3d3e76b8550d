"""A partner buys from a dealer by machine: another dealer on this portal, or a system outside.

A dealer that sells from dealer zero's stock is dealer zero's partner like any other, with its
wallet in dealer zero's book.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.dealers import Dealer


class Partner(models.Model):
    """Who buys by machine from `dealer`, at which price tier."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="partners")
    username = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("Nama mitra"), max_length=80)
    buyer = models.ForeignKey(
        Dealer, on_delete=models.PROTECT, null=True, blank=True, related_name="supplied_as", help_text="on this portal"
    )
    tier = models.CharField(_("Tingkat harga"), max_length=20, default="partner")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "partner"
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "buyer"], condition=models.Q(buyer__isnull=False), name="one_partner_per_buyer"
            ),
            models.CheckConstraint(condition=~models.Q(buyer=models.F("dealer")), name="nobody_is_their_own_partner"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def wallet_key(self) -> str:
        """The key of this partner's wallet in the seller's book."""
        return f"dealer:{self.buyer_id}" if self.buyer_id else f"partner:{self.pk}"
