"""Selling across the counter: the money is in hand, so the order is placed and paid in one go."""

from dataclasses import dataclass

import structlog

from dealers.models import Dealer, User
from portal.lib import ids, tenancy
from transactions import accounts, orders, payments, postings_business
from transactions.models import Channel, Order, Product, Status

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Sale:
    """What a cashier sells; `agreed_price` in rupiah is what the customer was told and has paid."""

    product: Product
    destination: str
    agreed_price: int
    token: str
    cashier: User


def sell(dealer: Dealer, sale: Sale, *, again: bool = False, confirmed_brand: bool = False) -> Order:
    """Place a counter order and take its cash, both or neither; the same token twice is one order.

    Raises what `orders.place` raises for people.
    """
    ask = orders.Ask(
        product=sale.product,
        destination=sale.destination,
        agreed_price=sale.agreed_price,
        channel=Channel.COUNTER,
        gateway="cash",
        form_token=sale.token,
        cashier=sale.cashier,
    )
    with tenancy.inside(dealer.pk):
        order = orders.place(dealer, ask, again=again, confirmed_brand=confirmed_brand).order
        if order.status == Status.AWAITING_PAYMENT:
            order = payments.take_cash(dealer, order.pk, seen=order.price, cashier=sale.cashier)
    return order


def order_by_code(dealer: Dealer, code: str) -> Order | None:
    """The dealer's order under this code, however it is typed; None when there is none."""
    try:
        wanted = ids.normalise(code)
    except ids.BadCode:
        return None
    return Order.objects.filter(dealer=dealer, code=wanted).first()


def deposit_cash(dealer: Dealer, customer: User, *, amount: int, token: str, cashier: User) -> int:
    """Put cash into a customer's wallet, once per token; returns the transfer's id.

    The reference names the cashier, because a transfer has no other place for it. Raises
    `ledger.ReferenceReused` when the token stands for another deposit.
    """
    with tenancy.inside(dealer.pk):
        transfer_id = postings_business.deposit(
            dealer.pk,
            to=accounts.customer_wallet(customer.pk),
            source=accounts.cash("counter"),
            amount=amount,
            reference=f"cash:{cashier.pk}:{token}",
        )
    log.info("cash deposited", dealer=dealer.pk, cashier=cashier.pk, transfer=transfer_id)
    return transfer_id
