"""A dealer with something in every table: what one dealer has and another must never see.

Built by the use cases where there is one, so that the rows are what the portal would have written.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dealers import partners, rights
from dealers.models import Dealer, Dialect, Outlet, Partner, PartnerCall, PartnerKey, PartnerNonce, Role, User
from portal.lib import ids, tenancy
from tests import factories
from transactions import (
    bank_lines,
    deposit_tickets,
    fulfilment,
    payments,
    payouts,
    refund_choices,
    sandbox,
    states,
    todo,
    webhook_endpoints,
    webhooks,
)
from transactions.models import (
    Account,
    AccountKind,
    Amends,
    AmendsKind,
    BankAccount,
    BankFile,
    BankLine,
    Brand,
    Decision,
    DeliveryState,
    DepositTicket,
    Difference,
    DifferenceKind,
    HookFormat,
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
    ReconcileDay,
    ReconcileStatement,
    Refund,
    RefundWay,
    Rollup,
    RollupMark,
    Route,
    Seal,
    Status,
    Supplier,
    Task,
    TaskKind,
    TicketSource,
    Tier,
    WebhookDelivery,
)
from transactions.payouts import Payer
from transactions.refund_choices import Choice
from transactions.refund_ways import Destination
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
    proposed: Refund
    """Waits for a second person."""
    begun: Refund
    """Somebody pays it now, by bank."""
    paid_back: Refund
    """Went to a bank."""
    incident: Incident
    task: Task
    outlet: Outlet
    rule: MarkupRule
    route: Route
    wallet: Account
    by_qris: Order
    """A guest's, waiting for money by QRIS."""
    by_transfer: Order
    """A guest's, waiting for a bank transfer."""
    line: BankLine
    """Money in the bank of nobody known."""
    machine_key: str
    """Opens the API to a partner that has money here."""
    difference: Difference
    """Yesterday's, with the supplier: a price."""
    deposit: DepositTicket
    """A partner's, waiting for its transfer."""
    bank_file: BankFile
    """Uploaded, and not booked yet."""
    amends: Amends
    """Proposed for `paid_back`, waiting for a second person."""

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
    orders = _orders(shop)
    factories.price_list(dealer, shop.supplier, factories.offer())
    proposed, begun, paid_back = _on_their_way(shop)
    with tenancy.inside(dealer.pk):
        machine_key = _machine(dealer, shop.product)
    deposit, bank_file = _deposits(shop)
    with tenancy.inside(dealer.pk):
        _write_the_rest(dealer, shop)
        return World(
            machine_key=machine_key,
            dealer=dealer,
            shop=shop,
            staff={role: factories.member(dealer, role) for role in (Role if staff else [Role.OWNER])},
            **orders,
            payment=Payment.objects.get(order=orders["unpaid"]),
            refund=Refund.objects.get(order=orders["refunded"]),
            proposed=proposed,
            begun=begun,
            paid_back=paid_back,
            incident=_incident(dealer, orders["delivered"]),
            task=_undecided(dealer, orders["silent"]),
            outlet=Outlet.objects.create(dealer=dealer, name="Pusat"),
            rule=MarkupRule.objects.create(dealer=dealer, brand=Brand.objects.get(code="TSEL"), fixed=800),
            route=Route.objects.get(),
            wallet=Account.objects.get(kind=AccountKind.WALLET, key=f"customer:{shop.customer.pk}"),
            line=BankLine.objects.get(reference="FT-0001"),
            difference=_difference(dealer, shop.supplier, orders["delivered"]),
            deposit=deposit,
            bank_file=bank_file,
            amends=_amends(dealer, paid_back.order),
        )


def _orders(shop: factories.Shop) -> dict[str, Order]:
    """One order in each of its states, by the name of its field."""
    delivered = _sent(shop, _verdict(Outcome.SUCCEEDED, sn="0031 8890 7712"))
    _tills(shop)
    silent = _sent(shop, None)
    waiting = {"unpaid": "sandbox", "cash": "cash", "by_qris": "qris", "by_transfer": "transfer"}
    orders = {name: _waiting(shop, gateway) for name, gateway in waiting.items()}
    return {"delivered": delivered, "silent": silent, **orders, "refunded": _paid_and_failed(shop)}


