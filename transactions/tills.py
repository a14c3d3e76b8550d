"""Where a dealer takes money: its QRIS sticker and its bank accounts, set up by people who proved who they are.

At most one QRIS is open; another one closes it. A bank account is never edited: it is closed, and opened again.
The first account of a dealer is `bank:main` in the book, the one that the book was opened with.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from dealers.models import Dealer, User
from transactions import ledger
from transactions.gateways.qris import Sticker
from transactions.models import BankAccount, Qris

MAIN = "main"


class KnownAccount(Exception):
    """The dealer has this account already."""


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """A bank account as staff wrote it."""

    bank: str
    number: str
    holder: str


def use_qris(dealer: Dealer, sticker: Sticker, *, actor: User | None) -> Qris:
    """From now on this sticker makes the codes; open codes of the one before stay what they are."""
    Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    now = Qris.objects.filter(dealer=dealer, is_open=True).first()
    if now is not None and now.payload == sticker.payload:
        return now
    close_qris(dealer)
    return Qris.objects.create(
        dealer=dealer,
        payload=sticker.payload,
        merchant_name=sticker.merchant_name,
        city=sticker.city,
        nmid=sticker.nmid,
        added_by=actor,
    )


def close_qris(dealer: Dealer) -> None:
    """Offer no QRIS any more."""
    Qris.objects.filter(dealer=dealer, is_open=True).update(is_open=False)


def add_account(dealer: Dealer, wanted: NewAccount, *, actor: User | None) -> BankAccount:
    """Take transfers to this account, too. Raises `KnownAccount`."""
    Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    count = BankAccount.objects.filter(dealer=dealer).count()
    try:
        with transaction.atomic():
            return BankAccount.objects.create(
                dealer=dealer,
                code=f"rek-{count + 1}" if count else MAIN,
                bank=wanted.bank,
                number=wanted.number,
                holder=wanted.holder,
                added_by=actor,
            )
    except IntegrityError as error:
        if ledger.constraint(error) != "one_bank_account_per_number":
            raise
        raise KnownAccount from error


def switch_account(account: BankAccount, *, is_open: bool) -> None:
    """Offer an account to buyers, or no more; money may come in either way."""
    account.is_open = is_open
    account.save(update_fields=["is_open"])
