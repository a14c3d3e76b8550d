"""What the tests of opening a dealer share: what is asked for, with one thing changed."""

from dataclasses import replace
from typing import Any

from portal.opening import NewDealer, Opened, open_dealer

OPERATOR = NewDealer(slug="pusat", name="Pusat", owner="bos@pusat.test", is_zero=True, buys_stock=False)
SHOP = NewDealer(
    slug="toko-baru",
    name="Toko Baru",
    owner="siti@toko-baru.test",
    owner_name="Siti",
    regency="Kota Bandung",
    address="Jl. Braga 1",
    phone="+622242000000",
)


def shop(**changes: Any) -> NewDealer:
    """The shop, with some of it changed."""
    return replace(SHOP, **changes)


def opened(**changes: Any) -> Opened:
    """The shop, opened after the operator."""
    open_dealer(OPERATOR)
    return open_dealer(shop(**changes))
