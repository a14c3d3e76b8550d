"""Reading a booking as an accountant does: which accounts it changed by how much, and under which references."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from portal.lib import roundtrip, tenancy
from tests import factories
from tests.factories import Shop
from transactions import accounts, payments, postings
from transactions.models import Attempt, Order, Refund, Supplier, Transfer

_BALANCES = """
SELECT a.kind || CASE a.key WHEN '' THEN '' ELSE ':' || a.key END,
    coalesce((SELECT sum(amount) FROM transfer WHERE to_id = a.id), 0)
  - coalesce((SELECT sum(amount) FROM transfer WHERE frm_id = a.id), 0)
FROM account a WHERE a.dealer_id = %s
"""


@dataclass(frozen=True)
class Booked:
    """What a piece of work changed, account by account in rupiah, and the references that it used."""

    changes: dict[str, int]
    references: list[str]


def booked(dealer_id: int, work: Callable[[], object]) -> Booked:
    """Do the work inside the dealer and read what it booked."""
    with tenancy.inside(dealer_id):
        before, last = _balances(dealer_id), _last(dealer_id)
        work()
        after = _balances(dealer_id)
        references = Transfer.objects.filter(dealer_id=dealer_id, pk__gt=last).order_by("pk")
        changes = {name: after[name] - before.get(name, 0) for name in after}
        assert sum(after.values()) == 0
        return Booked({n: c for n, c in changes.items() if c}, list(references.values_list("reference", flat=True)))


def once(dealer_id: int, work: Callable[[], object]) -> Booked:
    """The same, and prove that doing it again books nothing."""
    first = booked(dealer_id, work)
    assert booked(dealer_id, work) == Booked({}, [])
    return first


def guest(shop: Shop) -> Order:
    """A guest's order of 11.000 that nothing was paid for yet."""
    return factories.place(shop.dealer, shop.product)


def received(order: Order, amount: int, tx: str = "1") -> None:
    """Money came in for an order by the sandbox, and nothing else happened yet."""
    with tenancy.inside(order.dealer_id):
        source = accounts.clearing("sandbox")
        postings.receive(order.dealer_id, source=source, tx=f"{order.code}-{tx}", amount=amount, order_id=order.pk)


def held(shop: Shop) -> Order:
    """A guest's order whose price is held."""
    order = guest(shop)
    received(order, order.price)
    with tenancy.inside(order.dealer_id):
        roundtrip.send(postings.held(order))
    return order


def paid(shop: Shop) -> Order:
    """A guest's order that is paid as the portal does it."""
    order = guest(shop)
    with tenancy.inside(order.dealer_id):
        code = payments.start(order).code
    return payments.receive(
        shop.dealer.pk,
        payment_code=code,
        money=payments.Money(gateway="sandbox", gateway_tx=f"tx-{order.code}", amount=order.price),
    )


def attempt(order: Order, supplier: Supplier, *, cost: int = 10_200, number: int = 1) -> Attempt:
    """A request to a supplier for an order whose price is held."""
    now = timezone.now()
    with tenancy.inside(order.dealer_id):
        return Attempt.objects.create(
            dealer_id=order.dealer_id,
            order=order,
            supplier=supplier,
            supplier_sku="TSEL10",
            number=number,
            reference=f"{order.code}-{number}",
            cost=cost,
            sends=1,
            first_sent_at=now,
            sent_at=now,
        )


def captured(shop: Shop, order: Order) -> Order:
    """The order delivered for 10.200."""
    with tenancy.inside(order.dealer_id):
        postings.capture(order, attempt(order, shop.supplier))
    return order


def released(order: Order) -> Order:
    """The order not delivered."""
    with tenancy.inside(order.dealer_id):
        postings.release(order)
    return order


def refund(order: Order, amount: int, number: int = 1) -> Refund:
    """A refund of an order, as a row only."""
    with tenancy.inside(order.dealer_id):
        return Refund.objects.create(dealer_id=order.dealer_id, order=order, number=number, amount=amount)


def _balances(dealer_id: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [dealer_id])
        return {name: int(balance) for name, balance in cursor.fetchall()}


def _last(dealer_id: int) -> int:
    return Transfer.objects.filter(dealer_id=dealer_id).order_by("-pk").values_list("pk", flat=True).first() or 0
