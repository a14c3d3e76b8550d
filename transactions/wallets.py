"""A person's money and last orders at every dealer where they are a customer.

Each dealer's book is read in a transaction of its own: nothing sees two dealers at once.
"""

from dataclasses import dataclass

from django.db import connection

from dealers.models import Dealer, User
from portal.lib import tenancy
from transactions import accounts, ledger
from transactions.models import Order

_LAST = 5


@dataclass(frozen=True)
class Purse:
    """What a person has at one dealer: `balance` in rupiah, and the newest orders."""

    dealer: Dealer
    balance: int
    orders: list[Order]


def purses(user: User) -> list[Purse]:
    """One purse per dealer where the person ever had money or ordered, by the dealer's name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dealers_of_customer(%s)", [user.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return [_purse(dealer, user) for dealer in Dealer.objects.filter(pk__in=ids).order_by("name", "pk")]


def _purse(dealer: Dealer, user: User) -> Purse:
    with tenancy.inside(dealer.pk):
        newest = Order.objects.filter(dealer=dealer, customer=user).select_related("product").order_by("-pk")
        balance = ledger.wallet_balance(dealer.pk, accounts.customer_wallet(user.pk))
        return Purse(dealer, balance, list(newest[:_LAST]))
