"""The chart of bookings: every case in which money moves, each in the one place that knows it.

Read it as an accountant would: which account gives, which takes, under which reference. A reference
begins with the order's code, so a repeat of the same event books nothing twice.
"""

from transactions import accounts, ledger
from transactions.accounts import Acc
from transactions.ledger import Entry
from transactions.models import Attempt, Order, Refund, Supplier, Transfer

def receive(dealer_id: int, *, source: Acc, tx: str, amount: int, order_id: int | None) -> int:
    """Money came in by a gateway, a bank or over the counter; not yet a hold."""
    entry = Entry(f"pay:{source.key}:{tx}", order_id=order_id)
    return ledger.move(dealer_id, frm=source, to=accounts.UNAPPLIED, amount=amount, entry=entry)


def receive_unknown(dealer_id: int, *, source: Acc, tx: str, amount: int) -> int:
    """Money came in and nobody knows whose it is."""
    entry = Entry(f"pay:{source.key}:{tx}")
    return ledger.move(dealer_id, frm=source, to=accounts.suspense(source.key), amount=amount, entry=entry)


def claim_from_suspense(dealer_id: int, *, source_key: str, tx: str, amount: int, to: Acc) -> int:
    """The owner of unknown money was found."""
    entry = Entry(f"claim:{source_key}:{tx}")
    return ledger.move(dealer_id, frm=accounts.suspense(source_key), to=to, amount=amount, entry=entry)


def fill_up(order: Order, *, missing: int) -> int:
    """A unique amount below the price: the dealer gives the missing rupiah."""
    entry = Entry(f"{order.code}:unique", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.PROMO, to=accounts.UNAPPLIED, amount=missing, entry=entry)


def hold(order: Order) -> int:
    """What was received covers the price: exactly the price is held."""
    entry = Entry(f"{order.code}:hold", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.UNAPPLIED, to=accounts.HELD, amount=order.price, entry=entry)


def put_back(order: Order, *, amount: int, number: int) -> int:
    """Over, twice, late or short: what no hold needs goes to the payer's wallet, or is due as a refund."""
    to = accounts.payer_of(order) or accounts.REFUNDS_DUE
    entry = Entry(f"{order.code}:rest:{number}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.UNAPPLIED, to=to, amount=amount, entry=entry)


def capture(order: Order, attempt: Attempt) -> None:
    """The airtime arrived: the held price is a sale now, and the supplier is owed."""
    ledger.resolve(
        order.dealer_id,
        hold=ledger.hold_of(order.dealer_id, order.pk),
        to=accounts.SALES,
        reference=f"{order.code}:capture",
    )
    book_cost(order, attempt.supplier, cost=attempt.cost)


def book_cost(order: Order, supplier: Supplier, *, cost: int) -> None:
    """What the supplier took for the order; a gift costs nothing and books nothing."""
    if cost:
        ledger.move(
            order.dealer_id,
            frm=accounts.COST,
            to=accounts.supplier_of(supplier),
            amount=cost,
            entry=Entry(f"{order.code}:cost", order_id=order.pk),
        )


def release(order: Order) -> int:
    """The airtime did not arrive: the held price goes back to the wallet, or is due to a guest."""
    return ledger.resolve(
        order.dealer_id,
        hold=ledger.hold_of(order.dealer_id, order.pk),
        to=accounts.payer_of(order) or accounts.REFUNDS_DUE,
        reference=f"{order.code}:release",
    )


def pay_refund(refund: Refund, *, to: Acc) -> int:
    """A refund that was due leaves by the way chosen."""
    order = refund.order
    entry = Entry(f"{order.code}:refund:{refund.number}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.REFUNDS_DUE, to=to, amount=refund.amount, entry=entry)


def refund_bounced(refund: Refund, *, frm: Acc) -> int:
    """The bank sent a refund back: it is owed again, and a new refund follows."""
    order = refund.order
    entry = Entry(f"{order.code}:refund:{refund.number}:returned", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=frm, to=accounts.REFUNDS_DUE, amount=refund.amount, entry=entry)


def refund_sale(refund: Refund) -> int:
    """A sale that succeeded is paid back, in part or whole."""
    order = refund.order
    to = accounts.payer_of(order) or accounts.REFUNDS_DUE
    entry = Entry(f"{order.code}:sale-refund:{refund.number}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.SALES, to=to, amount=refund.amount, entry=entry)


def goodwill(order: Order, *, amount: int, number: int) -> int:
    """Something extra for the customer's trouble, at the dealer's expense."""
    to = accounts.payer_of(order) or accounts.REFUNDS_DUE
    entry = Entry(f"{order.code}:goodwill:{number}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.GOODWILL, to=to, amount=amount, entry=entry)


def recapture(order: Order, supplier: Supplier, *, cost: int) -> None:
    """Delivered after the release, and the refund is still due: it is a sale after all."""
    ledger.move(
        order.dealer_id,
        frm=accounts.REFUNDS_DUE,
        to=accounts.SALES,
        amount=order.price,
        entry=Entry(f"{order.code}:recapture", order_id=order.pk),
    )
    book_cost(order, supplier, cost=cost)


def late_loss(order: Order, supplier: Supplier, *, cost: int) -> None:
    """Delivered after the money went back: the supplier's cost is the dealer's loss."""
    ledger.move(
        order.dealer_id,
        frm=accounts.LATE_LOSS,
        to=accounts.supplier_of(supplier),
        amount=cost,
        entry=Entry(f"{order.code}:late-loss", order_id=order.pk),
    )


def reverse_sale(order: Order) -> None:
    """The supplier took a success back: the cost returns, and the customer is owed the price."""
    cost = ledger.transfer(order.dealer_id, f"{order.code}:cost")
    if cost is not None:
        return_cost(order, cost)
    ledger.move(
        order.dealer_id,
        frm=accounts.SALES,
        to=accounts.payer_of(order) or accounts.REFUNDS_DUE,
        amount=order.price,
        entry=Entry(f"{order.code}:reversal", order_id=order.pk),
    )


def return_cost(order: Order, cost: Transfer) -> int:
    """The supplier gave the cost of an order back."""
    entry = Entry(f"{order.code}:cost-returned", order_id=order.pk, reverses=cost.pk)
    to = Acc(accounts.COST.kind, cost.frm.key)
    frm = Acc(accounts.supplier("").kind, cost.to.key)
    return ledger.move(order.dealer_id, frm=frm, to=to, amount=cost.amount, entry=entry)
