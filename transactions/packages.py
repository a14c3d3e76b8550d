"""What a data package holds, read from the name it is sold under, so that packages can be compared and sifted.

Suppliers write it there and nowhere else: `Telkomsel Data 3 GB 7 Hari`. What cannot be read is shown as it is.
"""

import re
from dataclasses import dataclass

_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(GB|MB)\b", re.IGNORECASE)
_DAYS = re.compile(r"(\d+)\s*(?:hari|hr|days?)\b", re.IGNORECASE)
_MEGABYTES = {"GB": 1000, "MB": 1}
_ROUND_TO = 100


@dataclass(frozen=True)
class Package:
    """Megabytes (a gigabyte is a thousand, as operators count) and days."""

    megabytes: int
    days: int

    @property
    def size(self) -> str:
        """`3 GB`, `1,5 GB`, `500 MB`."""
        if self.megabytes < _MEGABYTES["GB"]:
            return f"{self.megabytes} MB"
        return f"{self.megabytes / _MEGABYTES['GB']:g} GB".replace(".", ",")

    def per_gigabyte(self, price: int) -> int:
        """Rupiah for a gigabyte, to the nearest hundred: good enough to compare by."""
        return _rounded(price * _MEGABYTES["GB"], self.megabytes)

    def per_day(self, price: int) -> int:
        """Rupiah for a day, to the nearest hundred."""
        return _rounded(price, self.days)


def read(name: str) -> Package | None:
    """The package that a product's name speaks of; None when size or days are not to be found."""
    size, days = _SIZE.search(name), _DAYS.search(name)
    if size is None or days is None:
        return None
    megabytes = round(float(size[1].replace(",", ".")) * _MEGABYTES[size[2].upper()])
    found = Package(megabytes, int(days[1]))
    return found if found.megabytes and found.days else None


def _rounded(amount: int, parts: int) -> int:
    return (2 * amount + parts * _ROUND_TO) // (2 * parts * _ROUND_TO) * _ROUND_TO


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """Which packages are shown, and in which order: the values of the three fields above them, "" for all."""

    days: str = ""
    price: str = ""
    order: str = ""

    def lets_through(self, found: Package | None, price: int) -> bool:
        """Whether a package at this price (rupiah) is shown; what cannot be read has no days to ask for."""
        if self.price and price > int(self.price):
            return False
        if not self.days:
            return True
        least, most = DAYS[self.days]
        return found is not None and least <= found.days <= most

    def place(self, found: Package | None, price: int) -> tuple[int, int]:
        """What to sort by; the smallest first where nothing was chosen, what cannot be read last."""
        if self.order == "price":
            return 0, price
        if found is None:
            return 1, price
        if self.order == "per_gb":
            return 0, price * 1000 // found.megabytes
        return 0, -found.megabytes if self.order == "size" else found.megabytes


DAYS = {"3": (1, 3), "14": (4, 14), "30": (15, 100_000)}
"""Days from and to, by the value of the field."""
PRICES = (25_000, 50_000, 100_000)
ORDERS = ("price", "per_gb", "size")


def sieve(*, days: str, price: str, order: str) -> Sieve:
    """The sieve of these fields; what they do not know counts as not said."""
    return Sieve(
        days=days if days in DAYS else "",
        price=price if price in {str(known) for known in PRICES} else "",
        order=order if order in ORDERS else "",
    )
