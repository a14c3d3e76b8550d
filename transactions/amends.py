"""Staff give a customer money of their own accord: part of a sale back, or goodwill out of the dealer's pocket.

Both are limited: never more back than is still sold of the order, never more goodwill than the order cost. What
is given is booked once per form; above the dealer's limit, counted over all that the order was given, a second
person agrees first. `seen` is how much had been given when the form was shown: of two people who give at the
same time, the second looks again.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import postings, refunds, states, todo
from transactions.models import Amends, AmendsKind, Order, Refund, TaskKind

AGREE_WITHIN = timedelta(days=1)


class TooMuch(Exception):
    """More than can be given: `most` rupiah, 0 where nothing can be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} rupiah")
        self.most = most


class MovedOn(Exception):
    """Somebody gave, or proposed to give, something for this order meanwhile; nothing was booked."""


class OtherContent(Exception):
    """This form was sent before with other content; what it said then stands."""


class NotOpen(Exception):
    """This proposal does not wait any more."""


class SecondPersonNeeded(Exception):
    """Whoever proposed it cannot be the one to approve it."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a form says; `amount` in rupiah, `seen` the order's amends when it was shown."""

    kind: AmendsKind
    amount: int
    reason: str
    token: str
    seen: int


def most(order: Order, kind: AmendsKind) -> int:
    """How many rupiah can be given for an order now; a partner's orders are settled with the partner."""
    if not order.is_final or order.paid_at is None or order.partner_id is not None:
        return 0
    if kind == AmendsKind.PART:
        return postings.sold(order)
    return max(0, order.price - postings.gifts(order))


def count(order: Order) -> int:
    """How many were ever written down for an order: what a form remembers as `seen`."""
    return Amends.objects.filter(dealer_id=order.dealer_id, order=order).count()


def waiting(order: Order) -> Amends | None:
    """What was proposed for an order, and waits for a second person."""
    rows = Amends.objects.filter(dealer_id=order.dealer_id, order=order)
    return rows.filter(done_at=None, dropped_at=None).first()


def needs_second(dealer: Dealer, order: Order, amount: int) -> bool:
    """Whether somebody else must agree: above the dealer's limit, together with what the order was given before."""
    before = Amends.objects.filter(dealer=dealer, order=order, done_at__isnull=False).aggregate(n=Sum("amount"))["n"]
    return int(before or 0) + amount > dealer.four_eyes_above


def give(dealer: Dealer, order_id: int, wish: Wish, *, actor: User) -> Amends:
    """Give it at once, or propose it where a second person must agree; the same form twice is one.

    Raises `TooMuch`, `MovedOn`, `OtherContent`.
    """

    def once() -> Amends:
        with tenancy.inside(dealer.pk):
            order = states.lock(dealer.pk, order_id)
            known = Amends.objects.filter(dealer=dealer, order=order, token=wish.token).first()
            if known is not None:
                return _same(known, wish)
            if count(order) != wish.seen or waiting(order) is not None:
                raise MovedOn
            _look(order, wish.kind, wish.amount)
            row = Amends(dealer=dealer, order=order, kind=wish.kind, amount=wish.amount, reason=wish.reason[:200])
            row.token, row.proposed_by = wish.token, actor
            two = needs_second(dealer, order, wish.amount)
            row.save()
            if two:
                states.log(order, "amends_proposed", new=row.kind, actor=actor, note=str(row.amount))
                todo.ask(dealer.pk, TaskKind.AMENDS, order.code, within=AGREE_WITHIN, order=order)
            else:
                _carry_out(order, row, actor)
            return row

    return retry.on_conflict(once)


def approve(dealer: Dealer, amends_id: int, *, actor: User) -> Amends:
    """The second pair of eyes: it is booked. Raises `NotOpen`, `SecondPersonNeeded`, `TooMuch`."""

    def once() -> Amends:
        with tenancy.inside(dealer.pk):
            order, row = _lock(dealer, amends_id)
            if row.proposed_by_id == actor.pk:
                raise SecondPersonNeeded
            _look(order, AmendsKind(row.kind), row.amount)
            row.approved_by = actor
            _carry_out(order, row, actor)
            return row

    return retry.on_conflict(once)


def drop(dealer: Dealer, amends_id: int, *, actor: User) -> Amends:
    """A proposal is taken back, or refused: nothing is given. Raises `NotOpen`."""

    def once() -> Amends:
        with tenancy.inside(dealer.pk):
            order, row = _lock(dealer, amends_id)
            row.dropped_by, row.dropped_at = actor, timezone.now()
            row.save(update_fields=["dropped_by", "dropped_at"])
            states.log(order, "amends_dropped", new=row.kind, actor=actor, note=str(row.amount))
            todo.done(dealer.pk, TaskKind.AMENDS, order.code, by=actor)
            return row

    return retry.on_conflict(once)


def _lock(dealer: Dealer, amends_id: int) -> tuple[Order, Amends]:
    """A proposal that waits, with its order's row locked."""
    rows = Amends.objects.filter(dealer=dealer, pk=amends_id)
    order_id = rows.values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotOpen
    order = states.lock(dealer.pk, order_id)
    row = rows.get()
    if not row.is_open:
        raise NotOpen
    return order, row


def _same(known: Amends, wish: Wish) -> Amends:
    if (known.kind, known.amount, known.reason) != (wish.kind, wish.amount, wish.reason[:200]):
        raise OtherContent
    return known


def _look(order: Order, kind: AmendsKind, amount: int) -> None:
    limit = most(order, kind)
    if amount > limit:
        raise TooMuch(limit)


def _carry_out(order: Order, row: Amends, actor: User) -> None:
    row.refund, row.done_at = _booked(order, row), timezone.now()
    row.save(update_fields=["refund", "done_at", "approved_by"])
    states.log(order, "amends", new=row.kind, actor=actor, note=str(row.amount))
    todo.done(order.dealer_id, TaskKind.AMENDS, order.code, by=actor)


def _booked(order: Order, row: Amends) -> Refund | None:
    if row.kind == AmendsKind.PART:
        return refunds.give_part_back(order, amount=row.amount)
    return refunds.goodwill(order, amount=row.amount, number=postings.next_gift(order))
