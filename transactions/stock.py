"""Dealer zero sells its stock to the other dealers: as partners, through the same orders.

Here dealer zero is the seller; `suppliers/zero.py` is the same sale as the buyer sees it.
"""

from django.db import IntegrityError, transaction

from dealers import rights
from dealers.models import Dealer, Partner, PartnerState
from portal.lib import msisdn, retry, roundtrip, tenancy
from portal.lib.prepared import Prepared
from transactions import accounts, attempts, catalog, fulfilment, ledger, orders, queue
from transactions.ledger import InsufficientBalance
from transactions.models import Channel, DueKind, Kind, Order, Product, Supplier, Tier
from transactions.suppliers.base import Offer, Reason, TopUp
from transactions.suppliers.zero import Declined, Stock, verdict_of

SUPPLIER = "konter"
"""Code of the supplier that is dealer zero's stock, in the buying dealer's book."""


class NoRight(Exception):
    """The dealer has not been given the right to buy the stock, or there is no stock that it could buy."""


class NameTaken(Exception):
    """A partner of somebody else bears the user name that the dealer would get at dealer zero."""


def join(dealer: Dealer) -> Supplier:
    """Make the dealer a partner of dealer zero, with an empty wallet there, and dealer zero its supplier.

    What stands already stays. Both books change, or neither; call outside any dealer's transaction.
    Raises `NoRight`, `NameTaken`.
    """
    zero = Dealer.objects.filter(is_zero=True).exclude(pk=dealer.pk).first()
    if zero is None:
        raise NoRight
    with transaction.atomic():
        with tenancy.inside(dealer.pk):
            if not rights.holds(dealer.pk, rights.BUY_STOCK):
                raise NoRight
            given = {"name": "Stok Konter", "connector": "zero"}
            supplier, _ = Supplier.objects.get_or_create(dealer=dealer, code=SUPPLIER, defaults=given)
        with tenancy.inside(zero.pk):
            ledger.account_id(zero.pk, accounts.wallet(_partner(dealer, zero).wallet_key))
    return supplier


def _partner(dealer: Dealer, zero: Dealer) -> Partner:
    given = {"username": f"{dealer.slug}-stok", "name": dealer.name, "tier": Tier.PARTNER}
    try:
        with transaction.atomic():
            return Partner.objects.get_or_create(dealer=zero, buyer=dealer, defaults=given)[0]
    except IntegrityError as error:  # user names are unique on the whole portal, where we cannot look
        raise NameTaken(given["username"]) from error


_ZERO = Prepared(lambda: Dealer.objects.filter(is_zero=True).order_by()[:1])
_PARTNER = Prepared(
    lambda dealer, buyer: Partner.objects.filter(
        dealer_id=dealer, buyer_id=buyer, state=PartnerState.ACTIVE
    ).order_by()[:1],
    dealer=int,
    buyer=int,
)


def sell(buyer_id: int, ask: TopUp) -> Order:
    """Sell to another dealer; `ask.reference` is its ref_id. Raises `Declined` on a certain no."""
    zero = _ZERO.get()
    with tenancy.inside(buyer_id):
        allowed = rights.holds(buyer_id, rights.BUY_STOCK)
    if not allowed:
        raise Declined("88", Reason.SUPPLIER_ACCOUNT, "no right to buy stock")
    try:
        return retry.on_conflict(lambda: _sold(zero, buyer_id, ask))
    except InsufficientBalance:
        raise Declined("44", Reason.SUPPLIER_ACCOUNT, "stock balance too low") from None
    except orders.PriceRose as rose:
        raise Declined("69", Reason.PRICE, f"stock price is {rose.price}") from None
    except orders.ProductClosed:
        raise Declined("53", Reason.DISTURBED, "stock product closed") from None
    except orders.AlreadyUsed:
        raise Declined("49", Reason.DUPLICATE, "reference stands for another order") from None


def _sold(zero: Dealer, buyer_id: int, ask: TopUp) -> Order:
    with tenancy.inside(zero.pk):
        return orders.place_here(zero, _request(zero, buyer_id, ask)).order


def _request(zero: Dealer, buyer_id: int, ask: TopUp) -> orders.Ask:
    partner = _PARTNER.first(dealer=zero.pk, buyer=buyer_id)
    if partner is None:
        raise Declined("42", Reason.SUPPLIER_ACCOUNT, "not a partner of dealer zero")
    product = catalog.product(zero.pk, ask.supplier_sku)
    if product is None:
        raise Declined("43", Reason.PRODUCT, "unknown stock product")
    return orders.Ask(
        product=product,
        destination=ask.destination if product.kind == Kind.PLN else msisdn.parse(ask.destination),
        agreed_price=ask.max_price,
        channel=Channel.PARTNER,
        gateway="balance",
        partner=partner,
        ref_id=ask.reference,
    )


def stock_for(buyer_id: int) -> Stock:
    """What dealer zero sells to this dealer, and the dealer's balance. Raises `Declined`."""
    zero = _ZERO.get()
    with tenancy.inside(zero.pk):
        partner = _PARTNER.first(dealer=zero.pk, buyer=buyer_id)
        if partner is None:
            raise Declined("42", Reason.SUPPLIER_ACCOUNT, "not a partner of dealer zero")
        offers = [
            _offer(tile)
            for kind in Kind
            for tile in catalog.tiles(zero.pk, kind=kind, brand=None, tier=Tier(partner.tier))
        ]
        return Stock(offers, ledger.wallet_balance(zero.pk, accounts.wallet(partner.wallet_key)))


def _offer(tile: catalog.Tile) -> Offer:
    product: Product = tile.product
    return Offer(
        sku=product.sku,
        name=product.name,
        category=product.get_kind_display(),
        brand=product.brand.code,
        kind=product.kind,
        price=tile.price,
        is_open=tile.is_open,
        description=product.description,
        multi=True,
        nominal=product.nominal,
    )


def report(zero_id: int, order_id: int) -> None:
    """Tell the buying dealer how a stock order ended; told twice, nothing changes."""
    with tenancy.inside(zero_id):
        order = _SOLD.get(dealer=zero_id, order=order_id)
    told = queue.finished(zero_id, DueKind.RESULT, order_id)
    if order.partner is None or order.partner.buyer_id is None or order.ref_id is None:
        roundtrip.send(told)
        return
    with tenancy.inside(order.partner.buyer_id):
        attempt = attempts.lock_by_reference(order.partner.buyer_id, order.ref_id)
        if attempt is not None:
            fulfilment.record_for(attempt, verdict_of(order), source="result")
        roundtrip.send(told)


_SOLD = Prepared(
    lambda dealer, order: Order.objects.select_related("partner").filter(dealer_id=dealer, pk=order).order_by(),
    dealer=int,
    order=int,
)
