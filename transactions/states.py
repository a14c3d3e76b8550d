"""The only place that changes an order's status from Python; the database holds the same pairs.

Call it with the order's row locked: every change writes one event, in the same transaction.
"""

from typing import Any

from django.utils import timezone

from dealers.models import User
from portal.lib import roundtrip
from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions.models import Order, Status

_EVENT = """
INSERT INTO order_event (dealer_id, order_id, kind, old, new, attempt_id, actor_id, note, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

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


_LOCKED = Prepared(
    lambda dealer, order: (
        Order.objects.select_for_update(no_key=True, of=("self",))
        .select_related("product", "wallet")
        .filter(pk=order, dealer_id=dealer)
        .order_by()
    ),
    dealer=int,
    order=int,
)


class NotAllowed(Exception):
    """The order is not where this step begins."""


def lock(dealer_id: int, order_id: int) -> Order:
    """The order with its row locked, for a decision. Raises `Order.DoesNotExist`."""
    return _LOCKED.get(dealer=dealer_id, order=order_id)


def move(order: Order, to: Status, *, actor: User | None = None, note: str = "", **fields: Any) -> None:
    """Move a locked order to `to`, together with other columns. Raises `NotAllowed`."""
    roundtrip.send(*moved(order, to, actor=actor, note=note, **fields))


def moved(
    order: Order, to: Status, *, actor: User | None = None, note: str = "", **fields: Any
) -> tuple[Statement, Statement]:
    """The same as statements to be sent with others; the object says at once where the order will be."""
    old = Status(order.status)
    if (old, to) not in ALLOWED:
        raise NotAllowed(f"order {order.code} cannot go from {old} to {to}")
    order.status = to
    for name, value in fields.items():
        setattr(order, name, value)
    columns = ", ".join(f"{name} = %s" for name in ("status", *fields))
    return (
        Statement(
            f"UPDATE orders SET {columns} WHERE dealer_id = %s AND id = %s",  # noqa: S608  names from this project's code
            [to, *fields.values(), order.dealer_id, order.pk],
        ),
        event(order, "status", old=old, new=to, actor=actor, note=note),
    )


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
    roundtrip.send(event(order, kind, old=old, new=new, attempt_id=attempt_id, actor=actor, note=note))


def event(  # noqa: PLR0913  the columns of one row
    order: Order,
    kind: str,
    *,
    old: str = "",
    new: str = "",
    attempt_id: int | None = None,
    actor: User | None = None,
    note: str = "",
) -> Statement:
    """The same as a statement to be sent with others."""
    by = actor.pk if actor else None
    return Statement(_EVENT, [order.dealer_id, order.pk, kind, old, new, attempt_id, by, note[:200], timezone.now()])
