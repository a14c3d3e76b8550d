"""Placing and cancelling orders: what a buyer may ask for, and what is asked back.

Everything that takes money happens in one SQL function, `place_v1`. Around it stand the questions
that a careful cashier would ask (is this the right operator, did you not just buy this?), each put
once and answered with a flag.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Func, Value
from django.utils import timezone

from dealers.models import Dealer, Outlet, Partner, User
from portal.lib import crash, ids, retry, roundtrip, tenancy
from portal.lib.prepared import Prepared
from portal.lib.roundtrip import Statement
from transactions import accounts, catalog, ledger, pricing, queue, refunds, states, todo, webhooks
from transactions.ledger import InsufficientBalance
from transactions.models import (
    Channel,
    DueKind,
    Order,
    Payment,
    PaymentState,
    Product,
    Status,
    TaskKind,
    Tier,
)

UNPAID_LASTS = timedelta(hours=24)
REPEAT_WINDOW = timedelta(hours=24)


class PriceRose(Exception):
    """The price is above what the buyer agreed to; nothing was bought."""

    def __init__(self, price: int) -> None:
        super().__init__(f"the price is {price} now")
        self.price = price


class ProductClosed(Exception):
    """The product cannot be bought now; nothing was bought."""


class AlreadyUsed(Exception):
    """The form token or ref_id stands for an order with other content; nothing new was bought."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"it stands for order {order.code}")
        self.order = order


class OtherBrand(Exception):
    """The number's prefix does not fit the product: ask once."""


class BoughtBefore(Exception):
    """The same product went to the same number within the day: ask first."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"order {order.code} was placed at {order.created_at}")
        self.order = order


class TooLate(Exception):
    """The order cannot be cancelled any more."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What somebody wants to buy, and the most they agreed to pay, in rupiah.

    `destination` is E.164 for phones and a customer number otherwise. Exactly one of `form_token`
    (people) and `partner` with `ref_id` (machines) makes the request idempotent.
    """

    product: Product
    destination: str
    agreed_price: int
    channel: Channel
    gateway: str
    form_token: str | None = None
    partner: Partner | None = None
    ref_id: str | None = None
    customer: User | None = None
    cashier: User | None = None
    outlet: Outlet | None = None

    @property
    def fingerprint(self) -> str:
        """The content, so that a repeat can be told from a reuse."""
        content = f"{self.product.sku}|{self.destination}|{self.gateway}"
        return sha256(content.encode()).hexdigest()

    @property
    def tier(self) -> str:
        """The tier whose price is paid."""
        return str(self.partner.tier if self.partner else Tier.RETAIL)

    @property
    def wallet(self) -> accounts.Acc | None:
        """The wallet that pays at once; None when payment comes later."""
        if self.partner is not None:
            return accounts.wallet(self.partner.wallet_key)
        if self.gateway == "balance" and self.customer is not None:
            return accounts.customer_wallet(self.customer.pk)
        return None


@dataclass(frozen=True)
class Placed:
    """The order that stands, and whether this request made it."""

    order: Order
    is_new: bool


_PLACE = """
SELECT order_id, is_new, fingerprint
FROM place_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def place(dealer: Dealer, ask: Ask, *, again: bool = False, confirmed_brand: bool = False) -> Placed:
    """Place an order, and pay it when a wallet does.

    A repeat of the same request returns the order that stands. Raises `OtherBrand` and `BoughtBefore`
    (people only, until confirmed), `ProductClosed`, `PriceRose`, `InsufficientBalance`, `AlreadyUsed`.
    """

    def once() -> Placed:
        with tenancy.inside(dealer.pk):
            if ask.partner is None and _stands(dealer, ask):
                return _place(dealer, ask)
            return place_here(dealer, ask, again=again, confirmed_brand=confirmed_brand)

    return retry.on_conflict(once)


def place_here(dealer: Dealer, ask: Ask, *, again: bool = False, confirmed_brand: bool = False) -> Placed:
    """The same in the transaction of a caller who has just seen that this request stands for no order yet."""
    if ask.partner is None:
        _question(dealer, ask, again=again, confirmed_brand=confirmed_brand)
    transaction.on_commit(partial(crash.point, "after_place"))
    return _place(dealer, ask)


def _stands(dealer: Dealer, ask: Ask) -> bool:
    return Order.objects.filter(dealer=dealer, form_token=ask.form_token).exists()


def _question(dealer: Dealer, ask: Ask, *, again: bool, confirmed_brand: bool) -> None:
    is_phone = ask.destination.startswith("+")
    if is_phone and not confirmed_brand and not catalog.fits(ask.product, ask.destination):
        raise OtherBrand
    before = bought_before(dealer, ask.product, ask.destination)
    # The same form, sent twice at once, may have become that order since we looked: a repeat is not asked about.
    if before is not None and not again and not _stands(dealer, ask):
        raise BoughtBefore(before)


_BOUGHT = Prepared(
    lambda dealer, product, destination, since: Order.objects.filter(
        dealer_id=dealer,
        product_id=product,
        destination=destination,
        created_at__gte=since,
        status__in=[Status.AWAITING_PAYMENT, Status.PAID, Status.PROCESSING, Status.SUCCEEDED],
    ).order_by("-created_at")[:1],
    dealer=int,
    product=int,
    destination=str,
    since=datetime,
)


def bought_before(dealer: Dealer, product: Product, destination: str) -> Order | None:
    """The newest order of this product for this number within the day that was not given up."""
    since = timezone.now() - REPEAT_WINDOW
    return _BOUGHT.first(dealer=dealer.pk, product=product.pk, destination=destination, since=since)


