"""The chart of bookings: every case in which money moves, each in the one place that knows it.

Read it as an accountant would: which account gives, which takes, under which reference. A reference
begins with the order's code, so a repeat of the same event books nothing twice.
"""

from django.db.models import QuerySet, Sum

from portal.lib import roundtrip
from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions import accounts, ledger
from transactions.accounts import Acc
from transactions.ledger import Entry, Refused
from transactions.models import AccountKind, Attempt, Order, Refund, Supplier, Transfer


class NothingToBook(Refused):
    """The books say already what this booking would say, or its opposite never happened."""


def receive(dealer_id: int, *, source: Acc, tx: str, amount: int, order_id: int | None) -> int:
    """Money came in by a gateway, a bank, over the counter or out of a wallet; not yet a hold."""
    entry = Entry(f"pay:{source.key}:{tx}", order_id=order_id)
    return ledger.move(dealer_id, frm=source, to=accounts.UNAPPLIED, amount=amount, entry=entry)


def received(dealer_id: int, *, source: Acc, tx: str, amount: int, order_id: int | None) -> Statement:
    """The same as a statement to be sent with others; not for a wallet, which may refuse."""
    entry = Entry(f"pay:{source.key}:{tx}", order_id=order_id)
    return ledger.posting(dealer_id, frm=source, to=accounts.UNAPPLIED, amount=amount, entry=entry)


def receive_unknown(dealer_id: int, *, source: Acc, tx: str, amount: int) -> int:
    """Money came in and nobody knows whose it is."""
    entry = Entry(f"pay:{source.key}:{tx}")
    return ledger.move(dealer_id, frm=source, to=accounts.suspense(source.key), amount=amount, entry=entry)


def claim_from_suspense(
    dealer_id: int, *, source_key: str, tx: str, amount: int, to: Acc, order_id: int | None = None
) -> int:
    """The owner of unknown money was found; or it goes back to the bank account it came into, by a transfer."""
    entry = Entry(f"claim:{source_key}:{tx}", order_id=order_id)
    return ledger.move(dealer_id, frm=accounts.suspense(source_key), to=to, amount=amount, entry=entry)


def fill_up(order: Order, *, missing: int) -> int:
    """A unique amount below the price: the dealer gives the missing rupiah."""
    entry = Entry(f"{order.code}:unique", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.PROMO, to=accounts.UNAPPLIED, amount=missing, entry=entry)


def held(order: Order) -> Statement:
    """What was received covers the price: exactly the price is held. To be sent with others."""
    entry = Entry(f"{order.code}:hold", order_id=order.pk)
    return ledger.posting(order.dealer_id, frm=accounts.UNAPPLIED, to=accounts.HELD, amount=order.price, entry=entry)


