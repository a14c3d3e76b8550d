"""The PIN before larger sums leave a balance: set, asked for, locked after five wrong tries.

A wrong try is counted in a transaction of its own, which no refused purchase takes back: call `demand`
before a dealer's transaction is open. The PIN itself is in no log, no message and no exception.
"""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from dealers.models import Pin, User

DIGITS = 6
USUAL_LIMIT = 100_000
"""Rupiah that a new PIN is proposed to be asked above."""
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


class PinNeeded(Exception):
    """The sum is above the customer's limit, and no PIN was given; nothing was paid."""


class WrongPin(Exception):
    """The PIN is wrong; nothing was paid. `left` is how many tries remain."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} tries left")
        self.left = left


class PinLocked(Exception):
    """Too many wrong tries; nothing was paid, and no PIN is looked at before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"locked until {until}")
        self.until = until


def of(user: User) -> Pin | None:
    """The person's PIN, if there is one."""
    return Pin.objects.filter(user=user).first()


def keep(user: User, digits: str, *, ask_above: int) -> None:
    """Set or change the PIN; it is asked for above `ask_above` rupiah. A lock stays: it is no way round it."""
    Pin.objects.update_or_create(user=user, defaults={"digest": make_password(digits), "ask_above": ask_above})


def remove(user: User) -> None:
    """Ask for no PIN any more."""
    Pin.objects.filter(user=user).delete()


def demand(user: User, *, amount: int, given: str) -> None:
    """Let `amount` rupiah leave this person's balance, or raise `PinNeeded`, `WrongPin` or `PinLocked`."""
    pin = of(user)
    if pin is None or amount <= pin.ask_above:
        return
    if not given:
        raise PinNeeded
    _check(pin.pk, given)


def _check(pk: int, given: str) -> None:
    with transaction.atomic():
        pin = Pin.objects.select_for_update().get(pk=pk)
        now = timezone.now()
        if pin.locked_until is not None and pin.locked_until > now:
            raise PinLocked(pin.locked_until)
        is_right = check_password(given, pin.digest)
        pin.wrong_tries = 0 if is_right else pin.wrong_tries + 1
        pin.locked_until = now + LOCKED_FOR if pin.wrong_tries >= TRIES else None
        left = TRIES - pin.wrong_tries
        if pin.locked_until is not None:
            pin.wrong_tries = 0  # after the lock there are five tries again
        pin.save(update_fields=["wrong_tries", "locked_until"])
    if pin.locked_until is not None:
        raise PinLocked(pin.locked_until)
    if not is_right:
        raise WrongPin(left)
