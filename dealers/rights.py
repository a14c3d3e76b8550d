"""Rights that are earned or agreed rather than given by a role.

A level, a certificate or an agreement grants; the selling apps only ask. Everything here runs
inside the dealer's transaction.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from dealers.models import Dealer, Grant, User
from portal.lib.prepared import Prepared

BUY_STOCK = "buy_stock"
"""May buy from dealer zero's stock."""


def grant(dealer: Dealer, right: str, *, source: str, user: User | None = None) -> Grant:
    """Give `right` to the dealer, or to one person there; giving it twice changes nothing."""
    held = _valid(dealer, right).filter(user=user).first()
    return held or Grant.objects.create(dealer=dealer, right=right, source=source, user=user)


def revoke(dealer: Dealer, right: str, *, user: User | None = None) -> None:
    """Take `right` back as of now."""
    _valid(dealer, right).filter(user=user).update(revoked_at=timezone.now())


_HELD = Prepared(
    lambda dealer, right, now: _valid_at(now, dealer_id=dealer, right=right).filter(user=None).order_by()[:1],
    dealer=int,
    right=str,
    now=datetime,
)


def holds(dealer_id: int, right: str, *, user: User | None = None) -> bool:
    """Whether the dealer (or this person there) has `right` today."""
    if user is not None:
        return _valid_at(timezone.now(), dealer_id=dealer_id, right=right, user=user).exists()
    return _HELD.first(dealer=dealer_id, right=right, now=timezone.now()) is not None


def _valid(dealer: Dealer, right: str) -> QuerySet[Grant]:
    return _valid_at(timezone.now(), dealer=dealer, right=right)


def _valid_at(now: datetime, **whose: object) -> QuerySet[Grant]:
    open_ended = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return Grant.objects.filter(open_ended, revoked_at__isnull=True, **whose)
