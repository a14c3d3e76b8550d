"""What the dealer sells, at which cost, price and margin, and how each came to be."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from dealers import rights
from dealers.models import Dealer
from transactions import catalog, mirrors, pricing
from transactions.models import MarkupRule, Price, PriceChange, Product, Route, Supplier, Tier
from transactions.suppliers import connections
from transactions.suppliers.registry import ACCOUNTS, Abilities, abilities

HISTORY = 30


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which products."""

    q: str = ""
    brand: str = ""
    kind: str = ""
    state: str = ""


@dataclass(frozen=True)
class Line:
    """One product with its retail price and margin in rupiah; None while it has no route or no price."""

    product: Product
    cost: int | None
    price: Price | None
    has_open_route: bool

    @property
    def margin(self) -> int | None:
        """What remains of each sale."""
        return pricing.margin(self.price.amount if self.price else None, self.cost)

    @property
    def is_on_sale(self) -> bool:
        """Whether it can be bought now."""
        return self.product.is_open and self.has_open_route and self.price is not None


def products(dealer: Dealer, wanted: Wanted) -> QuerySet[Product]:
    """The dealer's products that fit, by brand and denomination."""
    rows = Product.objects.filter(dealer=dealer).select_related("brand").prefetch_related("routes__supplier", "prices")
    if wanted.q:
        rows = rows.filter(name__icontains=wanted.q) | rows.filter(sku__icontains=wanted.q)
    if wanted.brand:
        rows = rows.filter(brand__code=wanted.brand)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(is_open=wanted.state == "open")
    return rows.order_by("brand__position", "kind", "nominal", "sku")


def lines(rows: list[Product]) -> list[Line]:
    """Products with what they cost and bring."""
    return [_line(product) for product in rows]


def _line(product: Product) -> Line:
    now = timezone.now()
    price = next((row for row in product.prices.all() if row.tier == Tier.RETAIL), None)
    is_open = any(catalog.is_open(route, now) for route in product.routes.all())
    return Line(product, pricing.cost_of(product), price, is_open)


@dataclass(frozen=True)
class TierPrice:
    """What one tier pays, the rule it follows, and the margin in rupiah."""

    tier: Tier
    price: Price | None
    rule: MarkupRule | None
    cost: int | None

    @property
    def margin(self) -> int | None:
        """What remains of each sale to this tier."""
        return pricing.margin(self.price.amount if self.price else None, self.cost)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything about one product."""

    product: Product
    line: Line
    tiers: list[TierPrice]
    routes: list[Route]
    history: list[PriceChange]


def sheet(dealer: Dealer, product: Product) -> Sheet:
    """One product with prices, routes and the last changes of its prices."""
    rules = list(MarkupRule.objects.filter(dealer=dealer).select_related("brand"))
    line = _line(product)
    prices = {row.tier: row for row in product.prices.all()}
    return Sheet(
        product=product,
        line=line,
        tiers=[TierPrice(t, prices.get(t), pricing.rule_for(rules, product, t), line.cost) for t in Tier],
        routes=list(Route.objects.filter(dealer=dealer, product=product).select_related("supplier")),
        history=list(PriceChange.objects.filter(dealer=dealer, product=product).select_related("actor")[:HISTORY]),
    )


def rules(dealer: Dealer) -> QuerySet[MarkupRule]:
    """Markup rules, the general ones first."""
    rows = MarkupRule.objects.filter(dealer=dealer).select_related("brand")
    return rows.order_by("-tier", "brand__position", "kind", "nominal")


@dataclass(frozen=True)
class Deposit:
    """A supplier and the money there, in rupiah: what should be left, and the difference nobody explains."""

    supplier: Supplier
    expected: int
    drift: int | None
    products: int

    @property
    def left(self) -> int:
        """What is left there: as the supplier says, or as the book has it while nobody asked."""
        known = self.supplier.reported_balance
        return self.expected if known is None else known

    @property
    def is_low(self) -> bool:
        """Whether somebody should top it up."""
        return self.left < mirrors.LOW_BALANCE


def suppliers(dealer: Dealer) -> list[Deposit]:
    """Every supplier with what should be left there."""
    rows = Supplier.objects.filter(dealer=dealer).prefetch_related("routes")
    return [Deposit(row, mirrors.expected(row), mirrors.drift(row), len(row.routes.all())) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A supplier's page: its deposit, how it is reached, and what of it is kept; never a secret.

    `outbound` are the addresses from which it sees us call, as far as the operator knows them.
    """

    deposit: Deposit
    kind: str
    callback_url: str
    has_key: bool
    has_secret: bool
    can: Abilities
    outbound: list[str]

    @property
    def supplier(self) -> Supplier:
        """Whose page it is."""
        return self.deposit.supplier

    @property
    def is_stock(self) -> bool:
        """Whether it is dealer zero's stock, which needs no account."""
        return not self.kind


def connection(supplier: Supplier) -> Connection:
    """One supplier in full."""
    deposit = Deposit(supplier, mirrors.expected(supplier), mirrors.drift(supplier), supplier.routes.count())
    account = ACCOUNTS.get(supplier.connector)
    return Connection(
        deposit=deposit,
        kind=str(account.name) if account else "",
        callback_url=connections.callback_url(supplier, dealer_slug=supplier.dealer.slug),
        has_key=bool(supplier.api_key),
        has_secret=bool(supplier.callback_secret),
        can=abilities(supplier.connector),
        outbound=settings.OUTBOUND_ADDRESSES,
    )


def stock_on_offer(dealer: Dealer) -> Dealer | None:
    """Dealer zero, when the dealer may buy its stock and does not yet."""
    if (
        not rights.holds(dealer.pk, rights.BUY_STOCK)
        or Supplier.objects.filter(dealer=dealer, connector="zero").exists()
    ):
        return None
    return Dealer.objects.filter(is_zero=True).exclude(pk=dealer.pk).first()


def has_retail_rule(dealer: Dealer) -> bool:
    """Whether a new product can get a price for customers by itself."""
    return MarkupRule.objects.filter(dealer=dealer, tier=Tier.RETAIL).exists()


def only_from(supplier: Supplier) -> int:
    """How many products on sale have no other open route: they close when this supplier does."""
    rows = Product.objects.filter(dealer_id=supplier.dealer_id, is_open=True, routes__supplier=supplier)
    others = Route.objects.filter(dealer_id=supplier.dealer_id, is_open=True, supplier__is_open=True)
    return rows.exclude(pk__in=others.exclude(supplier=supplier).values("product_id")).distinct().count()
