"""Changing what is sold, and seeing what that does to every price before it counts.

An edit is rehearsed: carried out, looked at, and taken back. What the page shows is therefore what
saving does, rounding and rules included. Its digest travels with the form, so that an edit whose
effect has changed in the meantime is shown again instead of saved.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

import structlog
from django.db import IntegrityError, transaction

from dealers.models import Dealer, User
from transactions import pricing
from transactions.models import ClosedBy, MarkupRule, Product, Route, Supplier, Tier

log = structlog.get_logger(__name__)


class ScopeTaken(Exception):
    """There is a rule for exactly this tier, brand, kind and denomination already."""


class RouteTaken(Exception):
    """The product has a route of this supplier already."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one tier pays for one product, before and after; rupiah, None where there was none."""

    product: Product
    tier: Tier
    old_price: int | None
    new_price: int | None
    old_cost: int | None
    cost: int | None

    @property
    def margin(self) -> int | None:
        """What remains of each sale afterwards."""
        return pricing.margin(self.new_price, self.cost)

    @property
    def is_below_cost(self) -> bool:
        """Whether each sale would lose money."""
        return pricing.is_loss(self.new_price, self.cost)


@dataclass(frozen=True)
class Effect:
    """Everything that an edit changes about prices and margins."""

    changes: list[Change]

    @property
    def below_cost(self) -> list[Change]:
        """Products that would be sold at a loss."""
        return [change for change in self.changes if change.is_below_cost]

    @property
    def unpriced(self) -> list[Change]:
        """Products that have a cost now and no price for customers: no rule fits them."""
        return [change for change in self.changes if change.tier == Tier.RETAIL and change.new_price is None]

    @property
    def digest(self) -> str:
        """The same for the same effect; by code, since what is only rehearsed gets another id each time."""
        lines = [f"{c.product.sku}|{c.tier}|{c.old_price}|{c.new_price}|{c.cost}" for c in self.changes]
        return sha256("\n".join(lines).encode()).hexdigest()


_Known = dict[tuple[int, str], tuple[Product, int | None, int | None]]


def rehearse(dealer: Dealer, edit: Callable[[], None]) -> Effect:
    """What `edit` would change; nothing stays changed. Call inside the dealer's transaction."""
    before = _prices(dealer)
    with transaction.atomic():
        edit()
        after = _prices(dealer)
        transaction.set_rollback(True)
    changes = []
    for (product_id, tier), (product, price, cost) in after.items():
        _product, old_price, old_cost = before.get((product_id, tier), (product, None, None))
        is_sold = tier == Tier.RETAIL or price is not None or old_price is not None
        if is_sold and (price, cost) != (old_price, old_cost):
            changes.append(
                Change(
                    product=product,
                    tier=Tier(tier),
                    old_price=old_price,
                    new_price=price,
                    old_cost=old_cost,
                    cost=cost,
                )
            )
    return Effect(changes)


def _prices(dealer: Dealer) -> _Known:
    rows = Product.objects.filter(dealer=dealer).select_related("brand").prefetch_related("routes__supplier", "prices")
    known: _Known = {}
    for product in rows.order_by("brand__position", "kind", "nominal", "sku"):
        amounts = {price.tier: price.amount for price in product.prices.all()}
        for tier in Tier:
            known[product.pk, tier] = (product, amounts.get(tier), pricing.cost_of(product))
    return known


def told(event: str, **facts: object) -> None:
    """Log an edit once it counts: what was only rehearsed has not happened."""
    transaction.on_commit(lambda: log.info(event, **facts))


def save_rule(rule: MarkupRule, *, actor: User, accept_below_cost: bool) -> None:
    """Write a rule and bring every price by rule up to date. Raises `ScopeTaken`, `pricing.BelowCost`."""
    try:
        with transaction.atomic():
            rule.save()
            pricing.reprice(rule.dealer_id, actor=actor, accept_below_cost=accept_below_cost)
    except IntegrityError as error:
        raise ScopeTaken from error
    told("markup rule saved", rule=rule.pk, actor=actor.pk)


