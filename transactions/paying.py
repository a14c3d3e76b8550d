"""A buyer who has ordered chooses another way to pay: by another code, or at once from a balance.

The code that was open is void then; whatever is still paid by it is the order's money all the same. A
balance above its owner's limit asks for the PIN (`dealers.pins`).
"""

from dealers import pins
from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import payments, states, todo
from transactions.models import Order, Status, TaskKind
from transactions.sales import NotOffered


class SomebodyElses(Exception):
    """The order belongs to another customer: money that comes back would be theirs."""


def change(dealer: Dealer, order_id: int, *, gateway: str, offered: set[str]) -> Order:
    """Pay an order that waits for money by another code.

    Raises `payments.NotPayable`, `sales.NotOffered`, `terms.MethodClosed`; then the old code stands.
    """
    if gateway not in offered or gateway == "balance":
        raise NotOffered

    def once() -> Order:
        with tenancy.inside(dealer.pk):
            order = _waiting(dealer, order_id)
            _turn_to(order, gateway)
            payments.start(order)
            return order

    return retry.on_conflict(once)


def pay_from_balance(dealer: Dealer, order_id: int, *, customer: User, pin: str) -> Order:
    """Pay what is due from the customer's balance; the order is theirs from then on.

    Call outside a transaction. Raises `payments.NotPayable`, `SomebodyElses`, `ledger.InsufficientBalance`,
    `pins.PinNeeded`, `pins.WrongPin`, `pins.PinLocked`; then nothing has changed.
    """
    with tenancy.inside(dealer.pk):
        amount = payments.due(Order.objects.get(dealer=dealer, pk=order_id))
    pins.demand(customer, amount=amount, given=pin)

    def once() -> Order:
        with tenancy.inside(dealer.pk):
            order = _waiting(dealer, order_id)
            if order.customer_id not in {None, customer.pk}:
                raise SomebodyElses
            _turn_to(order, "balance")
            order.customer = customer
            order.save(update_fields=["customer"])
            payments.pay_from_wallet(order, customer)
            return order

    return retry.on_conflict(once)


def _waiting(dealer: Dealer, order_id: int) -> Order:
    order = states.lock(dealer.pk, order_id)
    if order.status != Status.AWAITING_PAYMENT:
        raise payments.NotPayable
    return order


def _turn_to(order: Order, gateway: str) -> None:
    if order.gateway == gateway:
        return
    states.log(order, "method", old=order.gateway, new=gateway)
    order.gateway = gateway
    order.save(update_fields=["gateway"])
    if gateway != "cash":
        todo.done_with(order, TaskKind.CASH)
