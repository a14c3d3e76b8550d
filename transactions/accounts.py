"""Names of accounts, as the postings speak of them; the rows are made when first used."""

from typing import NamedTuple

from transactions.models import AccountKind, Order, Supplier


class Acc(NamedTuple):
    """One account of the book at hand: its kind, and whom or what it is for."""

    kind: AccountKind
    key: str = ""


HELD = Acc(AccountKind.HELD)
HELD_WITHDRAWALS = Acc(AccountKind.HELD_WITHDRAWALS)
UNAPPLIED = Acc(AccountKind.UNAPPLIED)
REFUNDS_DUE = Acc(AccountKind.REFUNDS_DUE)
SALES = Acc(AccountKind.SALES)
COST = Acc(AccountKind.COST)
FEE_INCOME = Acc(AccountKind.FEE_INCOME)
GATEWAY_FEE = Acc(AccountKind.GATEWAY_FEE)
SHARE_EARNED = Acc(AccountKind.SHARE_EARNED)
SHARE_PAID = Acc(AccountKind.SHARE_PAID)
COMMISSION = Acc(AccountKind.COMMISSION)
GOODWILL = Acc(AccountKind.GOODWILL)
PROMO = Acc(AccountKind.PROMO)
LATE_LOSS = Acc(AccountKind.LATE_LOSS)
STATEMENT_LOSS = Acc(AccountKind.LATE_LOSS, "reconcile")
"""What a supplier's statement has more than our book, where the dealer bears it."""
CASH_DIFFERENCE = Acc(AccountKind.CASH_DIFFERENCE)
EQUITY = Acc(AccountKind.EQUITY)


def customer_wallet(user_id: int) -> Acc:
    """What the dealer keeps for a customer."""
    return Acc(AccountKind.WALLET, f"customer:{user_id}")


def wallet(key: str) -> Acc:
    """A wallet by its key: `customer:<id>`, `partner:<id>`, `dealer:<id>`, `batch:<id>`."""
    return Acc(AccountKind.WALLET, key)


def clearing(gateway: str) -> Acc:
    """Money with a payment gateway."""
    return Acc(AccountKind.CLEARING, gateway)


def suspense(source: str) -> Acc:
    """Money that came by this bank or gateway and belongs to nobody known."""
    return Acc(AccountKind.SUSPENSE, source)


def bank(account: str) -> Acc:
    """Money in a bank account."""
    return Acc(AccountKind.BANK, account)


def cash(drawer: str) -> Acc:
    """Money in a drawer."""
    return Acc(AccountKind.CASH, drawer)


def supplier(code: str) -> Acc:
    """The dealer's deposit at a supplier; negative while money lies there."""
    return Acc(AccountKind.SUPPLIER, code)


def receivable(person: str) -> Acc:
    """What a person owes the dealer."""
    return Acc(AccountKind.RECEIVABLE, person)


def due_to(dealer_slug: str) -> Acc:
    """What this dealer owes another dealer."""
    return Acc(AccountKind.DUE_TO, dealer_slug)


def due_from(dealer_slug: str) -> Acc:
    """What another dealer owes this one."""
    return Acc(AccountKind.DUE_FROM, dealer_slug)


def supplier_of(supplier_row: Supplier) -> Acc:
    """The deposit account of a supplier row."""
    return supplier(supplier_row.code)


def payer_of(order: Order) -> Acc | None:
    """The wallet that an order's money goes back to; None for a guest."""
    if order.wallet is not None:
        return wallet(order.wallet.key)
    return customer_wallet(order.customer_id) if order.customer_id else None
