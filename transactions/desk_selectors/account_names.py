"""What accounts are called where staff with the right to see money read them: by people's names, not by keys.

Whoever the keys name (customers, partners, dealers, suppliers, banks) is looked up together, whatever the number
of accounts: at most one query for each of the five.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dealers.models import Dealer, Partner, User
from transactions.desk_selectors import words
from transactions.models import Account, AccountKind, BankAccount, Supplier

Key = tuple[str, str]
_OF_DEALERS = frozenset({AccountKind.DUE_TO, AccountKind.DUE_FROM})
_OF_BANKS = frozenset({AccountKind.BANK, AccountKind.SUSPENSE})


def key(row: Account) -> Key:
    """What an account is known by within its book."""
    return row.kind, row.key


def names(dealer_id: int, rows: Iterable[Account]) -> dict[Key, str]:
    """`Saldo · Siti`, `Deposit di pemasok · Konter A`, `Kas · gerai`, for each of the dealer's accounts."""
    found = {key(row): row for row in rows}
    people = owners(found.values())
    shops = _by_slug({name for kind, name in found if kind in _OF_DEALERS})
    suppliers = _by_code(dealer_id, {name for kind, name in found if kind == AccountKind.SUPPLIER})
    banks = _by_account(dealer_id, {name for kind, name in found if kind in _OF_BANKS})
    known: dict[Key, str] = {}
    for (kind, name), row in found.items():
        if kind == AccountKind.WALLET:
            whose = people[name].name
        elif kind in _OF_DEALERS:
            whose = shops.get(name, name)
        elif kind in _OF_BANKS:
            whose = banks.get(name, "")
        else:
            whose = suppliers.get(name, "") if kind == AccountKind.SUPPLIER else ""
        known[kind, name] = words.account(row, whose=whose)
    return known


@dataclass(frozen=True)
class Owner:
    """Whose a wallet is; the address tells two people of one name apart, "" where there is none."""

    name: str
    email: str = ""


def owners(rows: Iterable[Account]) -> dict[str, Owner]:
    """The owner of each wallet by its key; a wallet of nobody who is known is named by its key."""
    keys = {row.key for row in rows if row.kind == AccountKind.WALLET}
    found = {wallet: Owner(wallet) for wallet in keys}
    if people := _ids(keys, "customer"):
        for pk, name, email in User.objects.filter(pk__in=people).values_list("pk", "name", "email"):
            found[f"customer:{pk}"] = Owner(name, email)
    for kind, rows_of in (("partner", Partner.objects), ("dealer", Dealer.objects)):
        if ids := _ids(keys, kind):
            found |= {f"{kind}:{pk}": Owner(name) for pk, name in rows_of.filter(pk__in=ids).values_list("pk", "name")}
    return found


def _ids(keys: Iterable[str], whose: str) -> list[int]:
    parts = (key.partition(":") for key in keys)
    return [int(number) for kind, _colon, number in parts if kind == whose and number.isdecimal()]


def _by_slug(slugs: set[str]) -> dict[str, str]:
    return dict(Dealer.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}


def _by_code(dealer_id: int, codes: set[str]) -> dict[str, str]:
    return (
        dict(Supplier.objects.filter(dealer_id=dealer_id, code__in=codes).values_list("code", "name")) if codes else {}
    )


def _by_account(dealer_id: int, codes: set[str]) -> dict[str, str]:
    rows = BankAccount.objects.filter(dealer_id=dealer_id, code__in=codes) if codes else []
    return {row.code: row.tail for row in rows}