def _deposits(shop: factories.Shop) -> tuple[DepositTicket, BankFile]:
    """A partner's deposit that came, one that is claimed and waits, and a bank's file that nobody has booked."""
    dealer, who = shop.dealer, factories.user()
    with tenancy.inside(dealer.pk):
        known = Partner.objects.filter(dealer=dealer).first()
        wanted = partners.Application(username=f"{dealer.slug}-setor", name="Orang 2")
        partner = known or partners.invite(dealer, wanted, by=None)
        account = BankAccount.objects.earliest("pk")
    came, waits = (
        deposit_tickets.open_(partner, deposit_tickets.Wish(amount=amount, source=TicketSource.API)).ticket
        for amount in (50_000, 75_000)
    )
    day = timezone.localdate() + timedelta(days=1)  # tomorrow somewhere in Indonesia, whatever the hour
    row = bank_lines.Row(day=day, amount=came.amount, note="", reference="FT-0003")
    bank_lines.enter(dealer, account, [row], actor=who)
    deposit_tickets.claim(partner, waits.code, proof="TRX-9")
    row_read = {"number": 2, "verdict": "in", "why": "", "day": day.isoformat(), "amount": 10_377}
    row_read |= {"note": "BUDI", "reference": "FT-0004", "raw": ""}
    with tenancy.inside(dealer.pk):
        file = BankFile.objects.create(
            dealer=dealer, account=account, name="statement.csv", rows=[row_read], uploaded_by=who
        )
    return waits, file


def _tills(shop: factories.Shop) -> None:
    """A QRIS, a bank account, and a line of its statement that nobody knows."""
    factories.qris(shop.dealer)
    account = factories.bank_account(shop.dealer)
    row = bank_lines.Row(day=timezone.now().date(), amount=77_777, note="TIDAK TAHU", reference="FT-0001")
    bank_lines.enter(shop.dealer, account, [row], actor=factories.user())


def _verdict(outcome: Outcome, *, sn: str = "") -> Verdict:
    return Verdict(outcome=outcome, rc="00", reason=Reason.NONE if sn else Reason.OTHER, sn=sn, raw="{}")


def _waiting(shop: factories.Shop, gateway: str) -> Order:
    """A guest's order with a code to pay it by."""
    order = shop.buy(gateway=gateway, customer=None)
    with tenancy.inside(shop.dealer.pk):
        payments.start(order)
    return order


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


def _on_their_way(shop: factories.Shop) -> tuple[Refund, Refund, Refund]:
    """Three refunds to a bank account: proposed by a cashier for a guest, begun, and paid."""
    found, who = [], factories.user()
    bank = Choice(way=RefundWay.BANK, destination=Destination("BCA", "1234567890", "Budi Santoso"))
    for _ in range(3):
        order = _paid_and_failed(shop)
        with tenancy.inside(shop.dealer.pk):
            found.append(Refund.objects.select_related("order").get(order=order))
    for number, refund in enumerate(found):
        refund_choices.choose(shop.dealer, refund.pk, bank, staff=who if number == 0 else None)
        payouts.begin(shop.dealer, refund.pk, way=RefundWay.BANK, payer=Payer(user=who, may_approve=False))
    payouts.finish(shop.dealer, found[2].pk, payer=Payer(user=who, may_approve=False), reference="TRX-1")
    return found[0], found[1], found[2]


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


def _amends(dealer: Dealer, order: Order) -> Amends:
    todo.ask(dealer.pk, TaskKind.AMENDS, order.code, within=timedelta(days=1), order=order)
    said = {"kind": AmendsKind.GOODWILL, "amount": 2_000, "reason": "menunggu terlalu lama", "token": ids.new_token()}
    return Amends.objects.create(dealer=dealer, order=order, proposed_by=factories.user(), **said)


def _undecided(dealer: Dealer, order: Order) -> Task:
    todo.ask(dealer.pk, TaskKind.UNDECIDED, order.code, within=timedelta(hours=2), order=order)
    return Task.objects.get(kind=TaskKind.UNDECIDED, order=order)


