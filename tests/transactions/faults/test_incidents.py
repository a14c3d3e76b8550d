"""What comes too late is booked by a person's word, as new transfers, once."""

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from tests.transactions.faults.test_callbacks import report
from tests.transactions.refund_rig import handed_out
from transactions import accounts, incidents, ledger, payments
from transactions.models import Incident, Order, Refund, Status
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def guest_order(shop: Shop, simulator: Simulator) -> Order:
    """A guest's order, paid by the sandbox, that the supplier refused."""
    order = factories.place(shop.dealer, shop.product, destination=factories.number("241"))
    with tenancy.inside(shop.dealer.pk):
        code = payments.start(order).code
    money = payments.Money(gateway="sandbox", gateway_tx="tx-1", amount=order.price)
    payments.receive(shop.dealer.pk, payment_code=code, money=money)
    driving.step()
    report(shop, simulator, order, "02")
    return order


def _incident(shop: Shop) -> Incident:
    with tenancy.inside(shop.dealer.pk):
        return Incident.objects.get()


def _balance(shop: Shop, acc: accounts.Acc) -> int:
    with tenancy.inside(shop.dealer.pk):
        return ledger.balance(shop.dealer.pk, acc)


def test_a_late_success_while_the_refund_is_due_becomes_a_sale(
    shop: Shop, simulator: Simulator, guest_order: Order
) -> None:
    report(shop, simulator, guest_order, "00")
    assert _incident(shop).proposal == "recapture"
    incidents.approve(shop.dealer, _incident(shop).pk, actor=shop.customer, note="pemasok benar")
    assert shop.order(guest_order).status == Status.FAILED
    assert _balance(shop, accounts.SALES) == 11_000
    assert _balance(shop, accounts.REFUNDS_DUE) == 0
    with tenancy.inside(shop.dealer.pk):
        assert Refund.objects.get().state == "void"


def test_a_late_success_after_the_refund_was_paid_is_a_loss(
    shop: Shop, simulator: Simulator, guest_order: Order
) -> None:
    report(shop, simulator, guest_order, "00")
    with tenancy.inside(shop.dealer.pk):
        refund = Refund.objects.get()
    handed_out(shop.dealer, refund, shop.customer)
    booked = incidents.approve(shop.dealer, _incident(shop).pk, actor=shop.customer, note="-")
    assert booked.proposal == "late_loss"
    assert _balance(shop, accounts.LATE_LOSS) == -10_200
    assert _balance(shop, accounts.SALES) == 0


def test_a_reversal_returns_the_cost_and_owes_the_customer(shop: Shop, simulator: Simulator) -> None:
    order = shop.buy("241")
    driving.step()
    report(shop, simulator, order, "00")
    report(shop, simulator, order, "02")
    incidents.approve(shop.dealer, _incident(shop).pk, actor=shop.customer, note="dibatalkan operator")
    assert shop.balance() == 1_000_000
    assert _balance(shop, accounts.COST) == 0
    assert _balance(shop, accounts.SALES) == 0
    assert shop.order(order).status == Status.SUCCEEDED


def test_an_incident_is_decided_once(shop: Shop, simulator: Simulator, guest_order: Order) -> None:
    report(shop, simulator, guest_order, "00")
    incidents.dismiss(shop.dealer, _incident(shop).pk, actor=shop.customer, note="salah lapor")
    with pytest.raises(incidents.AlreadyDecided):
        incidents.approve(shop.dealer, _incident(shop).pk, actor=shop.customer, note="-")
    assert _balance(shop, accounts.REFUNDS_DUE) == 11_000
