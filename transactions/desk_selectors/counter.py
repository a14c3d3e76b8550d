"""What can be sold to a number at the counter, with what each sale brings."""

from dataclasses import dataclass
from typing import Any

from dealers.models import Dealer
from transactions import catalog, pricing
from transactions.models import Brand, Kind, Product


@dataclass(frozen=True)
class Choice:
    """A tile and the cost behind it, in rupiah."""

    tile: catalog.Tile
    cost: int | None

    @property
    def value(self) -> str:
        """What the form sends: the code, and the price that the cashier sees."""
        return f"{self.tile.product.sku}:{self.tile.price}"

    @property
    def margin(self) -> int | None:
        """What remains of the sale."""
        return pricing.margin(self.tile.price, self.cost)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What this number can be sold; `brand` is a default that the cashier may change."""

    number: str
    kind: Kind
    brand: Brand | None
    is_detected: bool
    brands: list[Brand]
    choices: list[Choice]


def kinds(dealer: Dealer) -> list[Kind]:
    """The kinds that the dealer sells."""
    sold = set(Product.objects.filter(dealer=dealer, is_open=True).values_list("kind", flat=True).distinct())
    return [kind for kind in Kind if kind in sold] or [Kind.PULSA]


def offer(dealer: Dealer, given: dict[str, Any], number: str) -> Offer:
    """The products for a number that was read by the form."""
    kind = Kind(given.get("kind") or Kind.PULSA)
    brands = list(catalog.brands(dealer.pk, kind))
    detected = catalog.detect_brand(number) if number.startswith("+") else None
    wanted = next((brand for brand in brands if brand.code == given.get("brand")), None)
    only = brands[0] if len(brands) == 1 and not number.startswith("+") else None
    brand = wanted or detected or only
    tiles = catalog.tiles(dealer.pk, kind=kind, brand=brand) if brand else []
    return Offer(
        number=number,
        kind=kind,
        brand=brand,
        is_detected=wanted is None and detected is not None,
        brands=brands,
        choices=[Choice(tile, pricing.cost_of(tile.product)) for tile in tiles],
    )
