"""Money on its way back: by itself into a wallet, or owed to a guest until somebody hands it out.

Every way money returns for an order passes through here, so that one `Refund` row per return says
where it is. Call with the order's row locked.
"""

from datetime import timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone

from dealers.models import User
from portal.lib import roundtrip
from portal.lib.roundtrip import Statement
from transactions import accounts, postings, queue, states, todo
from transactions.accounts import Acc
from transactions.models import AccountKind, DueKind, Order, Refund, RefundState, RefundWay, TaskKind, Transfer

PAY_WITHIN = timedelta(days=7)
_UNAPPLIED = """
SELECT coalesce(sum(amount) FILTER (WHERE to_kind = 'unapplied'), 0)
     - coalesce(sum(amount) FILTER (WHERE frm_kind = 'unapplied'), 0)
FROM transfer WHERE dealer_id = %s AND order_id = %s
"""


class NotDue(Exception):
    """There is no refund waiting to be paid here."""


def release(order: Order) -> None:
    """The held price goes back to whoever paid it."""
    postings.release(order)
    record(order, order.price)


def put_back_rest(order: Order, rest: int | None = None) -> int:
    """What came in for an order and is not needed for it goes back; returns the rupiah.

    `rest` is what is `unapplied` now, where the caller has just read it.
    """
    rest = unapplied(order) if rest is None else rest
    if rest:
        number = _rows(order, frm_kind=AccountKind.UNAPPLIED).exclude(to_kind=AccountKind.HELD).count() + 1
        postings.put_back(order, amount=rest, number=number)
        record(order, rest)
    return rest


def unapplied(order: Order) -> int:
    """What was received for an order and is neither held nor given back, in rupiah."""
    found = roundtrip.ask(unapplied_of(order))
    return int(found[0]) if found else 0


def unapplied_of(order: Order) -> Statement:
    """The same as a statement to be sent after others."""
    return Statement(_UNAPPLIED, [order.dealer_id, order.pk])


def goodwill(order: Order, *, amount: int, number: int) -> Refund | None:
    """Something extra for the trouble, the `number`th gift for this order: in the wallet, or due to a guest.

    `amount` in rupiah. The same gift twice is given once, and is None the second time; raises
    `ledger.ReferenceReused` for another amount.
    """
    is_new = not postings.is_given(order, number=number)
    postings.goodwill(order, amount=amount, number=number)
    return record(order, amount, is_goodwill=True) if is_new else None


def give_part_back(order: Order, *, amount: int) -> Refund | None:
    """Some of a sale that succeeded is paid back, or all of it; `amount` in rupiah.

    Raises `postings.NothingToBook` beyond what is still sold.
    """
    refund = record(order, amount)
    if refund is not None:
        refund.order = order
        postings.refund_sale(refund)
    return refund


def record(order: Order, amount: int, *, is_goodwill: bool = False, follows: Refund | None = None) -> Refund | None:
    """Write down a return that was booked: done when a wallet took it, else due, with a task."""
    if order.partner_id is not None:
        return None
    number = (Refund.objects.filter(dealer_id=order.dealer_id, order=order).aggregate(n=Max("number"))["n"] or 0) + 1
    refund = Refund(dealer_id=order.dealer_id, order=order, number=number, amount=amount, is_goodwill=is_goodwill)
    refund.follows = follows
    if accounts.payer_of(order) is not None:
        refund.state, refund.way, refund.finished_at = RefundState.DONE, RefundWay.WALLET, timezone.now()
    refund.save()
    states.log(order, "refund", new=refund.state, note=str(number))
    if refund.state == RefundState.DUE:
        todo.ask(order.dealer_id, TaskKind.REFUND, subject(refund), within=PAY_WITHIN, order=order)
    return refund


def subject(refund: Refund) -> str:
    """What the task about a refund is called."""
    return f"{refund.order.code}:{refund.number}"


def lock(dealer_id: int, refund_id: int) -> Refund:
    """A refund with its order's row locked first, then its own, for a decision. Raises `NotDue` for no such refund."""
    order_id = Refund.objects.filter(dealer_id=dealer_id, pk=refund_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotDue
    order = states.lock(dealer_id, order_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    refund.order = order
    return refund


def move(refund: Refund, to: RefundState, *fields: str, actor: User | None = None) -> None:
    """Move a locked refund to `to`, with the other columns that were set; the database holds the moves."""
    old, refund.state = refund.state, to
    refund.save(update_fields=["state", *fields])
    states.log(refund.order, "refund", old=old, new=to, actor=actor, note=str(refund.number))


def settle(refund: Refund, *, to: Acc, reference: str = "", actor: User | None = None) -> None:
    """The money of a locked refund has left by the way chosen: book it, write it down, close the task."""
    postings.pay_refund(refund, to=to)
    refund.reference, refund.paid_by, refund.finished_at = reference, actor, timezone.now()
    fields = ("way", "reference", "paid_by", "finished_at", "begun_at", "begun_by", "payment", "destination")
    move(refund, RefundState.DONE, *fields, actor=actor)
    close(refund, by=actor)


def follow(refund: Refund, *, actor: User | None = None) -> Refund:
    """A locked refund came back, or was never paid: it is over, and the same money is due anew."""
    refund.finished_at = refund.finished_at or timezone.now()
    move(refund, RefundState.RETURNED, "finished_at", actor=actor)
    close(refund, by=actor)
    anew = record(refund.order, refund.amount, is_goodwill=refund.is_goodwill, follows=refund)
    if anew is None:
        raise NotDue
    return anew


def close(refund: Refund, *, by: User | None = None) -> None:
    """Nothing more is to be done for a refund, by a person or by the dispatcher."""
    todo.done(refund.dealer_id, TaskKind.REFUND, subject(refund), by=by)
    queue.finish(refund.dealer_id, DueKind.REFUND, refund.pk)


def whole_due(order: Order) -> Refund | None:
    """The refund of the whole price, while nobody has paid it out; a gift is none."""
    rows = Refund.objects.filter(dealer_id=order.dealer_id, order=order, state=RefundState.DUE, is_goodwill=False)
    return rows.filter(amount=order.price).select_related("order").first()


def void(refund: Refund, *, actor: User | None) -> None:
    """A refund that is still due turns out not to be owed: its money is a sale after all."""
    refund.finished_at = timezone.now()
    move(refund, RefundState.VOID, "finished_at", actor=actor)
    close(refund, by=actor)


def _rows(order: Order, **ends: str) -> QuerySet[Transfer]:
    return Transfer.objects.filter(dealer_id=order.dealer_id, order_id=order.pk, **ends)
