"""Refunds as the desk sees them: the oldest first, what is late, and what somebody may do about one now."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from dealers.models import Dealer
from transactions import refund_ways
from transactions.models import Refund, RefundState, RefundWay
from transactions.refund_ways import Destination
from transactions.refunds import PAY_WITHIN

OPEN = (RefundState.DUE, RefundState.SENT)


@dataclass(frozen=True)
class Item:
    """A refund in a list."""

    refund: Refund
    deadline: datetime
    is_late: bool


def found(dealer: Dealer, *, q: str = "", state: str = "") -> QuerySet[Refund]:
    """Refunds that are not over, the oldest first; of other states the newest first."""
    rows = Refund.objects.filter(dealer=dealer).select_related("order__product__brand", "begun_by", "paid_by")
    code = re.sub(r"[^0-9A-Z]", "", q.upper())
    if code:
        rows = rows.filter(order__code__startswith=code)
    if state and state != "all":
        rows = rows.filter(state=state)
    elif not state:
        rows = rows.filter(state__in=OPEN)
    return rows.order_by("created_at", "id") if state in {"", *OPEN} else rows.order_by("-created_at", "-id")


def items(rows: list[Refund]) -> list[Item]:
    """Rows with their clock."""
    return [_item(row) for row in rows]


def _item(refund: Refund) -> Item:
    deadline = refund.created_at + PAY_WITHIN
    return Item(refund, deadline, is_late=refund.state in OPEN and deadline < timezone.now())


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything about one refund, for somebody who may pay it."""

    item: Item
    destination: Destination | None
    in_clear: bool
    """Whether the destination is shown whole: only once somebody has begun to pay."""
    needs_two: bool
    step: str
    """What is to be done: source, approve, cash, begin, finish, asked, done, returned, void."""
    can_bounce: bool
    next: Refund | None


def dossier(dealer: Dealer, refund: Refund) -> Dossier:
    """The refund as it stands now; inside the dealer's transaction."""
    by_transfer = refund.way in refund_ways.BY_TRANSFER
    return Dossier(
        item=_item(refund),
        destination=refund_ways.destination_of(refund),
        in_clear=refund.state == RefundState.SENT,
        needs_two=refund.amount > dealer.four_eyes_above,
        step=_step(refund, by_transfer=by_transfer),
        can_bounce=refund.state == RefundState.DONE and (by_transfer or refund.way == RefundWay.SOURCE),
        next=Refund.objects.filter(dealer=dealer, follows=refund).first(),
    )


def _step(refund: Refund, *, by_transfer: bool) -> str:
    if refund.state not in OPEN:
        return str(refund.state)
    if refund.way == RefundWay.SOURCE:
        return "source" if refund.state == RefundState.DUE else "asked"
    if refund.state == RefundState.SENT:
        return "finish"
    if refund.proposed_by_id is not None:
        return "approve"
    return "begin" if by_transfer else "cash"
