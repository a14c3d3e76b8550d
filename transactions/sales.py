"""A sale through a shop's form: the price that was seen, the order, and a code to pay it by.

The form's token is looked up first: a repeat is answered with the order that stands, whatever has
changed since (the price, the balance, the shop's hours).
"""

from dataclasses import dataclass, field

from dealers import pins
from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from portal.lib.prepared import Prepared
from transactions import orders, payments, pricing
from transactions.form_tokens import FormToken
from transactions.gateways.terms import MethodClosed
from transactions.models import Channel, Order, Product, Status, Tier


class PageTooOld(Exception):
    """The page was made more than a day ago; its prices say nothing any more."""


class NotOffered(Exception):
    """There is no such way to pay for this buyer."""


class ShopClosed(Exception):
    """The dealer has closed the shop; nothing was bought."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a buyer sent. `destination` is E.164 or a meter number, `seen_price` in rupiah as the page showed it."""

    product: Product
    destination: str
    gateway: str
    token: FormToken
    customer: User | None
    seen_price: int | None = None
    again: bool = False
    confirmed_brand: bool = False
    pin: str = field(default="", repr=False)

    def ask(self, agreed_price: int) -> orders.Ask:
        """The same in the words of the order book."""
        return orders.Ask(
            product=self.product,
            destination=self.destination,
            agreed_price=agreed_price,
            channel=Channel.WEB,
            gateway=self.gateway,
            form_token=self.token.nonce,
            customer=self.customer,
        )


_OF_FORM = Prepared(
    lambda dealer, nonce: (
        Order.objects.select_related("product__brand").filter(dealer_id=dealer, form_token=nonce).order_by()[:1]
    ),
    dealer=int,
    nonce=str,
)


def standing(dealer: Dealer, wish: Wish) -> Order | None:
    """The order that this form has become already. Raises `orders.AlreadyUsed` when its content was another.

    Inside the dealer's transaction.
    """
    order = _OF_FORM.first(dealer=dealer.pk, nonce=wish.token.nonce)
    if order is not None and order.fingerprint != wish.ask(order.price).fingerprint:
        raise orders.AlreadyUsed(order)
    return order


def buy(dealer: Dealer, wish: Wish, *, offered: set[str]) -> Order:
    """Place the order and, unless a wallet paid it, open a code to pay it by; a repeat is the same order.

    `offered` are the ways to pay that this buyer has; a balance above its owner's limit asks for the PIN. Raises
    `NotOffered`, `PageTooOld`, `ShopClosed`, and what `pins.demand` and `orders.place` raise; `orders.PriceRose`
    also when the price has moved since a page that is older than five minutes.
    """
    found = _asked_for_pin(dealer, wish, offered)

    def once() -> Order:
        with tenancy.inside(dealer.pk):
            before = standing(dealer, wish)
            if before is not None:
                return before
            _check(dealer, wish, offered)
            ask = wish.ask(_agreed(wish))
            placed = orders.place_here(dealer, ask, again=wish.again, confirmed_brand=wish.confirmed_brand)
            if placed.is_new and placed.order.status == Status.AWAITING_PAYMENT:
                try:
                    payments.start_first(placed.order)
                except MethodClosed as error:
                    raise NotOffered from error
            return placed.order

    return found or retry.on_conflict(once)


def _check(dealer: Dealer, wish: Wish, offered: set[str]) -> None:
    if not dealer.is_open:
        raise ShopClosed
    if wish.gateway not in offered:
        raise NotOffered
    if wish.token.is_old:
        raise PageTooOld


def _asked_for_pin(dealer: Dealer, wish: Wish, offered: set[str]) -> Order | None:
    """A balance asks for the PIN first, in a transaction of its own that counts what was wrong; or the repeat."""
    if wish.gateway != "balance" or wish.customer is None:
        return None
    with tenancy.inside(dealer.pk):
        before = standing(dealer, wish)
        if before is not None:
            return before
        _check(dealer, wish, offered)
        price = _agreed(wish)
    pins.demand(wish.customer, amount=price, given=wish.pin)
    return None


def _agreed(wish: Wish) -> int:
    """The most that the buyer has agreed to, in rupiah; what the page said counts when it said less."""
    agreed = pricing.agreed(wish.product, Tier.RETAIL, wish.token.shown_at)
    if agreed is None:
        now = pricing.current(wish.product, Tier.RETAIL)
        if now is None:
            raise orders.ProductClosed
        raise orders.PriceRose(now)
    return agreed if wish.seen_price is None else min(agreed, wish.seen_price)
