"""Money on its way back: by itself into a wallet, or owed to a guest until somebody hands it out.

Every way money returns for an order passes through here, so that one `Refund` row per return says
where it is. Call with the order's row locked.
"""

from datetime import timedelta

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from dealers.models import User
from portal.lib import tenancy
from transactions import accounts, postings, states, todo
from transactions.models import AccountKind, Order, Refund, RefundState, RefundWay, TaskKind, Transfer

PAY_WITHIN = timedelta(days=7)


class NotDue(Exception):
    """There is no refund waiting to be paid here."""


def release(order: Order) -> None:
    """The held price goes back to whoever paid it."""
    postings.release(order)
    record(order, order.price)


def put_back_rest(order: Order) -> int:
    """What came in for an order and is not needed for it goes back; returns the rupiah."""
    rest = unapplied(order)
    if rest:
        number = _rows(order, frm_kind=AccountKind.UNAPPLIED).exclude(to_kind=AccountKind.HELD).count() + 1
        postings.put_back(order, amount=rest, number=number)
        record(order, rest)
    return rest


def unapplied(order: Order) -> int:
    """What was received for an order and is neither held nor given back, in rupiah."""
    came = _rows(order, to_kind=AccountKind.UNAPPLIED).aggregate(n=Sum("amount"))["n"] or 0
    went = _rows(order, frm_kind=AccountKind.UNAPPLIED).aggregate(n=Sum("amount"))["n"] or 0
    return int(came) - int(went)


def goodwill(order: Order, *, amount: int, number: int) -> None:
    """Something extra for the trouble, the `number`th gift for this order: in the wallet, or due to a guest.

    `amount` in rupiah. The same gift twice is given once; raises `ledger.ReferenceReused` for another amount.
    """
    is_new = not postings.is_given(order, number=number)
    postings.goodwill(order, amount=amount, number=number)
    if is_new:
        record(order, amount, is_goodwill=True)


def record(order: Order, amount: int, *, is_goodwill: bool = False) -> Refund | None:
    """Write down a return that was booked: done when a wallet took it, else due, with a task."""
    if order.partner_id is not None:
        return None
    number = (Refund.objects.filter(dealer_id=order.dealer_id, order=order).aggregate(n=Max("number"))["n"] or 0) + 1
    refund = Refund(dealer_id=order.dealer_id, order=order, number=number, amount=amount, is_goodwill=is_goodwill)
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


def pay(refund_id: int, *, way: RefundWay, reference: str, actor: User, dealer_id: int) -> Refund:
    """Staff handed a guest's refund out: in cash at the counter, or by a bank transfer that was sent.

    Raises `NotDue` when it was paid already or never owed.
    """
    with tenancy.inside(dealer_id):
        refund = Refund.objects.filter(dealer_id=dealer_id, pk=refund_id).select_related("order").first()
        if refund is None:
            raise NotDue
        Order.objects.select_for_update(no_key=True).get(pk=refund.order_id)
        refund = Refund.objects.select_for_update(of=("self",)).select_related("order__wallet").get(pk=refund_id)
        if refund.state != RefundState.DUE:
            raise NotDue
        to = accounts.cash("counter") if way == RefundWay.CASH else accounts.bank("main")
        postings.pay_refund(refund, to=to)
        refund.state, refund.way, refund.reference = RefundState.DONE, way, reference
        refund.finished_at, refund.paid_by = timezone.now(), actor
        refund.save(update_fields=["state", "way", "reference", "finished_at", "paid_by"])
        states.log(refund.order, "refund", old=RefundState.DUE, new=RefundState.DONE, actor=actor)
        todo.done(dealer_id, TaskKind.REFUND, subject(refund), by=actor)
        return refund


def whole_due(order: Order) -> Refund | None:
    """The refund of the whole price, while nobody has paid it out; a gift is none."""
    rows = Refund.objects.filter(dealer_id=order.dealer_id, order=order, state=RefundState.DUE, is_goodwill=False)
    return rows.filter(amount=order.price).select_related("order").first()


def void(refund: Refund, *, actor: User | None) -> None:
    """A refund that is still due turns out not to be owed: its money is a sale after all."""
    refund.state, refund.finished_at = RefundState.VOID, timezone.now()
    refund.save(update_fields=["state", "finished_at"])
    states.log(refund.order, "refund", old=RefundState.DUE, new=RefundState.VOID, actor=actor)
    todo.done(refund.dealer_id, TaskKind.REFUND, subject(refund), by=actor)


def _rows(order: Order, **ends: str) -> QuerySet[Transfer]:
    return Transfer.objects.filter(dealer_id=order.dealer_id, order_id=order.pk, **ends)
