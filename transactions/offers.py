"""An offer of a supplier's price list in our words: which brand and kind, how much it is worth, what to call it here.

Suppliers name brands and kinds as they like, and say the face value in the product's name only. What cannot be
told is left open for whoever takes the offer; nothing is guessed beyond the name.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from transactions.models import Brand, Kind
from transactions.suppliers.base import Offer

SKU = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
"""What a dealer's own code looks like: it stands in addresses and is typed at the counter."""
_LONGEST_SKU = 20
_KINDS = {
    "pulsa": Kind.PULSA,
    "data": Kind.DATA,
    "paket data": Kind.DATA,
    "pln": Kind.PLN,
    "token pln": Kind.PLN,
}
_RUPIAH = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?![\d.,])|(?<![\d.,])\d{4,7}(?![\d.,])")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,4}) ?(?:rb|ribu|k)\b", re.IGNORECASE)
_GIGABYTES = re.compile(r"(\d+(?:[.,]\d+)?) ?GB\b", re.IGNORECASE)
_DAYS = re.compile(r"(\d+) ?(?:hari|hr|days?)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One offer; `kind` None: nothing that is sold here, `brand` None: not known by that name, `nominal` rupiah."""

    offer: Offer
    kind: Kind | None
    brand: Brand | None
    nominal: int

    @property
    def brand_name(self) -> str:
        """Our name of the brand, or the supplier's."""
        return self.brand.name if self.brand else self.offer.brand


def read(offers: Iterable[Offer]) -> list[Line]:
    """Offers in our words, by brand, kind and face value."""
    brands = {_plain(name): brand for brand in Brand.objects.all() for name in (brand.code, brand.name)}
    found = [_line(offer, brands.get(_plain(offer.brand))) for offer in offers]
    return sorted(found, key=_place)


def _line(offer: Offer, brand: Brand | None) -> Line:
    kind = Kind(offer.kind) if offer.kind in Kind.values else _KINDS.get(offer.category.casefold())
    return Line(offer=offer, kind=kind, brand=brand, nominal=offer.nominal or _nominal(offer.name, kind))


def _place(line: Line) -> tuple[int, str, int, int, int, str]:
    position = line.brand.position if line.brand else 1_000
    kind = list(Kind).index(line.kind) if line.kind else len(Kind)
    return position, line.brand_name, kind, line.nominal, line.offer.price, line.offer.sku


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _nominal(name: str, kind: Kind | None) -> int:
    """The face value in rupiah that a name tells; packages have none."""
    if kind in {None, Kind.DATA}:
        return 0
    if amounts := _RUPIAH.findall(name):
        return int(re.sub(r"[.,]", "", amounts[-1]))
    thousands = _THOUSANDS.findall(name)
    return int(thousands[-1]) * 1_000 if thousands else 0


def suggest_sku(line: Line, taken: Collection[str]) -> str:
    """A free code of our own: brand and thousands (`TSEL25`), brand and size (`TSELGB5`), else the supplier's code."""
    name = line.offer.name
    brand, days = line.brand.code if line.brand else "", _DAYS.search(name)
    gigabytes = _GIGABYTES.search(name)
    if brand and line.nominal:
        wanted = f"{brand}{line.nominal // 1_000 if line.nominal % 1_000 == 0 else line.nominal}"
    elif brand and gigabytes:
        wanted = f"{brand}GB{re.sub('[.,]', '', gigabytes[1])}"
    else:
        wanted = re.sub(r"[^A-Z0-9]+", "-", line.offer.sku.upper()).strip("-")[:_LONGEST_SKU] or "X"
    if wanted in taken and days:
        wanted = f"{wanted}D{days[1]}"[:_LONGEST_SKU]
    free, n = wanted, 1
    while free in taken:
        n += 1
        free = f"{wanted[: _LONGEST_SKU - 1 - len(str(n))]}-{n}"
    return free
