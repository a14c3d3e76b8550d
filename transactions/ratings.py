"""One tap after delivery: was it good? One answer per order, which may be changed for a day."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from dealers.models import Dealer
from portal.lib import tenancy
from transactions import states
from transactions.models import Order, Rating, Status

CHANGEABLE = timedelta(days=1)
COUNTED = timedelta(days=30)


class NotDelivered(Exception):
    """Only what arrived can be rated: until then there are other things to say."""


class TooLate(Exception):
    """The answer is a day old, and stays."""


@dataclass(frozen=True)
class Opinion:
    """How many rated within the last thirty days, and how many of them were content."""

    good: int
    total: int


def rate(dealer: Dealer, order_id: int, *, is_good: bool) -> Rating:
    """Take the answer, or change it. Raises `NotDelivered`, `TooLate`."""
    with tenancy.inside(dealer.pk):
        order = states.lock(dealer.pk, order_id)
        if order.status != Status.SUCCEEDED:
            raise NotDelivered
        given = of(order)
        if given is None:
            return Rating.objects.create(dealer=dealer, order=order, is_good=is_good)
        if not is_changeable(given):
            raise TooLate
        given.is_good = is_good
        given.save(update_fields=["is_good", "changed_at"])
        return given


def of(order: Order) -> Rating | None:
    """What the buyer said about an order, if anything."""
    return Rating.objects.filter(dealer_id=order.dealer_id, order=order).first()


def is_changeable(given: Rating) -> bool:
    """Whether the answer may still be changed."""
    return timezone.now() < given.created_at + CHANGEABLE


def opinion(dealer_id: int) -> Opinion:
    """What buyers think lately. Inside the dealer's transaction."""
    recent = Rating.objects.filter(dealer_id=dealer_id, created_at__gte=timezone.now() - COUNTED)
    counted = recent.aggregate(good=Count("pk", filter=Q(is_good=True)), total=Count("pk"))
    return Opinion(counted["good"], counted["total"])
