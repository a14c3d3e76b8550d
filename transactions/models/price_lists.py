"""What a supplier offered when it was last asked: its price list as it came, one row per supplier."""

from django.db import models

from dealers.models import Dealer
from transactions.models.catalog import Supplier


class PriceList(models.Model):
    """The last price list of a supplier; `offers` are the fields of `suppliers.base.Offer`, costs in rupiah.

    Suppliers let the whole list be asked for every few minutes only, so it is kept to be looked through.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="price_lists")
    supplier = models.OneToOneField(Supplier, on_delete=models.CASCADE, related_name="price_list")
    offers = models.JSONField()
    fetched_at = models.DateTimeField()

    class Meta:
        db_table = "price_list"

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.fetched_at:%Y-%m-%d %H:%M}"
