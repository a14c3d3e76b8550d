"""The only place that changes an order's status from Python; the database holds the same pairs.

Call it with the order's row locked: every change writes one event, in the same transaction.
"""

from typing import Any

from dealers.models import User
from transactions.models import Order, OrderEvent, Status

ALLOWED: frozenset[tuple[Status, Status]] = frozenset(
    {
        (Status.AWAITING_PAYMENT, Status.PAID),
        (Status.AWAITING_PAYMENT, Status.EXPIRED),
        (Status.AWAITING_PAYMENT, Status.CANCELLED),
        (Status.PAID, Status.PROCESSING),
        (Status.PAID, Status.FAILED),
        (Status.PAID, Status.CANCELLED),
        (Status.PROCESSING, Status.SUCCEEDED),
        (Status.PROCESSING, Status.FAILED),
    }
)


class NotAllowed(Exception):
    """The order is not where this step begins."""


def lock(dealer_id: int, order_id: int) -> Order:
    """The order with its row locked, for a decision. Raises `Order.DoesNotExist`."""
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).select_related("product", "wallet")
    return rows.get(pk=order_id, dealer_id=dealer_id)


def move(order: Order, to: Status, *, actor: User | None = None, note: str = "", **fields: Any) -> None:
    """Move a locked order to `to`, together with other columns. Raises `NotAllowed`."""
    old = Status(order.status)
    if (old, to) not in ALLOWED:
        raise NotAllowed(f"order {order.code} cannot go from {old} to {to}")
    order.status = to
    for name, value in fields.items():
        setattr(order, name, value)
    order.save(update_fields=["status", *fields])
    log(order, "status", old=old, new=to, actor=actor, note=note)


def log(  # noqa: PLR0913  the columns of one row
    order: Order,
    kind: str,
    *,
    old: str = "",
    new: str = "",
    attempt_id: int | None = None,
    actor: User | None = None,
    note: str = "",
) -> None:
    """Write what happened to an order; ids only, never a number or a name."""
    OrderEvent.objects.create(
        dealer_id=order.dealer_id,
        order=order,
        kind=kind,
        old=old,
        new=new,
        attempt_id=attempt_id,
        actor=actor,
        note=note[:200],
    )
