"""Made-up things for the page that shows every component; nothing of it stands in the database."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from dealers.models import Dealer
from transactions.catalog import Tile
from transactions.gateways.registry import METHOD_LABELS, Method
from transactions.models import Brand, Kind, Product
from transactions.storefront import Voucher


@dataclass(frozen=True)
class Specimens:
    """One of each, in each of its states."""

    vouchers: list[Voucher]
    packages: list[Voucher]
    methods: list[Method]
    brand: Brand
    icons: list[str]


def specimens(dealer: Dealer, icons: list[str]) -> Specimens:
    """What the components show."""
    brand = Brand(code="TSEL", name="Telkomsel", colour="#e4002b")
    reopens = timezone.now() + timedelta(minutes=40)
    zone = dealer.time_zone

    def product(sku: str, *, nominal: int = 0, name: str = "", kind: Kind = Kind.PULSA) -> Product:
        return Product(sku=sku, nominal=nominal, name=name, kind=kind, brand=brand)

    return Specimens(
        vouchers=[
            Voucher(Tile(product("A", nominal=10_000), 11_000), is_chosen=False, zone=zone),
            Voucher(Tile(product("B", nominal=25_000), 25_400), is_chosen=True, zone=zone),
            Voucher(Tile(product("C", nominal=50_000), 50_000, "cut_off", reopens), is_chosen=False, zone=zone),
        ],
        packages=[
            Voucher(Tile(product("D", name="Data 3 GB 7 Hari", kind=Kind.DATA), 26_200), is_chosen=False, zone=zone),
            Voucher(Tile(product("E", name="Data 12 GB 30 Hari", kind=Kind.DATA), 79_500), is_chosen=True, zone=zone),
        ],
        methods=[
            Method("balance", METHOD_LABELS["balance"], "", 125_000),
            Method("cash", METHOD_LABELS["cash"], ""),
        ],
        brand=brand,
        icons=icons,
    )
