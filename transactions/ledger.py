"""The only writer of the ledger.

`move` writes one transfer, `resolve` takes a hold out of *held*. Both are idempotent by reference:
the same booking twice is one transfer, another booking under the same reference is refused. Which
bookings exist is in `postings.py`; what the database itself refuses is in `sql/ledger_v1.sql`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from portal.lib import roundtrip
from portal.lib.roundtrip import Statement
from transactions.accounts import Acc
from transactions.models import Account, AccountKind, Transfer


class Refused(Exception):
    """The ledger would not write this; nothing was written."""


class InsufficientBalance(Refused):
    """The wallet does not hold enough."""


class ReferenceReused(Refused):
    """The reference stands for another transfer."""


class NoHold(Refused):
    """There is no unresolved hold for this order."""


_BY_CODE: dict[str, type[Refused]] = {"KN001": InsufficientBalance, "KN010": ReferenceReused}
_BALANCE = """
SELECT coalesce((SELECT sum(amount) FROM transfer WHERE dealer_id = %(dealer)s AND to_id = %(account)s), 0)
     - coalesce((SELECT sum(amount) FROM transfer WHERE dealer_id = %(dealer)s AND frm_id = %(account)s), 0)
"""


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a database error, "" when it has none."""
    return getattr(error.__cause__, "pgcode", None) or ""


def constraint(error: BaseException) -> str:
    """The name of the constraint that refused, "" when none did."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


@dataclass(frozen=True)
class Entry:
    """What a transfer is about, beside its two ends."""

    reference: str
    order_id: int | None = None
    resolves: int | None = None
    reverses: int | None = None


def account_id(dealer_id: int, acc: Acc) -> int:
    """The row of an account, made when it is first used."""
    found = roundtrip.ask(Statement("SELECT account_v1(%s, %s, %s)", [dealer_id, *acc]))
    return int(found[0]) if found else 0


def open_book(dealer_id: int) -> None:
    """Make the accounts that the purchase function expects."""
    for kind in (AccountKind.HELD, AccountKind.UNAPPLIED, AccountKind.SALES, AccountKind.COST):
        account_id(dealer_id, Acc(kind))


def move(dealer_id: int, *, frm: Acc, to: Acc, amount: int, entry: Entry) -> int:
    """Write one transfer of `amount` rupiah and return its id; a repeat returns the one that stands.

    Raises `InsufficientBalance` when a wallet would fall below its credit limit, `ReferenceReused`
    when the reference stands for something else; the transaction can go on after either.
    """
    posting = _posting("SELECT id, refusal, said FROM try_book_v1", dealer_id, frm, to, amount, entry)
    found = roundtrip.ask(posting)
    if found is None:
        raise Refused("no answer")
    transfer_id, refusal, said = found
    if refusal:
        raise _BY_CODE[refusal](said)
    return int(transfer_id)


def posting(dealer_id: int, *, frm: Acc, to: Acc, amount: int, entry: Entry) -> Statement:
    """The same as a statement to be sent with others; a refusal ends the transaction as any error does.

    For accounts that are no wallets, under the lock of an order whose book says that nothing of it is booked yet.
    """
    return _posting("SELECT book_v1", dealer_id, frm, to, amount, entry)


def _posting(call: str, dealer_id: int, frm: Acc, to: Acc, amount: int, entry: Entry) -> Statement:
    values = [dealer_id, *frm, *to, amount, entry.reference, entry.order_id, entry.resolves, entry.reverses]
    return Statement(f"{call}(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", values)


def hold_of(dealer_id: int, order_id: int) -> Transfer:
    """The hold of an order's price. Raises `NoHold` when there is none."""
    return hold_in(Transfer.objects.filter(dealer_id=dealer_id, order_id=order_id, to_kind=AccountKind.HELD), order_id)


def hold_in(book: Iterable[Transfer], order_id: int) -> Transfer:
    """The same among the transfers of the order. Raises `NoHold` when there is none."""
    hold = next((row for row in book if row.to_kind == AccountKind.HELD), None)
    if hold is None:
        raise NoHold(f"order {order_id} was never paid")
    return hold


def resolve(dealer_id: int, *, hold: Transfer, to: Acc, reference: str) -> int:
    """Take a hold out of where it lies, in full, to where it belongs.

    Raises `ReferenceReused` on another booking under the reference; the database refuses a second resolution.
    """
    lies_in = Account.objects.get(pk=hold.to_id, dealer_id=dealer_id)
    return move(
        dealer_id,
        frm=Acc(AccountKind(lies_in.kind), lies_in.key),
        to=to,
        amount=hold.amount,
        entry=Entry(reference, order_id=hold.order_id, resolves=hold.pk),
    )


def transfer(dealer_id: int, reference: str) -> Transfer | None:
    """The transfer under a reference."""
    return Transfer.objects.filter(dealer_id=dealer_id, reference=reference).first()


def wallet_balance(dealer_id: int, acc: Acc) -> int:
    """What a wallet holds, in rupiah; 0 when it was never used."""
    found = Account.objects.filter(dealer_id=dealer_id, kind=acc.kind, key=acc.key).values_list("balance", flat=True)
    return found.first() or 0


def balance(dealer_id: int, acc: Acc) -> int:
    """Σ in − Σ out of any account, from the transfers themselves, in rupiah."""
    account = Account.objects.filter(dealer_id=dealer_id, kind=acc.kind, key=acc.key).values_list("id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, {"dealer": dealer_id, "account": account.first()})
        return int(cursor.fetchone()[0])


def set_credit_limit(dealer_id: int, acc: Acc, *, limit: int) -> None:
    """Let a wallet fall to −`limit` rupiah; the database refuses a limit below what is already owed."""
    Account.objects.filter(pk=account_id(dealer_id, acc)).update(credit_limit=limit)
