"""A partner's machine buys: the same orders as anybody's, under the partner's own `ref_id`, or to try things out.

Every dialect that partners speak comes through here, and knows no more of an order than `PartnerOrder`.
"""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from django.db.models import Sum

from dealers import days
from dealers.authentication import Caller
from dealers.models import Partner
from portal.lib import msisdn, retry, tenancy
from transactions import accounts, catalog, ledger, orders, pricing, sandbox, webhooks
from transactions.models import Channel, Kind, Order, Product, SandboxOrder, Status
from transactions.partner_orders import PartnerOrder, of, of_sandbox


class UnknownSku(Exception):
    """The dealer sells no such product; nothing was bought."""


class BadDestination(Exception):
    """The number cannot be one for this product; nothing was bought."""

    def __init__(self, error: msisdn.NotANumber) -> None:
        super().__init__(str(error))
        self.error = error


class WrongBrand(Exception):
    """The number's prefix belongs to another operator; nothing was bought."""


class CapReached(Exception):
    """The partner would spend more today than was agreed; nothing was bought."""

    def __init__(self, *, spent: int, cap: int) -> None:
        super().__init__(f"{spent} of {cap} rupiah spent")
        self.spent, self.cap = spent, cap


class RefIdReused(Exception):
    """The ref_id stands for an order with other content; nothing new was bought."""

    def __init__(self, order: PartnerOrder) -> None:
        super().__init__(f"it stands for order {order.code}")
        self.order = order


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a machine asked for; `destination` in any spelling, `max_price` in rupiah, None for today's price.

    `callback_url` is where this order's end is told instead of at the partner's endpoints; it has been checked.
    """

    ref_id: str
    sku: str
    destination: str
    max_price: int | None = None
    is_trial: bool = False
    callback_url: str = ""


@dataclass(frozen=True)
class Sold:
    """The order that stands, and whether this request made it."""

    order: PartnerOrder
    is_new: bool


def buy(caller: Caller, wish: Wish) -> Sold:
    """Buy, or answer with the order that this ref_id has become already.

    Raises `UnknownSku`, `BadDestination`, `WrongBrand`, `CapReached`, `RefIdReused`, and of `orders.place`:
    `PriceRose`, `ProductClosed`, `InsufficientBalance`. After any of them nothing was bought.
    """
    is_trial = caller.is_sandbox or wish.is_trial
    return retry.on_conflict(partial(_try if is_trial else _buy, caller, wish))


def find(caller: Caller, ref_id: str, *, is_trial: bool = False) -> PartnerOrder | None:
    """What this partner ordered under a ref_id; None when there is no such order."""
    with tenancy.inside(caller.dealer.pk):
        if caller.is_sandbox or is_trial:
            tried = sandbox.find(caller.partner, ref_id)
            return of_sandbox(tried) if tried else None
        found = _standing(caller.partner, ref_id)
        return of(found) if found else None


def of_day(caller: Caller, day: dt.date, *, after: int, limit: int) -> tuple[list[PartnerOrder], int | None]:
    """What this partner ordered on a day of the dealer's, oldest first, behind number `after`; and the next number.

    A sandbox key is shown what was tried.
    """
    dealer = caller.dealer
    mine = {"dealer": dealer, "partner": caller.partner, "pk__gt": after}
    mine |= {"created_at__gte": days.begins(dealer, day), "created_at__lt": days.ends(dealer, day)}
    with tenancy.inside(dealer.pk):
        if caller.is_sandbox:
            tried = SandboxOrder.objects.filter(**mine).select_related("product__brand").order_by("pk")
            found = [(row.pk, of_sandbox(row)) for row in tried[: limit + 1]]
        else:
            bought = Order.objects.filter(**mine).select_related("product__brand").order_by("pk")
            found = [(row.pk, of(row)) for row in bought[: limit + 1]]
    return [order for _, order in found[:limit]], found[limit - 1][0] if len(found) > limit else None


def balance(caller: Caller, *, is_trial: bool = False) -> int:
    """What the partner may still spend from its deposit, in rupiah; credit not counted."""
    if caller.is_sandbox or is_trial:
        return sandbox.BALANCE
    with tenancy.inside(caller.dealer.pk):
        return ledger.wallet_balance(caller.dealer.pk, accounts.wallet(caller.partner.wallet_key))


def _buy(caller: Caller, wish: Wish) -> Sold:
    with tenancy.inside(caller.dealer.pk):
        standing = _standing(caller.partner, wish.ref_id)
        try:
            ask = _ask(caller.partner, wish, may_be_closed=standing is not None)
        except (UnknownSku, BadDestination, WrongBrand) as error:
            if standing is not None:  # the word that matters is that the ref_id is taken
                raise RefIdReused(of(standing)) from error
            raise
        if standing is None:
            _keep_to_cap(caller.partner, ask)
            _remember(caller.partner, wish)
        try:
            placed = orders.place(caller.dealer, ask)
        except orders.AlreadyUsed as error:
            raise RefIdReused(of(error.order)) from error
        return Sold(of(placed.order), placed.is_new)


def _try(caller: Caller, wish: Wish) -> Sold:
    with tenancy.inside(caller.dealer.pk):
        standing = sandbox.find(caller.partner, wish.ref_id)
        try:
            ask = _ask(caller.partner, wish, may_be_closed=True)
        except (UnknownSku, BadDestination, WrongBrand) as error:
            if standing is not None:
                raise RefIdReused(of_sandbox(standing)) from error
            raise
        if standing is None:
            _remember(caller.partner, wish, is_sandbox=True)
        try:
            made = sandbox.place(
                caller.partner,
                ask.product,
                ref_id=wish.ref_id,
                destination=ask.destination,
                fingerprint=ask.fingerprint,
            )
        except sandbox.SameRefOtherContent as error:
            raise RefIdReused(of_sandbox(error.order)) from error
        return Sold(of_sandbox(made), standing is None)


def _remember(partner: Partner, wish: Wish, *, is_sandbox: bool = False) -> None:
    if wish.callback_url:
        webhooks.remember_callback(partner, ref_id=wish.ref_id, url=wish.callback_url, is_sandbox=is_sandbox)


def _standing(partner: Partner, ref_id: str) -> Order | None:
    rows = Order.objects.filter(dealer_id=partner.dealer_id, partner=partner, ref_id=ref_id)
    return rows.select_related("product__brand").first()


def _ask(partner: Partner, wish: Wish, *, may_be_closed: bool) -> orders.Ask:
    """A repeat is answered whatever is sold by now, and a trial sells nothing: their products may be closed."""
    product = catalog.product(partner.dealer_id, wish.sku)
    if product is None:
        raise UnknownSku(wish.sku)
    price = pricing.current(product, partner.tier)
    if price is None and not may_be_closed:
        raise orders.ProductClosed
    return orders.Ask(
        product=product,
        destination=_destination(product, wish.destination),
        agreed_price=wish.max_price if wish.max_price is not None else price or 0,
        channel=Channel.PARTNER,
        gateway="balance",
        partner=partner,
        ref_id=wish.ref_id,
    )


def _destination(product: Product, text: str) -> str:
    """E.164, or a meter number. Raises `BadDestination`, `WrongBrand`."""
    try:
        number = msisdn.parse_meter(text) if product.kind == Kind.PLN else msisdn.parse(text)
    except msisdn.NotANumber as error:
        raise BadDestination(error) from error
    if product.kind != Kind.PLN and not catalog.fits(product, number):
        raise WrongBrand
    return number


def _keep_to_cap(partner: Partner, ask: orders.Ask) -> None:
    """Two calls at once take turns, so that together they stay within the cap."""
    if partner.daily_cap is None:
        return
    Partner.objects.select_for_update().get(dealer_id=partner.dealer_id, pk=partner.pk)
    spent, price = spent_today(partner), pricing.current(ask.product, partner.tier) or 0
    if spent + price > partner.daily_cap:
        raise CapReached(spent=spent, cap=partner.daily_cap)


def spent_today(partner: Partner) -> int:
    """Rupiah of today's orders (the dealer's day) that have not failed. Inside the dealer's transaction."""
    since = days.begins(partner.dealer, days.today(partner.dealer))
    rows = Order.objects.filter(dealer_id=partner.dealer_id, partner=partner, created_at__gte=since)
    spent = rows.exclude(status__in=[Status.FAILED, Status.CANCELLED]).aggregate(sum=Sum("price"))["sum"]
    return int(spent or 0)
