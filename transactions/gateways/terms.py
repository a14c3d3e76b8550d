"""What a payment code of each way to pay asks for: how much, until when, into which account.

A bank transfer is told from others by its amount: a little below what is due, never above, and at any moment
unlike every other open transfer of the dealer. An amount rests for a day after its code ended, so that money
that comes late is not taken for somebody else's.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from transactions.models import BankAccount, Payment, PaymentState, Qris

CODE_LASTS = timedelta(minutes=15)
TRANSFER_LASTS = timedelta(hours=2)
CASH_LASTS = timedelta(hours=24)
LARGEST_DISCOUNT = 999
_NARROW = 99
"""As long as there is room, a transfer is at most this many rupiah below what is due."""
AMOUNT_RESTS = timedelta(days=1)


class MethodClosed(Exception):
    """The dealer does not take money this way now."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a new code says; sums in rupiah."""

    amount: int
    lasts: timedelta = CODE_LASTS
    discount: int = 0
    qris: Qris | None = None
    bank_account: BankAccount | None = None


def of(dealer_id: int, gateway: str, *, due: int) -> Terms:
    """The terms for `due` rupiah. Raises `MethodClosed`."""
    if gateway == "qris":
        sticker = Qris.objects.filter(dealer_id=dealer_id, is_open=True).first()
        if sticker is None:
            raise MethodClosed(gateway)
        return Terms(amount=due, qris=sticker)
    if gateway == "transfer":
        account = BankAccount.objects.filter(dealer_id=dealer_id, is_open=True).order_by("id").first()
        if account is None:
            raise MethodClosed(gateway)
        discount = _discount(dealer_id, due)
        return Terms(amount=due - discount, discount=discount, bank_account=account, lasts=TRANSFER_LASTS)
    return Terms(amount=due, lasts=CASH_LASTS if gateway == "cash" else CODE_LASTS)


def _discount(dealer_id: int, due: int) -> int:
    """How many rupiah below `due` a transfer is to be. Raises `MethodClosed` when every amount is taken."""
    since = timezone.now() - AMOUNT_RESTS
    near = Payment.objects.filter(
        dealer_id=dealer_id, bank_account__isnull=False, amount__range=(due - LARGEST_DISCOUNT, due)
    )
    taken = set(near.filter(state=PaymentState.OPEN).values_list("amount", flat=True))
    resting = set(near.filter(finished_at__gte=since).values_list("amount", flat=True))
    most = min(LARGEST_DISCOUNT, due - 1)
    for refused, widest in ((taken | resting, _NARROW), (taken | resting, LARGEST_DISCOUNT), (taken, LARGEST_DISCOUNT)):
        free = [k for k in range(1, min(widest, most) + 1) if due - k not in refused]
        if free:
            return random.choice(free)  # noqa: S311  to be unlike its neighbours, not to be a secret
    raise MethodClosed("transfer")
