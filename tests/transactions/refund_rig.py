"""A guest who paid at the sandbox's till and got nothing, and everybody who may give the money back."""

from dataclasses import dataclass

from dealers.models import Dealer, Role, User
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import audit, payments, payouts, refund_choices
from transactions.gateways import sandbox
from transactions.models import Due, DueKind, Order, Payment, Refund, RefundWay, Transfer
from transactions.payouts import Payer
from transactions.refund_choices import Choice
from transactions.refund_ways import Destination
from transactions.suppliers.simulator import Simulator

PRICE = 11_000
BCA = Destination("BCA", "1234567890", "Budi Santoso")
DANA = Destination("DANA", "+6281234567890")


def owner(user: User) -> Payer:
    """Somebody who may pay and be the second to agree."""
    return Payer(user=user, may_approve=True)


def cashier(user: User) -> Payer:
    """Somebody who may pay."""
    return Payer(user=user, may_approve=False)


def handed_out(dealer: Dealer, refund: Refund, by: User) -> Refund:
    """The money of a refund is given to whoever stands at the counter."""
    return payouts.begin(dealer, refund.pk, way=RefundWay.CASH, payer=owner(by))


@dataclass
class Unhappy:
    """A guest's order that was paid at the till and refused by the supplier."""

    shop: Shop
    simulator: Simulator
    order: Order

    @property
    def dealer(self) -> Dealer:
        return self.shop.dealer

    def person(self, role: Role = Role.OWNER) -> User:
        """Somebody new who works there."""
        return factories.member(self.dealer, role)

    def refunds(self) -> list[Refund]:
        """Every refund of the order, by number."""
        with tenancy.inside(self.dealer.pk):
            return list(Refund.objects.filter(order=self.order).select_related("order").order_by("number"))

    @property
    def refund(self) -> Refund:
        """The last one."""
        return self.refunds()[-1]

    def chooses(self, way: RefundWay, to: Destination | None = None) -> Refund:
        """What the guest says behind the secret link."""
        return refund_choices.choose(self.dealer, self.refund.pk, Choice(way=way, destination=to))

    def time_passes(self) -> None:
        """Whatever refund waits for its gateway is due, and a dispatcher comes by."""
        Due.objects.filter(kind=DueKind.REFUND).update(due_at="2020-01-01T00:00:00Z", lease_until=None)
        driving.step()

    def paid_out(self) -> list[tuple[str, int]]:
        """Every transfer out of what is due to guests: the kind of account it went to, and rupiah."""
        with tenancy.inside(self.dealer.pk):
            rows = Transfer.objects.filter(order_id=self.order.pk, frm_kind="refunds_due").order_by("id")
            return list(rows.values_list("to_kind", "amount"))

    def faults(self) -> list[str]:
        """What the audit says about this dealer."""
        with tenancy.inside(self.dealer.pk):
            return [str(found) for found in audit.violations("default") if found.dealer_id == self.dealer.pk]


def unhappy(shop: Shop, simulator: Simulator, *, times: int = 1, gateway: str = "sandbox") -> Unhappy:
    """Buy, pay `times` times at the till, and be refused by the supplier."""
    order = factories.place(shop.dealer, shop.product, destination=factories.number("232"), gateway=gateway)
    with tenancy.inside(shop.dealer.pk):
        code = payments.start(order)
    sandbox.pay(code, amount=order.price, times=times)
    Due.objects.filter(kind=DueKind.PAYMENT).update(due_at="2020-01-01T00:00:00Z", lease_until=None)
    for _ in range(3):
        driving.step()
    with tenancy.inside(shop.dealer.pk):
        assert Payment.objects.get(pk=code.pk).state == "paid"
    return Unhappy(shop, simulator, shop.order(order))
