"""Finding an order without its secret link: by what stands on its receipt, and only to be read.

By code and the last four digits, the buyer (or whoever holds the receipt) sees how it stands. By the receipt's own
code anybody sees whether it is genuine, and less. Neither way leads to the secret link.
"""

from dataclasses import dataclass

from django.db import connection

from dealers.models import Dealer
from portal.lib import ids, tenancy
from transactions.models import Order, Proof
from transactions.slips import content


class NotFound(Exception):
    """Nothing fits; which part of it does not is not said."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An order that was found."""

    dealer: Dealer
    order: Order


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a receipt's own code says; `returned` is what went back of the price, in rupiah."""

    dealer: Dealer
    order: Order
    returned: int


def by_end(code: str, end: str) -> Found:
    """The order with this code whose number ends in these four digits. Raises `NotFound`."""
    try:
        dealer_id = _dealer("SELECT dealer_of_order_to(%s, %s)", ids.normalise(code), end)
    except ids.BadCode as error:
        raise NotFound from error
    dealer = Dealer.objects.get(pk=dealer_id)
    with tenancy.inside(dealer.pk):
        order = Order.objects.select_related("product__brand").get(dealer=dealer, code=ids.normalise(code))
        return Found(dealer=dealer, order=order)


def by_proof(code: str) -> Verified:
    """The receipt with this code. Raises `NotFound`."""
    try:
        plain = ids.normalise_receipt(code)
    except ids.BadCode as error:
        raise NotFound from error
    dealer = Dealer.objects.get(pk=_dealer("SELECT dealer_of_proof(%s)", plain))
    with tenancy.inside(dealer.pk):
        order = Proof.objects.select_related("order__product__brand").get(dealer=dealer, code=plain).order
        return Verified(dealer=dealer, order=order, returned=content.returned(order))


def _dealer(sql: str, *given: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found = cursor.fetchone()[0]
    if found is None:
        raise NotFound
    return int(found)