def put_back(order: Order, *, amount: int, number: int) -> int:
    """Over, twice, late or short: what no hold needs goes to the payer's wallet, or is due as a refund."""
    to = accounts.payer_of(order) or accounts.REFUNDS_DUE
    entry = Entry(f"{order.code}:rest:{number}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.UNAPPLIED, to=to, amount=amount, entry=entry)


def capture(order: Order, attempt: Attempt) -> None:
    """The airtime arrived: the held price is a sale now, and the supplier is owed."""
    roundtrip.send(*captured(order, attempt))


def captured(order: Order, attempt: Attempt) -> list[Statement]:
    """The same as statements to be sent with others. Raises `ledger.NoHold`."""
    book = _BOOK.all(dealer=order.dealer_id, order=order.pk)
    hold = ledger.hold_in(book, order.pk)
    entry = Entry(f"{order.code}:capture", order_id=order.pk, resolves=hold.pk)
    sale = ledger.posting(order.dealer_id, frm=accounts.HELD, to=accounts.SALES, amount=hold.amount, entry=entry)
    expense = _expense(order, attempt.supplier, book, frm=accounts.COST, word="cost", amount=attempt.cost)
    return [sale, *expense]


def book_cost(order: Order, supplier: Supplier, *, cost: int) -> None:
    """What the supplier took for the order; a gift costs nothing and books nothing."""
    _book_expense(order, supplier, frm=accounts.COST, word="cost", amount=cost)


def _book_expense(order: Order, supplier: Supplier, *, frm: Acc, word: str, amount: int) -> None:
    for posting in _expense(order, supplier, list(_of(order)), frm=frm, word=word, amount=amount):
        roundtrip.send(posting)


def _expense(
    order: Order, supplier: Supplier, book: list[Transfer], *, frm: Acc, word: str, amount: int
) -> list[Statement]:
    """Once while it stands; numbered from the second time on, when the first was given back."""
    if not amount or _standing_in(book, supplier, frm) is not None:
        return []
    booked = sum(row.frm_kind == frm.kind for row in book)
    reference = f"{order.code}:{word}:{booked + 1}" if booked else f"{order.code}:{word}"
    to = accounts.supplier_of(supplier)
    entry = Entry(reference, order_id=order.pk)
    return [ledger.posting(order.dealer_id, frm=frm, to=to, amount=amount, entry=entry)]


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


def late_payback(refund: Refund, *, frm: Acc, gateway: Acc, tx: str) -> int:
    """A gateway paid after the refund was decided otherwise: out of what is still due, or a loss."""
    order = refund.order
    entry = Entry(f"{order.code}:refund:{refund.number}:late:{tx}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=frm, to=gateway, amount=refund.amount, entry=entry)


def refund_sale(refund: Refund) -> int:
    """A sale that succeeded is paid back, in part or whole. Raises `NothingToBook` beyond what is still sold."""
    order = refund.order
    entry = Entry(f"{order.code}:sale-refund:{refund.number}", order_id=order.pk)
    if ledger.transfer(order.dealer_id, entry.reference) is None and refund.amount > sold(order):
        raise NothingToBook(f"order {order.code} has no {refund.amount} rupiah left to pay back")
    to = accounts.payer_of(order) or accounts.REFUNDS_DUE
    return ledger.move(order.dealer_id, frm=accounts.SALES, to=to, amount=refund.amount, entry=entry)


def goodwill(order: Order, *, amount: int, number: int) -> int:
    """Something extra for the customer's trouble, at the dealer's expense; a guest's is due by a refund row."""
    to = accounts.payer_of(order) or accounts.REFUNDS_DUE
    entry = Entry(f"{order.code}:goodwill:{number}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.GOODWILL, to=to, amount=amount, entry=entry)


def is_given(order: Order, *, number: int) -> bool:
    """Whether the `number`th goodwill for an order is booked."""
    return ledger.transfer(order.dealer_id, f"{order.code}:goodwill:{number}") is not None


def gifts(order: Order) -> int:
    """What an order was given out of goodwill, in rupiah."""
    return int(_of(order, frm_kind=accounts.GOODWILL.kind).aggregate(n=Sum("amount"))["n"] or 0)


def next_gift(order: Order) -> int:
    """The number of the next goodwill for an order."""
    number = 1
    while is_given(order, number=number):
        number += 1
    return number


def recapture(order: Order, supplier: Supplier, *, cost: int) -> None:
    """Delivered after the release, and the refund is still due: it is a sale after all.

    Raises `NothingToBook` when it is a sale already.
    """
    if sold(order):
        raise NothingToBook(f"order {order.code} is a sale already")
    entry = Entry(_numbered(order, "recapture", to_kind=accounts.SALES.kind), order_id=order.pk)
    ledger.move(order.dealer_id, frm=accounts.REFUNDS_DUE, to=accounts.SALES, amount=order.price, entry=entry)
    book_cost(order, supplier, cost=cost)


def late_loss(order: Order, supplier: Supplier, *, cost: int) -> None:
    """Delivered after the money went back: the supplier's cost is the dealer's loss.

    Raises `NothingToBook` when this supplier was already booked for the order.
    """
    if _standing(order, supplier, accounts.COST) is not None:
        raise NothingToBook(f"order {order.code} is booked as delivered by {supplier.code}")
    _book_expense(order, supplier, frm=accounts.LATE_LOSS, word="late-loss", amount=cost)


def reverse_sale(order: Order) -> int:
    """The supplier took a success back: the cost returns, and the customer is owed what was not paid back yet.

    Returns those rupiah. Raises `NothingToBook` when the order is no sale.
    """
    owed = sold(order)
    if not owed:
        raise NothingToBook(f"order {order.code} is no sale")
    for cost in _of(order, frm_kind=accounts.COST.kind):
        if not _is_reversed(cost):
            return_cost(order, cost)
    to = accounts.payer_of(order) or accounts.REFUNDS_DUE
    entry = Entry(_numbered(order, "reversal", frm_kind=accounts.SALES.kind), order_id=order.pk)
    ledger.move(order.dealer_id, frm=accounts.SALES, to=to, amount=owed, entry=entry)
    return owed


def give_cost_back(order: Order, supplier: Supplier) -> bool:
    """A supplier returns what it took for an order that stays as it is (a loss, or delivered twice).

    False when nothing of this order is booked with this supplier.
    """
    booked = standing(order, supplier)
    if booked is None:
        return False
    return_cost(order, booked)
    return True


def return_cost(order: Order, cost: Transfer) -> int:
    """The supplier gave the cost of an order back, whatever it was booked as."""
    entry = Entry(f"{cost.reference}-returned", order_id=order.pk, reverses=cost.pk)
    to = Acc(AccountKind(cost.frm.kind), cost.frm.key)
    frm = Acc(AccountKind(cost.to.kind), cost.to.key)
    return ledger.move(order.dealer_id, frm=frm, to=to, amount=cost.amount, entry=entry)


def sold(order: Order) -> int:
    """What of an order is a sale now: captured, and not paid back; in rupiah."""
    fee = accounts.FEE_INCOME.kind
    came = _of(order, to_kind=accounts.SALES.kind).aggregate(n=Sum("amount"))["n"] or 0
    went = _of(order, frm_kind=accounts.SALES.kind).exclude(to_kind=fee).aggregate(n=Sum("amount"))["n"] or 0
    return int(came) - int(went)


def is_booked_with(order: Order, supplier: Supplier) -> bool:
    """Whether a cost or a loss of this order stands with this supplier."""
    return any(_standing(order, supplier, acc) is not None for acc in (accounts.COST, accounts.LATE_LOSS))


def standing(order: Order, supplier: Supplier) -> Transfer | None:
    """The cost or loss of this order that stands with this supplier, if one does."""
    return _standing(order, supplier, accounts.LATE_LOSS) or _standing(order, supplier, accounts.COST)


def _standing(order: Order, supplier: Supplier, frm: Acc) -> Transfer | None:
    """What is booked from `frm` to this supplier for an order and was not given back."""
    return _standing_in(list(_of(order)), supplier, frm)


def _standing_in(book: list[Transfer], supplier: Supplier, frm: Acc) -> Transfer | None:
    """The same, looked for among all the transfers of the order: what gives one back is an order's, too."""
    reversed_ones = {row.reverses_id for row in book}
    to = accounts.supplier_of(supplier)
    fitting = (row for row in book if row.frm_kind == frm.kind and (row.to_kind, row.to.key) == to)
    return next((row for row in fitting if row.pk not in reversed_ones), None)


def _is_reversed(row: Transfer) -> bool:
    return Transfer.objects.filter(dealer_id=row.dealer_id, reverses_id=row.pk).exists()


def _numbered(order: Order, word: str, **ends: str) -> str:
    """`<code>:<word>` the first time, `<code>:<word>:<n>` after that."""
    before = _of(order, reference__startswith=f"{order.code}:{word}", **ends).count()
    return f"{order.code}:{word}:{before + 1}" if before else f"{order.code}:{word}"


_BOOK = Prepared(
    lambda dealer, order: (
        Transfer.objects.filter(dealer_id=dealer, order_id=order).select_related("frm", "to").order_by("id")
    ),
    dealer=int,
    order=int,
)


def _of(order: Order, **ends: str) -> QuerySet[Transfer]:
    rows = Transfer.objects.filter(dealer_id=order.dealer_id, order_id=order.pk, **ends)
    return rows.select_related("frm", "to").order_by("id")