def delete_rule(rule: MarkupRule, *, actor: User, accept_below_cost: bool) -> None:
    """Take a rule away; a product that no other rule fits keeps its price. Raises `pricing.BelowCost`."""
    with transaction.atomic():
        MarkupRule.objects.filter(dealer_id=rule.dealer_id, pk=rule.pk).delete()
        pricing.reprice(rule.dealer_id, actor=actor, accept_below_cost=accept_below_cost)
    told("markup rule deleted", rule=rule.pk, actor=actor.pk)


def save_product(product: Product, *, fields: Iterable[str], actor: User) -> None:
    """Write what was edited of a product: its name, whether it is sold, and why not."""
    names = list(fields)
    product.save(update_fields=names)
    log.info("product edited", sku=product.sku, dealer=product.dealer_id, actor=actor.pk, fields=names)


def save_route(route: Route, *, fields: Iterable[str], actor: User, accept_below_cost: bool) -> None:
    """Write a route and bring the prices by rule up to date with its cost. Raises `pricing.BelowCost`."""
    names = list(fields)
    if _switches(route):
        route.closed_by, route.retry_at = ClosedBy.NOBODY, None
        names += ["closed_by", "retry_at"]
    with _following_cost([route.product], actor=actor, accept_below_cost=accept_below_cost):
        route.save(update_fields=names)
    told("route edited", route=route.pk, dealer=route.dealer_id, actor=actor.pk, cost=route.cost)


def _switches(route: Route) -> bool:
    """Whether a person opens or closes the route, or says why it stays closed: from then on it is theirs."""
    was = Route.objects.filter(dealer_id=route.dealer_id, pk=route.pk).values_list("is_open", "closed_note").first()
    return was is not None and was != (route.is_open, route.closed_note)


def add_routes(routes: list[Route], *, actor: User, accept_below_cost: bool) -> None:
    """Write new routes of one dealer and bring the prices by rule up to date.

    Raises `RouteTaken`, `pricing.BelowCost`; then none of them is written.
    """
    try:
        with _following_cost([r.product for r in routes], actor=actor, accept_below_cost=accept_below_cost):
            for route in routes:
                route.save(force_insert=True)
    except IntegrityError as error:
        raise RouteTaken from error
    told("routes added", dealer=routes[0].dealer_id, routes=[route.pk for route in routes], actor=actor.pk)


@contextmanager
def _following_cost(products: list[Product], *, actor: User, accept_below_cost: bool) -> Iterator[None]:
    """All prices by rule follow what is written to routes in here, and every price set by hand is looked at again."""
    dealer_id, ids = products[0].dealer_id, [product.pk for product in products]
    with transaction.atomic():
        before = _costs(dealer_id, ids)
        yield
        pricing.reprice(dealer_id, actor=actor, accept_below_cost=accept_below_cost)
        after = _costs(dealer_id, ids)
        for product in products:
            if after[product.pk] != before[product.pk]:
                pricing.cost_changed(product, accept_below_cost=accept_below_cost)


def _costs(dealer_id: int, ids: list[int]) -> dict[int, int | None]:
    rows = Product.objects.filter(dealer_id=dealer_id, pk__in=ids).prefetch_related("routes__supplier")
    return {product.pk: pricing.cost_of(product) for product in rows}


def save_price(product: Product, *, tier: Tier, amount: int | None, actor: User, accept_below_cost: bool) -> None:
    """Set a price by hand, or give it back to the rules (`amount` None). Raises `pricing.BelowCost`."""
    if amount is None:
        pricing.follow_rules(product, tier=tier, actor=actor, accept_below_cost=accept_below_cost)
    else:
        pricing.set_price(product, tier=tier, amount=amount, actor=actor, accept_below_cost=accept_below_cost)


def use_supplier(supplier: Supplier, *, is_open: bool, note: str, actor: User) -> None:
    """Buy from a supplier again, or no more; orders already sent are still asked about."""
    supplier.is_open, supplier.closed_note = is_open, "" if is_open else note[:120]
    supplier.save(update_fields=["is_open", "closed_note"])
    log.info("supplier switched", supplier=supplier.code, dealer=supplier.dealer_id, actor=actor.pk, is_open=is_open)