def _difference(dealer: Dealer, supplier: Supplier, order: Order) -> Difference:
    """Yesterday's statement says 100 rupiah more than was booked; another file waits to be looked at."""
    yesterday = timezone.localdate() - timedelta(days=1)
    counts = {"ours": 1, "theirs": 1, "different": 1, "sum_ours": 10_200, "sum_theirs": 10_300}
    row = ReconcileDay.objects.create(dealer=dealer, supplier=supplier, day=yesterday, state="different", **counts)
    attempt = order.attempts.get()
    said = {"reference": attempt.reference, "outcome": "succeeded", "sku": "TSEL10", "destination": "", "sn": ""}
    ours, theirs = ({**said, "price": price, "at": ""} for price in (10_200, 10_300))
    draft = {"lines": [{"key": attempt.reference, **theirs}], "bad": [], "bad_count": 0}
    ReconcileStatement.objects.create(
        dealer=dealer, day=row, lines=draft["lines"], draft=draft, draft_digest="d", draft_name="2026.csv"
    )
    todo.ask(dealer.pk, TaskKind.DIFFERENCE, str(row.pk), within=timedelta(days=2))
    return Difference.objects.create(
        dealer=dealer,
        day=row,
        kind=DifferenceKind.PRICE,
        key=attempt.reference,
        attempt=attempt,
        order=order,
        ours=ours,
        theirs=theirs,
        amount=100,
    )


def _machine(dealer: Dealer, product: Product) -> str:
    """A partner with money and a key; it has tried an order out, and used a nonce."""
    wanted = partners.Application(username=f"{dealer.slug}-mitra", name="Orang 1")
    partner = partners.invite(dealer, wanted, by=None)
    issued = partners.issue(partner, by=None)
    # Not noted again by each call: what is refused must leave everything as it was.
    PartnerKey.objects.filter(dealer=dealer).update(used_at=timezone.now() + timedelta(days=1))
    PartnerNonce.objects.create(dealer=dealer, partner=partner, nonce="n-1")
    sandbox.place(partner, product, ref_id="T-1", destination="+6281234567890", fingerprint="0" * 64)
    factories.fund_partner(partner, 500_000)
    _hook(partner)
    _called(partner, issued.key)
    return issued.plain


def _called(partner: Partner, key: PartnerKey) -> None:
    """A call of the partner's that was refused."""
    PartnerCall.objects.create(
        dealer=partner.dealer,
        partner=partner,
        at=timezone.now(),
        key_name=key.name,
        is_sandbox=key.is_sandbox,
        dialect=Dialect.NATIVE,
        method="GET",
        path="/api/v1/balance/",
        status=403,
        code="address_not_allowed",
        ms=3,
        address="203.0.113.9",
        request_id="a" * 32,
    )


def _hook(partner: Partner) -> None:
    """An address of the partner's, which waits, and something that it was told."""
    made = webhook_endpoints.add(partner, url="https://example.com/hook", how=HookFormat.NATIVE)
    webhook_endpoints.change(made.endpoint, url="https://example.com/hook", events=("order.failed",), is_open=False)
    webhooks.remember_callback(partner, ref_id="C-1", url="https://example.com/hook")
    body = {"dealer": partner.dealer, "partner": partner, "endpoint": made.endpoint, "body": "{}"}
    WebhookDelivery.objects.create(**body, event_id="evt_1", kind="order.failed", state=DeliveryState.GIVEN_UP)


def _write_the_rest(dealer: Dealer, shop: factories.Shop) -> None:
    """Rows that only time, or a later screen, would bring."""
    own: dict[str, Any] = {"dealer": dealer}
    rights.grant(dealer, rights.BUY_STOCK, source="test")
    PriceChange.objects.create(**own, product=shop.product, tier=Tier.RETAIL, new=11_000)
    InboundEvent.objects.create(**own, source="supplier:utama", event_id="1", effect=InboundEvent.Effect.ORPHAN)
    wallet = Account.objects.filter(kind=AccountKind.WALLET).first()
    assert wallet is not None
    Rollup.objects.create(**own, account=wallet, day=timezone.now().date(), came_in=1)
    RollupMark.objects.create(**own, system_identifier=1, closed_before=1)
    span = {"start": timezone.now() - timedelta(hours=1), "end": timezone.now(), "transfers": 1}
    Seal.objects.create(**own, number=1, digest="0" * 64, **span)
    Pace.objects.create(**own, orders=20, p50=8, p95=21, at=timezone.now())
    delivered = Order.objects.filter(status=Status.SUCCEEDED).earliest("pk")
    Rating.objects.create(**own, order=delivered, is_good=False)
    content.proof(delivered)
    failed = Order.objects.filter(status=Status.FAILED).earliest("pk")
    owner = factories.user()
    Decision.objects.create(
        **own, order=failed, verdict=Decision.Verdict.FAILED, reason="tidak ada jawaban", proposed_by=owner
    )