_PLACED = Prepared(
    lambda dealer, order: Order.objects.filter(pk=order, dealer_id=dealer).order_by(), dealer=int, order=int
)


def _place(dealer: Dealer, ask: Ask) -> Placed:
    if not catalog.open_routes(ask.product, max_cost=max(ask.agreed_price, ask.product.accepted_cost)):
        _refuse_closed(dealer, ask)
    try:
        order_id, is_new, fingerprint = _call(dealer, ask)
    except DatabaseError as error:
        refusal = _refusal(error)
        if refusal is error:
            raise  # its own cause holds the SQLSTATE, by which it is retried or explained
        raise refusal from error
    order = _PLACED.get(dealer=dealer.pk, order=order_id)
    order.dealer = dealer
    if order.product_id == ask.product.pk:
        order.product = ask.product
    if fingerprint != ask.fingerprint:
        raise AlreadyUsed(order)
    return Placed(order, is_new)


def _refuse_closed(dealer: Dealer, ask: Ask) -> None:
    """No route that the agreed price bears: the price rose with the cost, or the product is closed.

    A repeat is answered whatever the catalogue says.
    """
    repeats = Order.objects.filter(dealer=dealer)
    if ask.partner is not None:
        repeats = repeats.filter(partner=ask.partner, ref_id=ask.ref_id)
    else:
        repeats = repeats.filter(form_token=ask.form_token)
    if repeats.exists():
        return
    now = pricing.current(ask.product, ask.tier) or 0
    if ask.product.is_open and now > ask.agreed_price and catalog.open_routes(ask.product, max_cost=now):
        raise PriceRose(now)
    raise ProductClosed


def _call(dealer: Dealer, ask: Ask) -> tuple[int, bool, str]:
    wallet = ask.wallet
    rest = timedelta(seconds=dealer.cancel_seconds) if wallet else UNPAID_LASTS
    arguments: list[Any] = [
        dealer.pk,
        ids.new_order_code(),
        ids.new_secret(),
        ask.product.pk,
        ask.tier,
        ask.destination,
        ask.agreed_price,
        str(ask.channel),
        ask.gateway,
        ask.form_token,
        ask.partner.pk if ask.partner else None,
        ask.ref_id,
        ask.fingerprint,
        ask.customer.pk if ask.customer else None,
        ask.cashier.pk if ask.cashier else None,
        ask.outlet.pk if ask.outlet else None,
        ledger.account_id(dealer.pk, wallet) if wallet else None,
        rest,
    ]
    (placed,) = roundtrip.rows(Statement(_PLACE, arguments))
    order_id, is_new, fingerprint = placed
    return order_id, is_new, fingerprint


def _refusal(error: DatabaseError) -> Exception:
    code = ledger.sqlstate(error)
    if code == "KN001":
        return InsufficientBalance()
    if code == "KN002":
        diagnostics = getattr(error.__cause__, "diag", None)
        return PriceRose(int(getattr(diagnostics, "message_detail", None) or 0))
    if code == "KN003":
        return ProductClosed()
    return error


def cancel(dealer: Dealer, order_id: int, *, actor: User | None = None) -> Order:
    """End an order that nothing was sent for; what was paid goes back. Raises `TooLate`."""

    def once() -> Order:
        with tenancy.inside(dealer.pk):
            order = states.lock(dealer.pk, order_id)
            if order.status == Status.AWAITING_PAYMENT:
                _cancel_unpaid(order, actor)
            elif order.status == Status.PAID and can_cancel(dealer, order):
                states.move(order, Status.CANCELLED, actor=actor, finished_at=timezone.now())
                queue.finish(dealer.pk, DueKind.ORDER, order.pk)
                refunds.release(order)
                webhooks.tell(order)
            elif order.status != Status.CANCELLED:
                raise TooLate
            return order

    return retry.on_conflict(once)


def can_cancel(dealer: Dealer, order: Order) -> bool:
    """Whether the cancel window of a paid order is still open and nothing was sent."""
    if order.status == Status.AWAITING_PAYMENT:
        return True
    if order.status != Status.PAID or order.paid_at is None:
        return False
    return timezone.now() < goes_at(dealer, order) and not order.attempts.exists()


def goes_at(dealer: Dealer, order: Order) -> datetime:
    """When a paid order is sent, and can be cancelled no more."""
    return (order.paid_at or order.created_at) + timedelta(seconds=dealer.cancel_seconds)


def _cancel_unpaid(order: Order, actor: User | None) -> None:
    states.move(order, Status.CANCELLED, actor=actor, finished_at=timezone.now())
    queue.finish(order.dealer_id, DueKind.ORDER, order.pk)
    open_codes = Payment.objects.filter(dealer_id=order.dealer_id, order=order, state=PaymentState.OPEN)
    open_codes.update(state=PaymentState.VOID, finished_at=timezone.now())
    todo.done_with(order, TaskKind.CASH, by=actor)
    refunds.put_back_rest(order)


_SHOP = Prepared(
    lambda code: Dealer.objects.filter(
        # In brackets it is asked once; as a mere condition, for every dealer that there is.
        pk=Func(Value(code), function="dealer_of_order", template="(SELECT %(function)s(%(expressions)s))")
    ).order_by()[:1],
    code=str,
)


def shop_of(code: str) -> Dealer | None:
    """The same dealer as a whole."""
    return _SHOP.first(code=code)


def dealer_of(code: str) -> int | None:
    """The dealer whose order this code is, looked up before any tenant is known."""
    ((found,),) = roundtrip.rows(Statement("SELECT dealer_of_order(%s)", [code]))
    return int(found) if found is not None else None
