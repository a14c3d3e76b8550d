"""What a partner tries out: orders that end as the last three digits of their number say, and cost nothing.

The digits are those of the simulator behind the demo's suppliers, seen by a buyer: a connection that is cut
or an answer that is late is, for whoever bought, an order that stays in process for a while. Nothing here
touches the book, a supplier or a report.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from dealers.models import Partner
from portal.lib import ids
from transactions import pricing, webhooks
from transactions.models import Product, SandboxOrder, Status
from transactions.suppliers.base import Reason

BALANCE = 10_000_000
"""Rupiah that a sandbox key sees as its balance; it never changes."""
KEPT = timedelta(days=90)
_PRICE_OF_NOTHING = 10_000
"""Rupiah for a product that is on no price list, like the documented `xld10`."""


@dataclass(frozen=True)
class Ending:
    """How an order ends, and after how many seconds; None for never."""

    status: Status
    seconds: int | None = 0
    rc: str = "00"
    reason: Reason = Reason.NONE


ENDINGS: dict[str, Ending] = {
    "232": Ending(Status.FAILED, rc="02", reason=Reason.OTHER),
    "233": Ending(Status.SUCCEEDED, 2),
    "234": Ending(Status.FAILED, 2, rc="02", reason=Reason.OTHER),
    "240": Ending(Status.SUCCEEDED, 2),
    "241": Ending(Status.SUCCEEDED, None),
    "242": Ending(Status.SUCCEEDED, 2),
    "243": Ending(Status.SUCCEEDED, 45),
    "245": Ending(Status.SUCCEEDED, 2),
    "246": Ending(Status.FAILED, rc="69", reason=Reason.PRICE),
}
"""By the last three digits; every other number succeeds at once."""
AT_ONCE = Ending(Status.SUCCEEDED)


class SameRefOtherContent(Exception):
    """The ref_id stands for a sandbox order with other content; nothing new was made."""

    def __init__(self, order: SandboxOrder) -> None:
        super().__init__(f"it stands for sandbox order {order.code}")
        self.order = order


def place(partner: Partner, product: Product, *, ref_id: str, destination: str, fingerprint: str) -> SandboxOrder:
    """The order of this ref_id, made now unless it stands. Inside the dealer's transaction.

    Raises `SameRefOtherContent`.
    """
    try:
        with transaction.atomic():
            made = _make(partner, product, ref_id=ref_id, destination=destination, fingerprint=fingerprint)
            webhooks.tell_trial(made, balance=BALANCE)
            return made
    except IntegrityError:
        found = find(partner, ref_id)
        if found is None:
            raise
    if found.fingerprint != fingerprint:
        raise SameRefOtherContent(found)
    return found


def _make(partner: Partner, product: Product, *, ref_id: str, destination: str, fingerprint: str) -> SandboxOrder:
    now, ending = timezone.now(), ENDINGS.get(destination[-3:], AT_ONCE)
    code = ids.new_order_code()
    return SandboxOrder.objects.create(
        dealer_id=partner.dealer_id,
        partner=partner,
        ref_id=ref_id,
        code=code,
        product=product,
        destination=destination,
        price=pricing.current(product, partner.tier) or _PRICE_OF_NOTHING,
        fingerprint=fingerprint,
        ending=ending.status,
        sn=f"9{int(now.timestamp() * 1000):018d}" if ending.status == Status.SUCCEEDED else "",
        rc=ending.rc,
        reason=ending.reason,
        created_at=now,
        ends_at=None if ending.seconds is None else now + timedelta(seconds=ending.seconds),
    )


def find(partner: Partner, ref_id: str) -> SandboxOrder | None:
    """What the partner tried under this ref_id. Inside the dealer's transaction."""
    rows = SandboxOrder.objects.filter(dealer_id=partner.dealer_id, partner=partner, ref_id=ref_id)
    return rows.select_related("product__brand").first()


def forget(dealer_id: int) -> int:
    """Drop what was tried out long ago; how many. Inside the dealer's transaction."""
    return SandboxOrder.objects.filter(dealer_id=dealer_id, created_at__lt=timezone.now() - KEPT).delete()[0]
