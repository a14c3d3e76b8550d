"""The list in force, to be looked through."""

from dataclasses import dataclass, fields
from datetime import datetime

from transactions.models import Supplier, SupplierOffer, SyncState
from transactions.suppliers.base import Offer

_FIELDS = [field.name for field in fields(Offer)]


@dataclass(frozen=True)
class Kept:
    """A price list, and when it was last known to be what the supplier says."""

    offers: list[Offer]
    at: datetime


def kept(supplier: Supplier) -> Kept | None:
    """The list in force; None when there never was one."""
    state = SyncState.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier, synced_at__isnull=False).first()
    if state is None or state.synced_at is None:
        return None
    rows = SupplierOffer.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier).order_by("sku")
    return Kept([Offer(**row) for row in rows.values(*_FIELDS)], state.synced_at)
