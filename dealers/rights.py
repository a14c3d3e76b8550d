"""Rights that are earned or agreed rather than given by a role.

A level, a certificate or an agreement grants; the selling apps only ask. Everything here runs
inside the dealer's transaction.
"""

from django.db.models import Q, QuerySet
from django.utils import timezone

from dealers.models import Dealer, Grant, User

BUY_STOCK = "buy_stock"
"""May buy from dealer zero's stock."""


def grant(dealer: Dealer, right: str, *, source: str, user: User | None = None) -> Grant:
    """Give `right` to the dealer, or to one person there; giving it twice changes nothing."""
    held = _valid(dealer, right).filter(user=user).first()
    return held or Grant.objects.create(dealer=dealer, right=right, source=source, user=user)


def revoke(dealer: Dealer, right: str, *, user: User | None = None) -> None:
    """Take `right` back as of now."""
    _valid(dealer, right).filter(user=user).update(revoked_at=timezone.now())


def holds(dealer: Dealer, right: str, *, user: User | None = None) -> bool:
    """Whether the dealer (or this person there) has `right` today."""
    return _valid(dealer, right).filter(user=user).exists()


def _valid(dealer: Dealer, right: str) -> QuerySet[Grant]:
    now = timezone.now()
    open_ended = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return Grant.objects.filter(open_ended, dealer=dealer, right=right, revoked_at__isnull=True)
