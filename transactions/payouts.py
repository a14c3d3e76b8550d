"""Staff pay a guest's refund: whoever begins is the only one who pays, and above a limit two people agree first.

`begin` comes before any money leaves: from then on nobody else can begin, and the guest cannot choose anew.
`finish` writes down what proves it. Cash is begun and finished in one, against the code that the guest shows.
What a bank sends back is a new refund, never an edit of the old one.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import ledger, postings, refund_ways, refunds, states
from transactions.models import Refund, RefundState, RefundWay
from transactions.refunds import NotDue


class NotChosen(Exception):
    """Nobody has said yet whose account it shall go to."""


class OtherWay(Exception):
    """The guest wants it by another way."""


class WrongCode(Exception):
    """What the guest shows is not the code of this refund."""


class SecondPersonNeeded(Exception):
    """Whoever proposed it cannot approve it, and not everybody may."""


class ProofUsed(Exception):
    """Another refund was paid by this bank line."""


@dataclass(frozen=True, kw_only=True)
class Payer:
    """Who sits at the desk, and whether this person may be the second one to agree."""

    user: User
    may_approve: bool


def needs_second(dealer: Dealer, refund: Refund, *, is_proven: bool, payer: Payer) -> bool:
    """Whether somebody else must agree: above the dealer's limit, or when nothing shows that the guest asked for it."""
    return refund.amount > dealer.four_eyes_above or not (is_proven or payer.may_approve)


def begin(dealer: Dealer, refund_id: int, *, way: RefundWay, payer: Payer, code: str = "") -> Refund:
    """Take it on oneself to pay; or propose it, where somebody else must agree. Cash that needs nobody is paid.

    Raises `NotDue` when somebody has begun already, `OtherWay`, `NotChosen`, `WrongCode`.
    """

    def once() -> Refund:
        with tenancy.inside(dealer.pk):
            refund = _open(dealer, refund_id, RefundState.DUE)
            if refund.proposed_by_id is not None:
                raise NotDue
            is_proven = _look(refund, way, code)
            refund.way = way
            if needs_second(dealer, refund, is_proven=is_proven, payer=payer):
                refund.proposed_by = payer.user
                refund.save(update_fields=["way", "proposed_by"])
                states.log(refund.order, "refund_proposed", new=way, actor=payer.user, note=str(refund.number))
            else:
                _begin(refund, payer.user)
                if way == RefundWay.CASH:
                    refunds.settle(refund, to=refund_ways.account_of(refund), actor=payer.user)
            return refund

    return retry.on_conflict(once)


def approve(dealer: Dealer, refund_id: int, *, payer: Payer) -> Refund:
    """The second pair of eyes: whoever proposed it may pay now. Raises `NotDue`, `SecondPersonNeeded`."""

    def once() -> Refund:
        with tenancy.inside(dealer.pk):
            refund = _open(dealer, refund_id, RefundState.DUE)
            if refund.proposed_by is None:
                raise NotDue
            if refund.proposed_by_id == payer.user.pk or not payer.may_approve:
                raise SecondPersonNeeded
            refund.approved_by = payer.user
            _begin(refund, refund.proposed_by)
            return refund

    return retry.on_conflict(once)


def finish(dealer: Dealer, refund_id: int, *, payer: Payer, reference: str = "") -> Refund:
    """The money has left: by a transfer whose line is `reference`, or over the counter.

    Raises `NotDue` when it was paid already or nobody has begun, `ProofUsed`.
    """

    def once() -> Refund:
        with tenancy.inside(dealer.pk):
            refund = _open(dealer, refund_id, RefundState.SENT)
            if refund.way in refund_ways.BY_TRANSFER and not reference:
                raise NotChosen
            try:
                with transaction.atomic():
                    refunds.settle(
                        refund, to=refund_ways.account_of(refund), reference=reference[:80], actor=payer.user
                    )
            except IntegrityError as error:
                if ledger.constraint(error) != "one_refund_per_proof":
                    raise
                raise ProofUsed from error
            return refund

    return retry.on_conflict(once)


def give_up(dealer: Dealer, refund_id: int, *, payer: Payer) -> Refund:
    """Nothing was paid after all: the guest may choose anew, and somebody else may begin. Raises `NotDue`."""

    def once() -> Refund:
        with tenancy.inside(dealer.pk):
            refund = _open(dealer, refund_id, RefundState.DUE, RefundState.SENT)
            if not refund_ways.is_begun(refund):
                raise NotDue
            refund.proposed_by = refund.approved_by = refund.begun_by = refund.begun_at = None
            fields = ("proposed_by", "approved_by", "begun_by", "begun_at")
            refunds.move(refund, RefundState.DUE, *fields, actor=payer.user)
            return refund

    return retry.on_conflict(once)


def bounce(dealer: Dealer, refund_id: int, *, payer: Payer) -> Refund:
    """A transfer came back: the money is ours again and owed anew. Returns the refund that follows.

    Raises `NotDue` for what was not paid, or was paid where nothing comes back from.
    """

    def once() -> Refund:
        with tenancy.inside(dealer.pk):
            refund = refunds.lock(dealer.pk, refund_id)
            comes_back = refund.way in {*refund_ways.BY_TRANSFER, RefundWay.SOURCE}
            if refund.state != RefundState.DONE or not comes_back:
                raise NotDue
            postings.refund_bounced(refund, frm=refund_ways.account_of(refund))
            return refunds.follow(refund, actor=payer.user)

    return retry.on_conflict(once)


def _open(dealer: Dealer, refund_id: int, *states_wanted: RefundState) -> Refund:
    """A locked refund that the desk pays and that stands here. What the dispatcher pays is nothing for the desk."""
    refund = refunds.lock(dealer.pk, refund_id)
    if refund.state not in states_wanted:
        raise NotDue
    if refund.way == RefundWay.SOURCE:
        raise OtherWay
    return refund


def _look(refund: Refund, way: RefundWay, code: str) -> bool:
    """Whether something shows that the guest wants it so: the code, or the choice behind the secret link."""
    if way not in refund_ways.BY_HAND or refund.way not in {RefundWay.UNDECIDED, way}:
        raise OtherWay
    if way in refund_ways.BY_TRANSFER:
        if not refund.destination:
            raise NotChosen
        return refund.chosen_by_id is None
    if code and not refund_ways.is_counter_code(refund, code):
        raise WrongCode
    # Whoever bought over the counter has no secret link, and was paid for in front of a cashier.
    return bool(code) or refund.order.cashier_id is not None


def _begin(refund: Refund, by: User) -> None:
    refund.begun_at, refund.begun_by = timezone.now(), by
    fields = ("way", "begun_at", "begun_by", "proposed_by", "approved_by")
    refunds.move(refund, RefundState.SENT, *fields, actor=by)
