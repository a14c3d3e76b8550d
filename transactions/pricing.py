"""How a price follows from a cost, and how a shown price stays honest until it is paid.

Of the rules that fit a product the most specific wins: denomination before brand before kind. The
result is rounded up, and written down with every change. What a buyer saw is proven by the signed
form token, which knows when it was made; the history knows what the price was then.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from dealers.models import User
from portal.lib import roundtrip
from portal.lib.money import round_up
from portal.lib.roundtrip import Statement
from transactions import todo
from transactions.models import MarkupRule, Price, PriceChange, Product, TaskKind, Tier

QUOTE_LASTS = timedelta(minutes=5)


class BelowCost(Exception):
    """Selling at this price loses money, and nobody has said that this is meant."""

    def __init__(self, *, price: int, cost: int) -> None:
        super().__init__(f"price {price} is below cost {cost}")
        self.price = price
        self.cost = cost


@dataclass(frozen=True)
class Preview:
    """What a rule or a price would make of a product, in rupiah, before it is saved."""

    product: Product
    cost: int | None
    old: int | None
    new: int

    @property
    def margin(self) -> int | None:
        """What remains of the new price, in rupiah; None while nobody supplies the product."""
        return margin(self.new, self.cost)

    @property
    def is_below_cost(self) -> bool:
        """Whether each sale would lose money."""
        return is_loss(self.new, self.cost)


def margin(price: int | None, cost: int | None) -> int | None:
    """What remains of a price, in rupiah; None while there is no price or nobody supplies the product."""
    return None if price is None or cost is None else price - cost


def is_loss(price: int | None, cost: int | None) -> bool:
    """Whether each sale at this price loses money."""
    left = margin(price, cost)
    return left is not None and left < 0


def cost_of(product: Product) -> int | None:
    """The cost of the first route that is open, in rupiah; of any route when none is."""
    routes = sorted(product.routes.all(), key=lambda route: (route.rank, route.cost, route.pk))
    usable = [route for route in routes if route.is_open and route.supplier.is_open]
    return next((route.cost for route in usable or routes), None)


def price_by(rule: MarkupRule, cost: int) -> int:
    """`cost` plus the rule's rupiah and percent, rounded up; never below 1 rupiah."""
    percent = -(-cost * rule.percent_bp // 10_000)
    return max(1, round_up(cost + rule.fixed + percent, to=rule.round_to))


def rule_for(rules: list[MarkupRule], product: Product, tier: str) -> MarkupRule | None:
    """The most specific rule that fits."""
    return max(
        (rule for rule in rules if rule.tier == tier and _fits(rule, product)),
        key=lambda rule: (rule.nominal is not None, rule.brand_id is not None, rule.kind != ""),
        default=None,
    )


def _fits(rule: MarkupRule, product: Product) -> bool:
    return (
        rule.brand_id in {None, product.brand_id}
        and rule.kind in {"", product.kind}
        and rule.nominal in {None, product.nominal}
    )


def preview(dealer_id: int, rules: list[MarkupRule], tier: str) -> list[Preview]:
    """What these rules would make of every product whose price is not set by hand."""
    rows = []
    for product in _products(dealer_id):
        old = next((p for p in product.prices.all() if p.tier == tier), None)
        cost = cost_of(product)
        rule = rule_for(rules, product, tier)
        if cost is None or rule is None or (old is not None and old.by_hand):
            continue
        rows.append(Preview(product, cost, old.amount if old else None, price_by(rule, cost)))
    return rows


def reprice(dealer_id: int, *, actor: User | None = None, accept_below_cost: bool = False) -> list[Preview]:
    """Bring every price by rule up to date and return what changed.

    Raises `BelowCost` when a price would fall below its cost and `accept_below_cost` is not given.
    """
    changed = []
    with transaction.atomic():
        rules = list(MarkupRule.objects.filter(dealer_id=dealer_id))
        for tier in Tier:
            for row in preview(dealer_id, rules, tier):
                if row.new != row.old:
                    _write(row, tier=tier, by_hand=False, actor=actor, accept_below_cost=accept_below_cost)
                    changed.append(row)
    return changed


@dataclass(frozen=True)
class Followed:
    """What became of prices when costs changed by themselves: those written, and the codes that sell at a loss."""

    written: list[tuple[Tier, Preview]]
    losing: set[str]


def follow_costs(dealer_id: int, product_ids: Collection[int], *, also: Collection[str] = ()) -> Followed:
    """Bring the prices by rule of these products up to date in one go, with nobody there to agree to a loss.

    A price is never written below its cost: it stays, and the product is told of when no open route bears its
    price any more. `also` are codes to be looked at again. Call inside the dealer's transaction.
    """
    if not product_ids and not also:
        return Followed([], set())
    rules = list(MarkupRule.objects.filter(dealer_id=dealer_id))
    wanted = Product.objects.filter(Q(pk__in=product_ids) | Q(sku__in=also), dealer_id=dealer_id).order_by("pk")
    prices = Price.objects.select_for_update(no_key=True).order_by("pk")
    products = list(wanted.prefetch_related("routes__supplier", Prefetch("prices", prices)))
    written = [(tier, row) for product in products for tier in Tier if (row := _followed(product, tier, rules))]
    _write_all(dealer_id, written)
    now = {row.product.pk: row.new for tier, row in written if tier == Tier.RETAIL}
    losing = {product.sku for product in products if _sells_at_a_loss(product, now.get(product.pk))}
    return Followed(written, losing)


def _followed(product: Product, tier: Tier, rules: list[MarkupRule]) -> Preview | None:
    """The price that its rule gives now, if that is another one and no loss."""
    old = next((price for price in product.prices.all() if price.tier == tier), None)
    cost, rule = cost_of(product), rule_for(rules, product, tier)
    if cost is None or rule is None or (old is not None and old.by_hand):
        return None
    row = Preview(product, cost, old.amount if old else None, price_by(rule, cost))
    return None if row.new == row.old or row.is_below_cost else row


def _write_all(dealer_id: int, rows: list[tuple[Tier, Preview]]) -> None:
    Price.objects.bulk_create(
        [Price(dealer_id=dealer_id, product=row.product, tier=tier, amount=row.new) for tier, row in rows],
        update_conflicts=True,
        unique_fields=["dealer", "product", "tier"],
        update_fields=["amount"],
    )
    PriceChange.objects.bulk_create(
        PriceChange(dealer_id=dealer_id, product=row.product, tier=tier, old=row.old, new=row.new, cost=row.cost)
        for tier, row in rows
    )
    agreed_to = [row.product.pk for tier, row in rows if tier == Tier.RETAIL and row.product.accepted_cost]
    if agreed_to:
        Product.objects.filter(dealer_id=dealer_id, pk__in=agreed_to).update(accepted_cost=0)


def _sells_at_a_loss(product: Product, new: int | None) -> bool:
    """Whether there are open routes, and the price for customers bears none of them."""
    old = next((price.amount for price in product.prices.all() if price.tier == Tier.RETAIL), None)
    price = new if new is not None else old
    costs = [route.cost for route in product.routes.all() if route.is_open and route.supplier.is_open]
    bears = max(price or 0, 0 if new is not None else product.accepted_cost)
    return product.is_open and price is not None and bool(costs) and min(costs) > bears


def set_price(
    product: Product, *, tier: Tier, amount: int, actor: User | None, accept_below_cost: bool = False
) -> None:
    """Set a price by hand; the rules leave it alone from now on.

    Raises `BelowCost` when each sale would lose money and that was not confirmed.
    """
    with transaction.atomic():
        old = Price.objects.filter(dealer_id=product.dealer_id, product=product, tier=tier).first()
        row = Preview(product, cost_of(product), old.amount if old else None, amount)
        _write(row, tier=tier, by_hand=True, actor=actor, accept_below_cost=accept_below_cost)


def follow_rules(product: Product, *, tier: Tier, actor: User | None, accept_below_cost: bool = False) -> None:
    """Give a price that was set by hand back to the rules. Raises `BelowCost` as `reprice` does."""
    with transaction.atomic():
        Price.objects.filter(dealer_id=product.dealer_id, product=product, tier=tier).update(by_hand=False)
        reprice(product.dealer_id, actor=actor, accept_below_cost=accept_below_cost)


def cost_changed(product: Product, *, accept_below_cost: bool = False) -> None:
    """The prices stand, and what the product costs is another now.

    Raises `BelowCost` when a sale would lose money from now on and that was not confirmed.
    """
    fresh = _products(product.dealer_id, pk=product.pk)[0]
    cost = cost_of(fresh)
    for price in fresh.prices.all():
        row = Preview(fresh, cost, price.amount, price.amount)
        _agree(row, tier=Tier(price.tier), accept_below_cost=accept_below_cost)


def _write(row: Preview, *, tier: Tier, by_hand: bool, actor: User | None, accept_below_cost: bool) -> None:
    product = row.product
    _agree(row, tier=tier, accept_below_cost=accept_below_cost)
    Price.objects.update_or_create(
        dealer_id=product.dealer_id, product=product, tier=tier, defaults={"amount": row.new, "by_hand": by_hand}
    )
    if row.new != row.old:
        PriceChange.objects.create(
            dealer_id=product.dealer_id,
            product=product,
            tier=tier,
            old=row.old,
            new=row.new,
            cost=row.cost,
            actor=actor,
        )


def _agree(row: Preview, *, tier: Tier, accept_below_cost: bool) -> None:
    """The one place that lets a price lie below its cost, and notes up to which cost that was agreed to."""
    if row.is_below_cost and not accept_below_cost:
        raise BelowCost(price=row.new, cost=row.cost or 0)
    if tier == Tier.RETAIL:
        accepted = row.cost if row.is_below_cost and row.cost else 0
        Product.objects.filter(pk=row.product.pk).update(accepted_cost=accepted)
        todo.done(row.product.dealer_id, TaskKind.PRICE, row.product.sku)


def current(product: Product, tier: str) -> int | None:
    """What the tier pays now, in rupiah."""
    return Price.objects.filter(product=product, tier=tier).values_list("amount", flat=True).first()


_SEEN = """
SELECT now.amount, CASE WHEN later.id IS NULL THEN now.amount ELSE later.old END FROM (SELECT) one
LEFT JOIN price now ON now.dealer_id = %s AND now.product_id = %s AND now.tier = %s
LEFT JOIN LATERAL (
    SELECT c.id, c.old FROM price_change c WHERE c.dealer_id = %s AND c.product_id = %s AND c.tier = %s AND c.at > %s
    ORDER BY c.at, c.id LIMIT 1
) later ON true
"""


def now_and_at(product: Product, tier: str, at: datetime) -> tuple[int | None, int | None]:
    """What the tier pays now, and what it paid at that moment as the history tells it, in rupiah."""
    which = [product.dealer_id, product.pk, tier]
    now, then = roundtrip.ask(Statement(_SEEN, [*which, *which, at])) or (None, None)
    return now, then


def agreed(product: Product, tier: str, shown_at: datetime) -> int | None:
    """The most that a buyer who saw the page at `shown_at` has agreed to pay; None when asked anew.

    Within five minutes the seen price is the limit (a lower one is charged as it is). After that the
    price must not have moved at all.
    """
    now, seen = now_and_at(product, tier, shown_at)
    if timezone.now() - shown_at <= QUOTE_LASTS:
        return seen
    return seen if seen == now else None


def _products(dealer_id: int, **which: int) -> list[Product]:
    rows = Product.objects.filter(dealer_id=dealer_id, **which).select_related("brand")
    return list(rows.prefetch_related("routes__supplier", "prices"))
