"""A shop that takes QRIS and transfers, a guest's order by one of them, and what the book says afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from dealers.models import Dealer
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from transactions import accounts, audit, ledger, payments
from transactions.models import Order, Payment, Refund

PRICE = 11_000


def till(**fields: object) -> Shop:
    """A shop with a QRIS and a bank account."""
    made = factories.shop(url="http://127.0.0.1:9", **fields)  # type: ignore[arg-type]
    factories.qris(made.dealer)
    factories.bank_account(made.dealer)
    return made


def ordered(shop: Shop, gateway: str, **fields: object) -> Order:
    """A guest's order with a code to pay it by."""
    order = factories.place(shop.dealer, shop.product, gateway=gateway, **fields)
    with tenancy.inside(shop.dealer.pk):
        payments.start(order)
    return order


def codes(shop: Shop, order: Order) -> list[Payment]:
    """Every code of an order, the oldest first."""
    with tenancy.inside(shop.dealer.pk):
        rows = Payment.objects.filter(order=order).select_related("qris", "bank_account")
        return list(rows.order_by("id"))


def open_code(shop: Shop, order: Order) -> Payment:
    """The code that can be paid."""
    return next(code for code in codes(shop, order) if code.state == "open")


def reports(shop: Shop, code: Payment, amount: int, tx: str = "tx-1") -> None:
    """The gateway, or the bank, reports money for a code."""
    money = payments.Money(gateway=code.gateway, gateway_tx=tx, amount=amount)
    payments.receive(shop.dealer.pk, payment_code=code.code, money=money)


def balance(shop: Shop, acc: accounts.Acc) -> int:
    """What an account holds by its transfers."""
    with tenancy.inside(shop.dealer.pk):
        return ledger.balance(shop.dealer.pk, acc)


def refunds_of(shop: Shop, order: Order) -> list[tuple[int, str]]:
    """Sum and state of each return."""
    with tenancy.inside(shop.dealer.pk):
        return [(r.amount, r.state) for r in Refund.objects.filter(order=order).order_by("number")]


@contextmanager
def audited() -> Iterator[None]:
    """Every invariant holds in every book when the block ends."""
    yield
    for dealer_id in Dealer.objects.values_list("pk", flat=True):
        with tenancy.inside(dealer_id):
            found = [str(v) for v in audit.violations("default") if v.dealer_id == dealer_id]
        assert found == []
