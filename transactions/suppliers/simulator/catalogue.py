"""What the simulated supplier sells: every brand's pulsa, some data packages, PLN tokens, the sandbox SKU.

Prices in rupiah, near those of the trade: small denominations cost above their face, large ones below.
"""

from dataclasses import dataclass

PULSA = "Pulsa"
DATA = "Data"
PLN = "PLN"


@dataclass(frozen=True, kw_only=True)
class Product:
    """One line of the catalogue; `face` is the nominal in rupiah (0 for a package)."""

    sku: str
    name: str
    category: str
    brand: str
    cost: int
    face: int = 0
    gigabytes: float = 0
    days: int = 0
    description: str = ""
    kind: str = "Umum"


_BRANDS = {
    # brand: (SKU prefix, difference to the table of costs in rupiah)
    "TELKOMSEL": ("TSEL", 0),
    "INDOSAT": ("ISAT", -30),
    "XL": ("XL", -20),
    "AXIS": ("AXIS", -10),
    "TRI": ("TRI", -60),
    "SMARTFREN": ("SMART", -40),
    "by.U": ("BYU", -15),
}
_PULSA_COST = {
    5: 5_250,
    10: 10_200,
    15: 15_120,
    20: 20_050,
    25: 24_950,
    30: 29_800,
    40: 39_600,
    50: 49_300,
    75: 73_800,
    100: 98_400,
}
# Per brand: gigabytes, days, and the cost in rupiah.
_PACKAGES: dict[str, tuple[tuple[float, int, int], ...]] = {
    "TELKOMSEL": ((1, 3, 11_900), (3, 7, 24_800), (5, 30, 45_500), (12, 30, 77_300), (25, 30, 112_000)),
    "INDOSAT": ((2, 3, 9_700), (4, 7, 18_400), (10, 30, 48_200), (30, 30, 86_500)),
    "XL": ((1.5, 7, 12_300), (5, 14, 24_600), (10, 30, 47_900), (20, 30, 79_000)),
    "AXIS": ((1, 5, 8_900), (3, 15, 19_500), (8, 30, 41_800), (16, 60, 72_400)),
    "TRI": ((1.5, 3, 7_800), (6, 14, 22_900), (14, 30, 46_700), (30, 30, 78_800)),
    "SMARTFREN": ((2, 7, 13_100), (10, 14, 31_000), (30, 28, 70_200)),
    "by.U": ((2, 7, 14_600), (10, 30, 47_500), (20, 30, 72_000)),
}
_PLN_FACES = (20, 50, 100, 200, 500, 1_000)


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _pulsa(brand: str, thousands: int) -> Product:
    prefix, difference = _BRANDS[brand]
    return Product(
        sku=f"{prefix}{thousands}",
        name=f"{brand.title() if brand.isupper() and len(brand) > 3 else brand} {thousands}.000",
        category=PULSA,
        brand=brand,
        cost=_PULSA_COST[thousands] + difference,
        face=thousands * 1_000,
        description="Pulsa reguler",
    )


def _package(brand: str, package: tuple[float, int, int]) -> Product:
    gigabytes, days, cost = package
    prefix, _ = _BRANDS[brand]
    size = _number(gigabytes)
    return Product(
        sku=f"{prefix}GB{size.replace(',', '')}",
        name=f"{brand.title() if brand.isupper() and len(brand) > 3 else brand} Data {size} GB {days} Hari",
        category=DATA,
        brand=brand,
        cost=cost,
        gigabytes=gigabytes,
        days=days,
        description=f"Kuota {size} GB, berlaku {days} hari",
    )


def _token(thousands: int) -> Product:
    face = thousands * 1_000
    shown = f"{face:,}".replace(",", ".")
    return Product(
        sku=f"PLN{thousands}",
        name=f"Token PLN {shown}",
        category=PLN,
        brand=PLN,
        cost=face + 150,
        face=face,
        description="Token listrik prabayar",
    )


PRODUCTS: tuple[Product, ...] = (
    *(_pulsa(brand, thousands) for brand in _BRANDS for thousands in _PULSA_COST),
    *(_package(brand, package) for brand, packages in _PACKAGES.items() for package in packages),
    *(_token(thousands) for thousands in _PLN_FACES),
    Product(sku="xld10", name="XL 10.000 (sandbox)", category=PULSA, brand="XL", cost=10_200, face=10_000),
)
BY_SKU = {product.sku.upper(): product for product in PRODUCTS}
