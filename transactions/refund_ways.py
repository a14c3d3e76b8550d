"""By which ways one refund can go back, and where to: personal data, sealed for its row and shown only to who pays.

Back to where it came from when one code was paid by a gateway that pays back; else to a bank account, an
e-wallet, over the counter against a code, or into the wallet of whoever signs in with the secret link.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum

from portal.lib import ids, msisdn, vault
from transactions import accounts
from transactions.accounts import Acc
from transactions.gateways.base import Gateway
from transactions.gateways.registry import GATEWAYS
from transactions.models import Payment, Receipt, Refund, RefundState, RefundWay

KEPT = timedelta(days=90)
"""How long after its end a refund remembers where it went."""
BY_HAND = frozenset({RefundWay.CASH, RefundWay.BANK, RefundWay.EWALLET})
"""Ways that somebody at the desk pays."""
BY_TRANSFER = frozenset({RefundWay.BANK, RefundWay.EWALLET})
"""Ways that need somebody's account, and leave a line that proves them."""
_CODE_LENGTH = 8
_MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Destination:
    """Somebody's account: the bank or the kind of e-wallet, its number, and at a bank whose it is."""

    at: str
    number: str
    holder: str = ""

    @property
    def masked(self) -> str:
        """`BCA ••••7890`: enough to recognise it, not enough to use it."""
        return f"{self.at} ••••{self.number[-4:]}"

    @property
    def spelled(self) -> str:
        """The number as whoever pays types it."""
        return msisdn.national(self.number) if self.number.startswith("+62") else self.number


def seal(refund: Refund, destination: Destination) -> None:
    """Write the destination of a saved refund into its row, sealed; the caller saves."""
    refund.destination = vault.seal(json.dumps(asdict(destination)), aad=_place(refund))


def destination_of(refund: Refund) -> Destination | None:
    """Where a refund goes, in clear; None when the way needs no account, or it was forgotten. Raises `CannotOpen`."""
    if not refund.destination:
        return None
    return Destination(**json.loads(vault.open_(refund.destination, aad=_place(refund))))


def forget(dealer_id: int, *, now: datetime) -> int:
    """Clear where money went that ended `KEPT` before `now`; how many rows. Inside the dealer's transaction."""
    rows = Refund.objects.filter(dealer_id=dealer_id, finished_at__lt=now - KEPT)
    return rows.exclude(destination="").update(destination="")


def counter_code(refund: Refund) -> str:
    """What a guest shows to be paid in cash; it stands nowhere, it follows from the row and our keys."""
    return _codes(refund)[0]


def is_counter_code(refund: Refund, typed: str) -> bool:
    """Whether this is the refund's code, however it is typed."""
    plain = re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(_MISREAD)
    return plain in _codes(refund)


def _codes(refund: Refund) -> list[str]:
    hashes = vault.lookup_hashes(f"{refund.dealer_id}:{refund.pk}", purpose="refund-counter")
    return [_spoken(int(found.rpartition(".")[2], 16)) for found in hashes]


def _spoken(number: int) -> str:
    return "".join(ids.ALPHABET[number >> 5 * place & 31] for place in range(_CODE_LENGTH))


def our_reference(refund: Refund) -> str:
    """What a refund is called outside, chosen beforehand: a gateway pays one reference once."""
    return f"{refund.order.code}-R{refund.number}"


def source_of(refund: Refund) -> Payment | None:
    """The code that the whole amount can go back by; None when no gateway can, or one refused it already.

    A gift never came in, so it goes back by no gateway.
    """
    if refund.is_goodwill:
        return None
    own = {"dealer_id": refund.dealer_id, "order_id": refund.order_id}
    for payment in Payment.objects.filter(**own, gateway__in=_paying_back()).order_by("-id"):
        tried = Refund.objects.filter(**own, payment=payment).exclude(pk=refund.pk)
        if tried.filter(way=RefundWay.SOURCE, state=RefundState.RETURNED).exists():
            continue
        taken = tried.exclude(state__in=[RefundState.RETURNED, RefundState.VOID])
        if _sum(Receipt.objects.filter(**own, payment=payment)) - _sum(taken) >= refund.amount:
            return payment
    return None


def gateway_of(refund: Refund) -> Gateway:
    """The gateway that a refund goes back by. Raises KeyError when it was taken out of the registry."""
    if refund.payment is None:
        raise KeyError(refund.pk)
    return GATEWAYS[refund.payment.gateway]


def offered(refund: Refund) -> list[RefundWay]:
    """What a guest may choose from, the quickest first."""
    rest = [RefundWay.EWALLET, RefundWay.BANK, RefundWay.CASH, RefundWay.WALLET]
    return [RefundWay.SOURCE, *rest] if source_of(refund) is not None else rest


def account_of(refund: Refund) -> Acc:
    """The account that a refund leaves by, for the ways that have one place for everybody."""
    if refund.way == RefundWay.SOURCE and refund.payment is not None:
        return accounts.clearing(refund.payment.gateway)
    return {
        RefundWay.CASH: accounts.cash("counter"),
        RefundWay.BANK: accounts.bank("main"),
        RefundWay.EWALLET: accounts.bank("ewallet"),
    }[RefundWay(refund.way)]


def is_begun(refund: Refund) -> bool:
    """Whether somebody has begun to pay it, or proposed to: from then on the choice stands."""
    return refund.state != RefundState.DUE or refund.proposed_by_id is not None


def _paying_back() -> list[str]:
    return [code for code, gateway in GATEWAYS.items() if gateway.can_refund]


def _sum(rows: QuerySet[Receipt] | QuerySet[Refund]) -> int:
    return int(rows.aggregate(n=Sum("amount"))["n"] or 0)


def _place(refund: Refund) -> vault.Place:
    return vault.Place("refund", "destination", refund.pk, refund.dealer_id)
