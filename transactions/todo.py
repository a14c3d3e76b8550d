"""Tasks: what waits for a person. Opening one twice is opening it once; whoever acts closes it."""

from datetime import timedelta

from django.utils import timezone

from dealers.models import User
from portal.lib import roundtrip
from portal.lib.roundtrip import Statement
from transactions.models import Incident, Order, Task, TaskKind


def ask(  # noqa: PLR0913  the columns of one row
    dealer_id: int,
    kind: TaskKind,
    subject: str,
    *,
    within: timedelta,
    order: Order | None = None,
    incident: Incident | None = None,
    note: str = "",
) -> None:
    """Open a task, unless the same one is open already."""
    Task.objects.bulk_create(
        [
            Task(
                dealer_id=dealer_id,
                kind=kind,
                subject=subject,
                order=order,
                incident=incident,
                note=note[:200],
                deadline=timezone.now() + within,
            )
        ],
        ignore_conflicts=True,
    )


def done(dealer_id: int, kind: TaskKind, subject: str, *, by: User | None = None) -> None:
    """Close the open task of this kind about this subject, if there is one."""
    Task.objects.filter(dealer_id=dealer_id, kind=kind, subject=subject, closed_at__isnull=True).update(
        closed_at=timezone.now(), closed_by=by
    )


def done_with(order: Order, *kinds: TaskKind, by: User | None = None) -> None:
    """Close the open tasks of these kinds about an order."""
    roundtrip.send(closed(order, *kinds, by=by))


def closed(order: Order, *kinds: TaskKind, by: User | None = None) -> Statement:
    """The same as a statement to be sent with others."""
    return Statement(
        "UPDATE task SET closed_at = %s, closed_by_id = %s "
        "WHERE dealer_id = %s AND order_id = %s AND kind = ANY(%s) AND closed_at IS NULL",
        [timezone.now(), by.pk if by else None, order.dealer_id, order.pk, list(kinds)],
    )
