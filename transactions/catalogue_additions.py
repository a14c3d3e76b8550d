"""New in the catalogue: suppliers with their secrets, products, and what is taken over from a price list.

The address of a supplier is looked up before anything is written, with no transaction open: one that leads
into a network where the portal does not go is never kept.
"""

from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from dealers.models import Dealer, User
from portal.lib import outbound, tenancy
from transactions import catalogue_edits
from transactions.models import Brand, Kind, Product, Route, Supplier
from transactions.suppliers import connections
from transactions.suppliers.base import Offer

log = structlog.get_logger(__name__)


class CodeTaken(Exception):
    """The dealer has a supplier, or a product, under this code already."""


class NotEncrypted(Exception):
    """The address is not https; outside the demo no key travels in the clear."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the dealer has at a supplier; a secret that is None stays as it is."""

    name: str
    base_url: str
    username: str
    api_key: str | None = field(repr=False)
    callback_secret: str | None = field(repr=False)


def add_supplier(dealer: Dealer, *, code: str, connector: str, account: Account, actor: User) -> Supplier:
    """A supplier with an account of the dealer's own. Call outside any transaction.

    Raises `CodeTaken`, `NotEncrypted`, `outbound.ForbiddenAddress`.
    """
    _check_address(account.base_url)
    row = Supplier(
        dealer=dealer,
        code=code,
        connector=connector,
        name=account.name,
        base_url=account.base_url,
        username=account.username,
    )
    try:
        with tenancy.inside(dealer.pk):
            row.save(force_insert=True)
            _seal(row, account)
    except IntegrityError as error:
        raise CodeTaken from error
    log.info("supplier added", supplier=code, dealer=dealer.pk, connector=connector, actor=actor.pk)
    return row


def change_supplier(supplier: Supplier, *, account: Account, actor: User) -> None:
    """Another name, address, user name or secret. Call outside any transaction.

    Raises `NotEncrypted`, `outbound.ForbiddenAddress`.
    """
    if account.base_url != supplier.base_url:
        _check_address(account.base_url)
    with tenancy.inside(supplier.dealer_id):
        supplier.name, supplier.base_url, supplier.username = account.name, account.base_url, account.username
        supplier.save(update_fields=["name", "base_url", "username"])
        _seal(supplier, account)
    secrets = [name for name in ("api_key", "callback_secret") if getattr(account, name) is not None]
    log.info("supplier edited", supplier=supplier.code, dealer=supplier.dealer_id, actor=actor.pk, secrets=secrets)


def _seal(supplier: Supplier, account: Account) -> None:
    connections.seal_secrets(supplier, api_key=account.api_key, callback_secret=account.callback_secret)


def _check_address(url: str) -> None:
    if not url.startswith("https://") and not settings.DEMO:
        raise NotEncrypted
    try:
        outbound.check(url)
    except outbound.ForbiddenAddress:
        raise
    except outbound.NotSent as nowhere:  # today; the first call to the supplier will tell
        log.info("supplier address not found", error=str(nowhere)[:200])


def add_product(product: Product, *, actor: User) -> None:
    """A product without routes: it gets a cost, and a price by rule, with its first route. Raises `CodeTaken`."""
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        raise CodeTaken from error
    catalogue_edits.told("product added", sku=product.sku, dealer=product.dealer_id, actor=actor.pk)


@dataclass(frozen=True, kw_only=True)
class Take:
    """One offer that the dealer wants to sell: as a route of `product`, or, when that is None, as a new product."""

    offer: Offer
    product: Product | None
    sku: str = ""
    name: str = ""
    kind: Kind = Kind.PULSA
    brand: Brand | None = None
    nominal: int = 0


def take(supplier: Supplier, takes: list[Take], *, actor: User, accept_below_cost: bool) -> None:
    """Sell what a price list offers: products where they are new, routes for all, prices by the rules; or nothing.

    Raises `CodeTaken`, `catalogue_edits.RouteTaken`, `pricing.BelowCost`.
    """
    with transaction.atomic():
        routes = [_route(supplier, one, one.product or _new(supplier, one, actor)) for one in takes]
        catalogue_edits.add_routes(routes, actor=actor, accept_below_cost=accept_below_cost)


def _new(supplier: Supplier, wanted: Take, actor: User) -> Product:
    product = Product(
        dealer_id=supplier.dealer_id,
        sku=wanted.sku,
        name=wanted.name,
        kind=wanted.kind,
        brand=wanted.brand,
        nominal=wanted.nominal,
        description=wanted.offer.description[:200],
    )
    add_product(product, actor=actor)
    return product


def _route(supplier: Supplier, wanted: Take, product: Product) -> Route:
    offer = wanted.offer
    return Route(
        dealer_id=supplier.dealer_id,
        product=product,
        supplier=supplier,
        supplier_sku=offer.sku,
        cost=offer.price,
        rank=last_rank(product),
        cut_off_start=offer.cut_off_start or None,
        cut_off_end=offer.cut_off_end or None,
    )


def last_rank(product: Product) -> int:
    """The place of one more route: behind those that the product has."""
    ranks = Route.objects.filter(dealer_id=product.dealer_id, product=product).values_list("rank", flat=True)
    return max(ranks, default=0) + 1
