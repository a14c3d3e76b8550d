"""Days as the dealer lives them: a sale at 00.30 in Jayapura is not yesterday's."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from dealers.models import Dealer


def today(dealer: Dealer) -> dt.date:
    """The date in the dealer's zone."""
    return timezone.now().astimezone(ZoneInfo(dealer.time_zone)).date()


def of(dealer: Dealer, moment: dt.datetime) -> dt.date:
    """The date of a moment in the dealer's zone."""
    return moment.astimezone(ZoneInfo(dealer.time_zone)).date()


def begins(dealer: Dealer, day: dt.date) -> dt.datetime:
    """The first moment of a day in the dealer's zone."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=ZoneInfo(dealer.time_zone))


def ends(dealer: Dealer, day: dt.date) -> dt.datetime:
    """The first moment after a day in the dealer's zone."""
    return begins(dealer, day + dt.timedelta(days=1))
