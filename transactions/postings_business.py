"""The bookings that belong to no single order: deposits, settlements, shares, withdrawals, drawers."""

from transactions import accounts, ledger
from transactions.accounts import Acc
from transactions.ledger import Entry
from transactions.models import Order, Transfer


def opening(dealer_id: int, *, acc: Acc, amount: int, reference: str) -> int:
    """What the dealer brought along when the book was opened: money in a bank, a drawer, at a supplier."""
    return ledger.move(dealer_id, frm=acc, to=accounts.EQUITY, amount=amount, entry=Entry(f"opening:{reference}"))


def deposit(dealer_id: int, *, to: Acc, source: Acc, amount: int, reference: str) -> int:
    """A customer, partner or dealer put money into their wallet."""
    return ledger.move(dealer_id, frm=source, to=to, amount=amount, entry=Entry(f"deposit:{reference}"))


def credit_ticket(dealer_id: int, *, to: Acc, source_key: str, amount: int, code: str) -> int:
    """Money of a bank line turned out to be a partner's deposit: all of it, once per ticket."""
    entry = Entry(f"deposit:ticket:{code}")
    return ledger.move(dealer_id, frm=accounts.suspense(source_key), to=to, amount=amount, entry=entry)


def settle_gateway(dealer_id: int, *, gateway: str, bank: str, net: int, fee: int, reference: str) -> None:
    """A gateway paid out what it had collected, less its fee. Sums in rupiah."""
    source = accounts.clearing(gateway)
    # Money with a gateway is negative in our sign: the bank takes over that position.
    ledger.move(dealer_id, frm=accounts.bank(bank), to=source, amount=net, entry=Entry(f"settle:{gateway}:{reference}"))
    if fee:
        entry = Entry(f"settle:{gateway}:{reference}:fee")
        ledger.move(dealer_id, frm=accounts.GATEWAY_FEE, to=source, amount=fee, entry=entry)


def charge_fee(order: Order, *, fee: int) -> int:
    """The part of a captured price that is a fee and not a sale."""
    entry = Entry(f"{order.code}:fee", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.SALES, to=accounts.FEE_INCOME, amount=fee, entry=entry)


def pay_share(dealer_id: int, *, to_slug: str, amount: int, reference: str) -> int:
    """This dealer owes another a share of a sale."""
    entry = Entry(f"share:{reference}")
    return ledger.move(dealer_id, frm=accounts.SHARE_PAID, to=accounts.due_to(to_slug), amount=amount, entry=entry)


def earn_share(dealer_id: int, *, from_slug: str, amount: int, reference: str) -> int:
    """Another dealer owes this one a share: the same reference as `pay_share`, in this book."""
    entry = Entry(f"share:{reference}")
    frm = accounts.due_from(from_slug)
    return ledger.move(dealer_id, frm=frm, to=accounts.SHARE_EARNED, amount=amount, entry=entry)


def top_up_supplier(dealer_id: int, *, supplier: str, bank: str, amount: int, reference: str) -> int:
    """The dealer paid money into its deposit at a supplier."""
    entry = Entry(f"supplier-deposit:{supplier}:{reference}")
    return ledger.move(dealer_id, frm=accounts.supplier(supplier), to=accounts.bank(bank), amount=amount, entry=entry)


def commission(order: Order, *, upline: Acc, amount: int, level: int) -> int:
    """An upline earns on a downline's sale."""
    entry = Entry(f"{order.code}:commission:{level}", order_id=order.pk)
    return ledger.move(order.dealer_id, frm=accounts.COMMISSION, to=upline, amount=amount, entry=entry)


def claw_back(order: Order, paid: Transfer, *, upline: Acc, level: int) -> int:
    """A commission goes back because its sale did. Raises `InsufficientBalance` when it is spent."""
    entry = Entry(f"{order.code}:commission:{level}:back", order_id=order.pk, reverses=paid.pk)
    return ledger.move(order.dealer_id, frm=upline, to=accounts.COMMISSION, amount=paid.amount, entry=entry)


def ask_withdrawal(dealer_id: int, *, wallet: Acc, amount: int, reference: str) -> int:
    """Money leaves a wallet and waits to be paid out. Raises `InsufficientBalance`."""
    entry = Entry(f"withdrawal:{reference}")
    return ledger.move(dealer_id, frm=wallet, to=accounts.HELD_WITHDRAWALS, amount=amount, entry=entry)


def pay_withdrawal(dealer_id: int, asked: Transfer, *, bank: str, reference: str) -> int:
    """The bank sent a withdrawal."""
    return ledger.resolve(dealer_id, hold=asked, to=accounts.bank(bank), reference=f"withdrawal:{reference}:paid")


def return_withdrawal(dealer_id: int, asked: Transfer, *, wallet: Acc, reference: str) -> int:
    """A withdrawal was refused: the money is in the wallet again."""
    return ledger.resolve(dealer_id, hold=asked, to=wallet, reference=f"withdrawal:{reference}:back")


def fund_batch(dealer_id: int, *, wallet: Acc, batch: Acc, amount: int, reference: str) -> int:
    """A file of orders gets a wallet of its own; each row is then bought from it. Raises `InsufficientBalance`."""
    return ledger.move(dealer_id, frm=wallet, to=batch, amount=amount, entry=Entry(f"batch:{reference}"))


def return_batch(dealer_id: int, *, wallet: Acc, batch: Acc, amount: int, reference: str) -> int:
    """What a file did not use goes back."""
    return ledger.move(dealer_id, frm=batch, to=wallet, amount=amount, entry=Entry(f"batch:{reference}:rest"))


def cash_difference(dealer_id: int, *, drawer: str, counted: int, expected: int, reference: str) -> int | None:
    """Drawer and book disagree by `counted − expected` rupiah; None when they agree."""
    drawer_acc, difference = accounts.cash(drawer), accounts.CASH_DIFFERENCE
    entry = Entry(f"cash:{drawer}:{reference}")
    if counted > expected:
        return ledger.move(dealer_id, frm=drawer_acc, to=difference, amount=counted - expected, entry=entry)
    if counted < expected:
        return ledger.move(dealer_id, frm=difference, to=drawer_acc, amount=expected - counted, entry=entry)
    return None


def lend(dealer_id: int, *, person: str, amount: int, reference: str, order_id: int) -> int:
    """Sold on credit: the person owes what would have been paid."""
    entry = Entry(f"credit:{reference}", order_id=order_id)
    return ledger.move(dealer_id, frm=accounts.receivable(person), to=accounts.UNAPPLIED, amount=amount, entry=entry)


def repay(dealer_id: int, *, person: str, drawer: str, amount: int, reference: str) -> int:
    """A debt was paid in cash."""
    entry = Entry(f"repay:{reference}")
    return ledger.move(dealer_id, frm=accounts.cash(drawer), to=accounts.receivable(person), amount=amount, entry=entry)


def reconcile(dealer_id: int, *, frm: Acc, to: Acc, amount: int, difference_id: int) -> int:
    """A day's statement says another sum than our book, and a person said that it is right, or a loss to be borne."""
    return ledger.move(dealer_id, frm=frm, to=to, amount=amount, entry=Entry(f"reconcile:{difference_id}"))


def reconcile_back(order: Order, cost: Transfer, *, to: Acc, supplier: Acc, difference_id: int) -> int:
    """The supplier's statement does not know an order that we booked with it: the whole cost comes back."""
    entry = Entry(f"reconcile:{difference_id}", order_id=order.pk, reverses=cost.pk)
    return ledger.move(order.dealer_id, frm=supplier, to=to, amount=cost.amount, entry=entry)
