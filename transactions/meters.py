"""Whose electricity meter a number is, asked of a supplier before anything is paid.

A question, never money: nothing is kept of the answer, and of the name only as much is shown as somebody needs who
knows it. One supplier is asked, for a few seconds; a buyer does not wait for the second.
"""

import re
from dataclasses import dataclass

from django.conf import settings

from dealers.models import Dealer
from portal.lib import tenancy
from transactions import catalog
from transactions.models import Kind, Product, Supplier
from transactions.suppliers import connections
from transactions.suppliers.base import ChecksPln, PlnCustomer, SupplierUnavailable

_ZERO = "zero"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who a meter belongs to: `BU•• SA•••••`, and tariff and power as the supplier wrote them."""

    meter: str
    name: str
    power: str


class UnknownMeter(Exception):
    """The electricity company has no such meter."""


class CannotAsk(Exception):
    """No supplier could say; the number may be right or wrong."""


def holder(dealer: Dealer, meter: str) -> Holder:
    """Whose meter this is, with the name masked, for a buyer at a shop. Raises `UnknownMeter`, `CannotAsk`."""
    found = customer(dealer, meter)
    return Holder(meter=meter, name=masked(found.name), power=spaced(found.segment_power))


def customer(dealer: Dealer, meter: str) -> PlnCustomer:
    """Ask whose meter this is. Opens short transactions and calls outside of them.

    Raises `UnknownMeter`, `CannotAsk`.
    """
    supplier = _supplier(dealer)
    if supplier is None:
        raise CannotAsk
    try:
        connector = connections.connect(supplier, seconds=settings.NAME_CHECK_SECONDS)
        found = connector.inquire_pln(meter) if isinstance(connector, ChecksPln) else None
    except SupplierUnavailable as away:
        raise CannotAsk from away
    if found is None:
        raise UnknownMeter
    return found


def masked(name: str) -> str:
    """`BUDI SANTOSO` -> `BU•• SA•••••`: two letters of each word, one of a short one."""
    words = [re.sub(r"\W", "", word) for word in name.split()]
    return " ".join(_masked_word(word) for word in words if word)


def _masked_word(word: str) -> str:
    shown = word[: 2 if len(word) > 3 else 1]
    return shown + "•" * min(len(word) - len(shown), 6)


def spaced(segment_power: str) -> str:
    """`R1/1300VA`, `R1 /000001300` -> `R1 · 1.300 VA`; anything else as it came."""
    match = re.fullmatch(r"\s*(\w+)\s*/\s*0*(\d+)\s*(?:VA)?\s*", segment_power)
    return f"{match[1]} · {int(match[2]):,} VA".replace(",", ".") if match else segment_power.strip()


def _supplier(dealer: Dealer) -> Supplier | None:
    """Whoever would deliver a token and knows names; a partner's stock is dealer zero's, and so are its suppliers."""
    known = _able(dealer)
    if known is not None and known.connector == _ZERO:
        zero = Dealer.objects.filter(is_zero=True).exclude(pk=dealer.pk).first()
        return _able(zero) if zero else None
    return known


def _able(dealer: Dealer) -> Supplier | None:
    with tenancy.inside(dealer.pk):
        found: list[Supplier] = []
        for product in Product.objects.filter(dealer=dealer, kind=Kind.PLN, is_open=True):
            found += [route.supplier for route in catalog.open_routes(product, max_cost=2**31)]
            if found:
                break
    direct = (supplier for supplier in found if supplier.connector != _ZERO)
    return next(direct, found[0] if found else None)
