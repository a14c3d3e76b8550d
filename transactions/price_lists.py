"""Asking a supplier what it sells, and keeping the answer to be looked through."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils import timezone

from portal.lib import tenancy
from transactions.models import PriceList, Supplier
from transactions.suppliers import connections
from transactions.suppliers.base import Offer


@dataclass(frozen=True)
class Kept:
    """A price list and when it was fetched."""

    offers: list[Offer]
    at: datetime


def fetch(supplier: Supplier) -> None:
    """Ask for the price list and keep it in place of the last one. No transaction may be open.

    Raises `SupplierUnavailable`, `vault.CannotOpen`.
    """
    offers = [asdict(offer) for offer in connections.connect(supplier).price_list()]
    with tenancy.inside(supplier.dealer_id):
        PriceList.objects.update_or_create(
            dealer_id=supplier.dealer_id,
            supplier=supplier,
            defaults={"offers": offers, "fetched_at": timezone.now()},
        )


def kept(supplier: Supplier) -> Kept | None:
    """The list as it was last fetched; None when it never was."""
    row = PriceList.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier).first()
    return Kept([Offer(**fields) for fields in row.offers], row.fetched_at) if row else None
