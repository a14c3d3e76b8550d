"""A dealer with something in every table: what one dealer has and another must never see.

Built by the use cases where there is one, so that the rows are what the portal would have written.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dealers import rights
from dealers.models import Dealer, Outlet, Partner, Role, User
from portal.lib import ids, tenancy
from tests import factories
from transactions import fulfilment, payments, states, todo
from transactions.models import (
    Account,
    AccountKind,
    Brand,
    Decision,
    InboundEvent,
    Incident,
    IncidentKind,
    MarkupRule,
    Order,
    Pace,
    Payment,
    PriceChange,
    Product,
    Rating,
    Refund,
    Rollup,
    RollupMark,
    Route,
    Seal,
    Status,
    Supplier,
    Task,
    TaskKind,
    Tier,
)
from transactions.slips import content
from transactions.suppliers.base import Outcome, Reason, Verdict

UNREACHABLE = "http://127.0.0.1:9"


@dataclass
class World:
    """One dealer, its people, and one of everything."""

    dealer: Dealer
    shop: factories.Shop
    staff: dict[str, User]
    delivered: Order
    """Bought from the wallet and delivered; the customer's."""
    unpaid: Order
    """A guest's, waiting for money by the sandbox gateway."""
    cash: Order
    """A guest's, waiting for a cashier."""
    silent: Order
    """Paid and sent; the supplier has not answered, and staff were asked to look."""
    refunded: Order
    """A guest's, paid and not delivered: its money is due."""
    payment: Payment
    refund: Refund
    incident: Incident
    task: Task
    outlet: Outlet
    rule: MarkupRule
    route: Route
    wallet: Account

    @property
    def product(self) -> Product:
        return self.shop.product

    @property
    def supplier(self) -> Supplier:
        return self.shop.supplier

    @property
    def customer(self) -> User:
        return self.shop.customer


def world(slug: str, *, staff: bool = False) -> World:
    """A dealer that has one of everything; an owner, or with `staff` one person in each role."""
    shop = factories.shop(slug=slug, url=UNREACHABLE, money=1_000_000)
    dealer = shop.dealer
    delivered = _sent(shop, _verdict(Outcome.SUCCEEDED, sn="0031 8890 7712"))
    unpaid, cash = shop.buy(gateway="sandbox", customer=None), shop.buy(gateway="cash", customer=None)
    silent = _sent(shop, None)
    with tenancy.inside(dealer.pk):
        payment = payments.start(unpaid)
        payments.start(cash)
    refunded = _paid_and_failed(shop)
    with tenancy.inside(dealer.pk):
        _write_the_rest(dealer, shop)
        return World(
            dealer=dealer,
            shop=shop,
            staff={role: factories.member(dealer, role) for role in (Role if staff else [Role.OWNER])},
            delivered=delivered,
            unpaid=unpaid,
            cash=cash,
            silent=silent,
            refunded=refunded,
            payment=payment,
            refund=Refund.objects.get(order=refunded),
            incident=_incident(dealer, delivered),
            task=_undecided(dealer, silent),
            outlet=Outlet.objects.create(dealer=dealer, name="Pusat"),
            rule=MarkupRule.objects.create(dealer=dealer, brand=Brand.objects.get(code="TSEL"), fixed=800),
            route=Route.objects.get(),
            wallet=Account.objects.get(kind=AccountKind.WALLET, key=f"customer:{shop.customer.pk}"),
        )


def _verdict(outcome: Outcome, *, sn: str = "") -> Verdict:
    return Verdict(outcome=outcome, rc="00", reason=Reason.NONE if sn else Reason.DISTURBED, sn=sn, raw="{}")


def _sent(shop: factories.Shop, verdict: Verdict | None) -> Order:
    """An order from the wallet that was sent, and about which the supplier said `verdict`, or nothing."""
    return _send(shop, shop.buy(), verdict)


def _send(shop: factories.Shop, order: Order, verdict: Verdict | None) -> Order:
    with tenancy.inside(shop.dealer.pk):
        call = fulfilment.decide(states.lock(shop.dealer.pk, order.pk))
    assert call is not None
    if verdict is not None:
        fulfilment.record(shop.dealer.pk, call.attempt_id, verdict, source="callback")
    return shop.order(order)


def _paid_and_failed(shop: factories.Shop) -> Order:
    order = shop.buy(gateway="sandbox", customer=None)
    with tenancy.inside(shop.dealer.pk):
        code = payments.start(order).code
    money = payments.Money(gateway="sandbox", gateway_tx=f"tx-{ids.new_token()}", amount=order.price)
    payments.receive(shop.dealer.pk, payment_code=code, money=money)
    failed = _send(shop, order, _verdict(Outcome.FAILED))
    assert failed.status == Status.FAILED
    return failed


def _incident(dealer: Dealer, order: Order) -> Incident:
    incident = Incident.objects.create(
        dealer=dealer,
        order=order,
        attempt=order.attempts.get(),
        kind=IncidentKind.REVERSAL,
        raw_reference="rc 02",
        proposal="reversal",
        cost=10_200,
    )
    soon = timedelta(hours=2)
    todo.ask(dealer.pk, TaskKind.INCIDENT, str(incident.pk), within=soon, order=order, incident=incident)
    return incident


def _undecided(dealer: Dealer, order: Order) -> Task:
    todo.ask(dealer.pk, TaskKind.UNDECIDED, order.code, within=timedelta(hours=2), order=order)
    return Task.objects.get(kind=TaskKind.UNDECIDED, order=order)


def _write_the_rest(dealer: Dealer, shop: factories.Shop) -> None:
    """Rows that only time, or a later screen, would bring."""
    own: dict[str, Any] = {"dealer": dealer}
    rights.grant(dealer, rights.BUY_STOCK, source="test")
    Partner.objects.create(**own, username=f"{dealer.slug}-mitra", name="Mitra")
    PriceChange.objects.create(**own, product=shop.product, tier=Tier.RETAIL, new=11_000)
    InboundEvent.objects.create(**own, source="supplier:utama", event_id="1", effect=InboundEvent.Effect.ORPHAN)
    wallet = Account.objects.filter(kind=AccountKind.WALLET).first()
    assert wallet is not None
    Rollup.objects.create(**own, account=wallet, day=timezone.now().date(), came_in=1)
    RollupMark.objects.create(**own, system_identifier=1, closed_before=1)
    span = {"start": timezone.now() - timedelta(hours=1), "end": timezone.now(), "transfers": 1}
    Seal.objects.create(**own, number=1, digest="0" * 64, **span)
    Pace.objects.create(**own, orders=20, p50=8, p95=21, at=timezone.now())
    delivered = Order.objects.get(status=Status.SUCCEEDED)
    Rating.objects.create(**own, order=delivered, is_good=False)
    content.proof(delivered)
    failed = Order.objects.get(status=Status.FAILED)
    owner = factories.user()
    Decision.objects.create(
        **own, order=failed, verdict=Decision.Verdict.FAILED, reason="tidak ada jawaban", proposed_by=owner
    )
