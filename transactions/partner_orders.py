"""An order as the partner that placed it sees it: all that the dialects of partners know of an order."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from portal.lib import msisdn
from transactions.models import Order, SandboxOrder, Status
from transactions.suppliers.base import Reason


@dataclass(frozen=True, kw_only=True)
class PartnerOrder:
    """An order as the partner that placed it sees it; sums in rupiah, `destination` as people write it."""

    code: str
    ref_id: str
    status: Status
    sku: str
    brand: str
    destination: str
    price: int
    sn: str
    rc: str
    reason: Reason
    is_sandbox: bool
    created_at: datetime
    finished_at: datetime | None


def of(order: Order) -> PartnerOrder:
    """A real order, as its partner sees it."""
    return PartnerOrder(
        code=order.code,
        ref_id=order.ref_id or "",
        status=Status(order.status),
        sku=order.product.sku,
        brand=order.product.brand.code,
        destination=_written(order.destination),
        price=order.price,
        sn=order.sn,
        rc=order.rc,
        reason=Reason(order.reason) if order.reason else Reason.NONE,
        is_sandbox=False,
        created_at=order.created_at,
        finished_at=order.finished_at,
    )


def of_sandbox(order: SandboxOrder, *, at_its_end: bool = False) -> PartnerOrder:
    """A tried order, as it stands by the clock, or as it will stand at its end."""
    ended = at_its_end or has_ended(order)
    return PartnerOrder(
        code=order.code,
        ref_id=order.ref_id,
        status=Status(order.ending) if ended else Status.PROCESSING,
        sku=order.product.sku,
        brand=order.product.brand.code,
        destination=_written(order.destination),
        price=order.price,
        sn=order.sn if ended else "",
        rc=order.rc if ended else "",
        reason=Reason(order.reason) if ended and order.reason else Reason.NONE,
        is_sandbox=True,
        created_at=order.created_at,
        finished_at=order.ends_at if ended else None,
    )


def has_ended(order: SandboxOrder) -> bool:
    """Whether a tried order shows its end already."""
    return order.ends_at is not None and order.ends_at <= timezone.now()


def _written(destination: str) -> str:
    return msisdn.national(destination) if destination.startswith("+") else destination
