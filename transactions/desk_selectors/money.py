"""The book as its owner reads it: what the shop has, what it keeps for others, earned and spent.

In the ledger an account's balance is Σ in − Σ out, so what is owned or spent is negative there. Here
every sum is shown the way a shopkeeper counts: cash in the drawer is a positive number.
"""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer, User
from transactions import accounts, ledger, rollups
from transactions.accounts import Acc
from transactions.desk_selectors import account_names
from transactions.desk_selectors.account_names import Owner
from transactions.models import Account, AccountKind, Order

OWNED = (
    AccountKind.CASH,
    AccountKind.BANK,
    AccountKind.CLEARING,
    AccountKind.SUPPLIER,
    AccountKind.RECEIVABLE,
    AccountKind.DUE_FROM,
)
KEPT = (
    AccountKind.WALLET,
    AccountKind.HELD,
    AccountKind.HELD_WITHDRAWALS,
    AccountKind.UNAPPLIED,
    AccountKind.REFUNDS_DUE,
    AccountKind.SUSPENSE,
    AccountKind.DUE_TO,
    AccountKind.EQUITY,
)
EARNED = (AccountKind.SALES, AccountKind.FEE_INCOME, AccountKind.SHARE_EARNED)
SPENT = (
    AccountKind.COST,
    AccountKind.GATEWAY_FEE,
    AccountKind.COMMISSION,
    AccountKind.SHARE_PAID,
    AccountKind.GOODWILL,
    AccountKind.PROMO,
    AccountKind.LATE_LOSS,
    AccountKind.CASH_DIFFERENCE,
)
_GROUPS: tuple[tuple[Promise, tuple[AccountKind, ...]], ...] = (
    (_("Uang toko"), OWNED),
    (_("Titipan dan utang"), KEPT),
    (_("Pendapatan"), EARNED),
    (_("Biaya"), SPENT),
)


def sign(kind: str) -> int:
    """1 where the ledger counts as a shopkeeper does, −1 where it is the other way round."""
    return -1 if kind in OWNED or kind in SPENT else 1


@dataclass(frozen=True)
class Line:
    """One account and what is in it, in rupiah, as a shopkeeper counts."""

    account: Account
    name: str
    balance: int


@dataclass(frozen=True)
class Group:
    """Accounts of one sort, and their sum in rupiah."""

    name: str | Promise
    lines: list[Line]
    wallets: int = 0

    @property
    def total(self) -> int:
        """The sum of the group."""
        return self.wallets + sum(line.balance for line in self.lines)


def groups(dealer: Dealer) -> list[Group]:
    """Every account of the book but the wallets, which stand together as one sum."""
    rows = list(Account.objects.filter(dealer=dealer).exclude(kind=AccountKind.WALLET).order_by("kind", "key"))
    held = Account.objects.filter(dealer=dealer, kind=AccountKind.WALLET).aggregate(n=Sum("balance"))["n"] or 0
    called, made = account_names.names(dealer.pk, rows), []
    for name_of, kinds in _GROUPS:
        lines = [
            Line(row, called[account_names.key(row)], balance_of(dealer, row))
            for kind in kinds
            for row in rows
            if row.kind == kind
        ]
        made.append(Group(name_of, lines, held if AccountKind.WALLET in kinds else 0))
    return made


def balance_of(dealer: Dealer, row: Account) -> int:
    """What is in an account now, as a shopkeeper counts, in rupiah."""
    return sign(row.kind) * rollups.balance(dealer.pk, Acc(AccountKind(row.kind), row.key))


def name(dealer: Dealer, row: Account) -> str:
    """What one account is called."""
    return account_names.names(dealer.pk, [row])[account_names.key(row)]


@dataclass(frozen=True)
class Wallet:
    """A wallet and whose it is."""

    account: Account
    owner: Owner


def wallet_rows(dealer: Dealer) -> QuerySet[Account]:
    """Every wallet, the fullest first."""
    return Account.objects.filter(dealer=dealer, kind=AccountKind.WALLET).order_by("-balance", "id")


def with_owners(rows: list[Account]) -> list[Wallet]:
    """Wallets with their owners, looked up together."""
    owners = account_names.owners(rows)
    return [Wallet(row, owners[row.key]) for row in rows]


@dataclass(frozen=True)
class Customer:
    """Somebody who may put money in; the name is shown only where they are known already."""

    user: User
    balance: int
    is_known: bool


def customer(dealer: Dealer, user: User) -> Customer:
    """A person as this dealer knows them."""
    known = Account.objects.filter(dealer=dealer, kind=AccountKind.WALLET, key=f"customer:{user.pk}").exists()
    known = known or Order.objects.filter(dealer=dealer, customer=user).exists()
    return Customer(user, ledger.wallet_balance(dealer.pk, accounts.customer_wallet(user.pk)), known)
