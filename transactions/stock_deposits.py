"""Deposits of a dealer at dealer zero, whose stock it buys: its partner's tickets there, opened from its own desk.

Everything is in dealer zero's book, so it is called outside the buying dealer's transaction.
"""

from dataclasses import dataclass

from dealers.models import Dealer, Partner, PartnerState
from portal.lib import tenancy
from transactions import accounts, deposit_tickets, ledger
from transactions.deposit_tickets import Opened, Wish
from transactions.models import BankAccount, DepositTicket, TicketSource

_SHOWN = 20


class NoStock(Exception):
    """The dealer is no partner of dealer zero."""


@dataclass(frozen=True)
class Seen:
    """What the buying dealer sees: who sells, the balance in rupiah there, the banks to transfer to, its tickets."""

    zero: Dealer
    balance: int
    banks: list[str]
    tickets: list[DepositTicket]


def look(buyer: Dealer) -> Seen:
    """The dealer's deposits at dealer zero, newest first. Raises `NoStock`."""
    zero, partner = _partner(buyer)
    with tenancy.inside(zero.pk):
        balance = ledger.wallet_balance(zero.pk, accounts.wallet(partner.wallet_key))
        rows = BankAccount.objects.filter(dealer=zero, is_open=True).order_by("id")
        banks = list(dict.fromkeys(rows.values_list("bank", flat=True)))
        return Seen(zero, balance, banks, list(deposit_tickets.of(partner)[:_SHOWN]))


def open_(buyer: Dealer, *, amount: int, bank: str) -> Opened:
    """A ticket at dealer zero. Raises `NoStock`, and what `deposit_tickets.open_` raises."""
    _zero, partner = _partner(buyer)
    return deposit_tickets.open_(partner, Wish(amount=amount, source=TicketSource.DESK, bank=bank))


def find(buyer: Dealer, code: str) -> DepositTicket:
    """One of the dealer's tickets. Raises `NoStock`, `deposit_tickets.UnknownTicket`."""
    zero, partner = _partner(buyer)
    with tenancy.inside(zero.pk):
        found = deposit_tickets.of(partner).filter(code=code).first()
    if found is None:
        raise deposit_tickets.UnknownTicket(code)
    return found


def claim(buyer: Dealer, code: str, *, proof: str) -> DepositTicket:
    """The dealer says that it has paid. Raises `NoStock`, `deposit_tickets.UnknownTicket`."""
    return deposit_tickets.claim(_partner(buyer)[1], code, proof=proof)


def give_up(buyer: Dealer, code: str) -> DepositTicket:
    """The dealer will not pay after all. Raises `NoStock`, `UnknownTicket`, `AlreadyOver`."""
    zero, partner = _partner(buyer)
    return deposit_tickets.give_up(zero.pk, code, by=None, partner=partner)


def _partner(buyer: Dealer) -> tuple[Dealer, Partner]:
    zero = Dealer.objects.filter(is_zero=True).exclude(pk=buyer.pk).first()
    if zero is None:
        raise NoStock
    with tenancy.inside(zero.pk):
        partner = Partner.objects.filter(dealer=zero, buyer=buyer, state=PartnerState.ACTIVE).first()
    if partner is None:
        raise NoStock
    return zero, partner
