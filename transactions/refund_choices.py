"""A guest says how the money shall come back, with nothing but the secret link; until somebody begins to pay.

The dispatcher pays what goes back to its source, the desk what goes by bank, e-wallet or over the counter.
Who signs in can have it in a wallet at once.
"""

from dataclasses import dataclass

from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import accounts, queue, refund_ways, refunds, states
from transactions.models import DueKind, Refund, RefundState, RefundWay
from transactions.refund_ways import Destination


class AlreadyBegun(Exception):
    """Somebody pays it already, or has paid it: the choice stands."""


class NotOffered(Exception):
    """This refund cannot go back by this way."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A way, and for a transfer whose account."""

    way: RefundWay
    destination: Destination | None = None


def choose(dealer: Dealer, refund_id: int, choice: Choice, *, staff: User | None = None) -> Refund:
    """Write down how a guest wants the money; `staff` when somebody at the desk writes it for the guest.

    Raises `AlreadyBegun`, `NotOffered`, `refunds.NotDue` when there is no such refund.
    """

    def once() -> Refund:
        with tenancy.inside(dealer.pk):
            refund = _still_open(dealer, refund_id)
            if choice.way == RefundWay.WALLET or choice.way not in refund_ways.offered(refund):
                raise NotOffered
            if (choice.way in refund_ways.BY_TRANSFER) != (choice.destination is not None):
                raise NotOffered
            _write(refund, choice, staff)
            return refund

    return retry.on_conflict(once)


def claim(dealer: Dealer, refund_id: int, *, user: User) -> Refund:
    """The holder of the secret link has signed in: the money goes into that person's wallet here.

    Raises `AlreadyBegun`, `refunds.NotDue`.
    """

    def once() -> Refund:
        with tenancy.inside(dealer.pk):
            refund = _still_open(dealer, refund_id)
            refund.way, refund.payment, refund.destination = RefundWay.WALLET, None, ""
            refund.begun_at = timezone.now()
            refunds.settle(refund, to=accounts.customer_wallet(user.pk), actor=user)
            return refund

    return retry.on_conflict(once)


def _still_open(dealer: Dealer, refund_id: int) -> Refund:
    refund = refunds.lock(dealer.pk, refund_id)
    if refund.state == RefundState.VOID:
        raise refunds.NotDue
    if refund_ways.is_begun(refund):
        raise AlreadyBegun
    return refund


def _write(refund: Refund, choice: Choice, staff: User | None) -> None:
    refund.way, refund.chosen_at, refund.chosen_by = choice.way, timezone.now(), staff
    refund.payment = refund_ways.source_of(refund) if choice.way == RefundWay.SOURCE else None
    refund.destination = ""
    if choice.destination is not None:
        refund_ways.seal(refund, choice.destination)
    refund.save(update_fields=["way", "chosen_at", "chosen_by", "payment", "destination"])
    states.log(refund.order, "refund_way", new=choice.way, actor=staff, note=str(refund.number))
    if choice.way == RefundWay.SOURCE:
        queue.set_due(refund.dealer_id, DueKind.REFUND, refund.pk)
    else:
        queue.finish(refund.dealer_id, DueKind.REFUND, refund.pk)
