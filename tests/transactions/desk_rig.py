"""A dealer with staff in every role, a browser for each of them, and suppliers that say what they are told."""

from dataclasses import dataclass, field

from django.test import Client

from dealers.models import Role, User
from portal.lib import tenancy
from tests import factories
from transactions import fulfilment, payments, states
from transactions.models import Attempt, Order
from transactions.suppliers.base import Outcome, Reason, Verdict

UNREACHABLE = "http://127.0.0.1:9"
NO = Verdict(outcome=Outcome.FAILED, rc="02", reason=Reason.OTHER, raw="{}")
YES = Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn="0031889077129", raw="{}")


def signed_in(user: User) -> Client:
    """The browser of somebody who has signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass
class Desk:
    """One dealer's desk, and whoever sits at it."""

    shop: factories.Shop
    people: dict[str, User] = field(default_factory=dict)

    def person(self, role: Role) -> User:
        """The one who works there in this role."""
        if role not in self.people:
            self.people[role] = factories.member(self.shop.dealer, role)
        return self.people[role]

    def as_(self, role: Role = Role.OWNER) -> Client:
        """That person's browser."""
        return signed_in(self.person(role))

    def sent(self, order: Order, verdict: Verdict | None = None) -> Attempt:
        """Send an order, and let the supplier say something about it."""
        dealer_id = self.shop.dealer.pk
        with tenancy.inside(dealer_id):
            call = fulfilment.decide(states.lock(dealer_id, order.pk))
        assert call is not None
        if verdict is not None:
            self.said(call.attempt_id, verdict)
        with tenancy.inside(dealer_id):
            return Attempt.objects.get(pk=call.attempt_id)

    def said(self, attempt_id: int, verdict: Verdict) -> None:
        """The supplier reports by itself."""
        fulfilment.record(self.shop.dealer.pk, attempt_id, verdict, source="callback")

    def unpaid(self, gateway: str = "cash") -> Order:
        """A guest's order that waits for money."""
        order = self.shop.buy(gateway=gateway, customer=None)
        with tenancy.inside(self.shop.dealer.pk):
            payments.start(order)
        return order

    def paid_by_guest(self) -> Order:
        """A guest's order that was paid at the counter."""
        order = self.unpaid()
        return payments.take_cash(self.shop.dealer, order.pk, seen=order.price, cashier=self.person(Role.CASHIER))


def desk(**fields: object) -> Desk:
    """The desk of a shop with one supplier and a customer who has money."""
    return Desk(factories.shop(url=UNREACHABLE, **fields))  # type: ignore[arg-type]  # what `shop` takes
