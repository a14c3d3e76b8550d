"""From `open_dealer` to the first sale, at the desk and in the shop alone: the operator's, then one from its stock."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dealers.models import Dealer, User
from portal import opening
from portal.lib import tenancy
from tests.portal.openings import OPERATOR, shop
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import signed_in
from tests.transactions.faults import driving
from tests.transactions.storefront_rig import guest
from transactions import form_tokens, mirrors
from transactions.models import Order, Status, Supplier
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db


@dataclass
class Opened:
    """A dealer as it was opened, and its owner at the desk."""

    dealer: Dealer
    owner: User

    @property
    def desk(self) -> Client:
        return signed_in(self.owner)

    def order(self, code: str) -> Order:
        with tenancy.inside(self.dealer.pk):
            return Order.objects.get(code=code)


def opened(wanted: opening.NewDealer) -> Opened:
    made = opening.open_dealer(wanted)
    return Opened(made.dealer, made.owner)


@pytest.fixture
def operator(simulator: Simulator, settings: Settings) -> Opened:
    """Dealer zero, with a supplier of its own whom it pays, selling two products to customers and partners."""
    settings.DEMO = True  # the supplier is reached without TLS
    made = opened(OPERATOR)
    rig.send(made.desk, "supplier_add", **rig.account(simulator))
    rig.send(made.desk, "supplier_ask", "flazz")
    for tier, fixed in (("retail", "800"), ("partner", "100")):
        rig.agree(made.desk, "rule_add", tier=tier, fixed=fixed, percent_bp="0", round_to="100")
    rig.send(made.desk, "price_list_fetch", "flazz")
    rig.agree(made.desk, "price_list_take", "flazz", pick=["TSEL10", "TSEL25"])
    money = {"supplier": "flazz", "amount": "1.000.000.000", "source": "opening", "proof": "awal", "sure": "on"}
    rig.send(made.desk, "supplier_deposit", **money)
    return made


@pytest.fixture
def dealer(operator: Opened) -> Opened:
    """A dealer that sells one product of dealer zero's stock and has paid for some."""
    made = opened(shop())
    rig.agree(made.desk, "rule_add", tier="retail", fixed="500", percent_bp="0", round_to="100")
    rig.send(made.desk, "price_list_fetch", "konter")
    rig.agree(made.desk, "price_list_take", "konter", pick=["TSEL10"])
    proof = {"amount": "100.000", "source": "bank", "proof": "TF 1", "sure": "on"}
    rig.send(operator.desk, "partner_deposit", partner=f"{made.dealer.slug}-stok", **proof)
    rig.send(made.desk, "supplier_deposit", supplier="konter", **proof)
    return made


def buys(at: Opened) -> Order:
    """A guest orders in the shop and pays at the counter; then everybody works until nothing is due."""
    token = form_tokens.make(at.dealer.pk)
    form = {"destination": "0812 3456 7001", "sku": "TSEL10", "gateway": "cash", "token": token, "jenis": "pulsa"}
    answer = guest().post(reverse("shop", args=[at.dealer.slug]), form)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    code = answer["Location"].split("/")[2]
    rig.send(at.desk, "order_cash", code, sure="on", seen=str(at.order(code).price))
    for _ in range(6):
        driving.step()
    return at.order(code)


def test_the_operators_first_sale_comes_from_its_supplier(operator: Opened) -> None:
    order = buys(operator)
    assert (order.status, order.price, order.cost) == (Status.SUCCEEDED, 11_000, 10_200)


def test_a_dealers_first_sale_comes_from_the_operators_stock(dealer: Opened, operator: Opened) -> None:
    order = buys(dealer)
    assert (order.status, order.price, order.cost) == (Status.SUCCEEDED, 10_800, 10_300)
    with tenancy.inside(operator.dealer.pk):
        sold = Order.objects.get()
    assert (sold.ref_id, sold.price, sold.sn) == (f"{order.code}-1", 10_300, order.sn)


def test_both_books_agree_with_what_each_is_told(dealer: Opened, operator: Opened) -> None:
    buys(dealer)
    for at, code, left in ((operator, "flazz", 1_000_000_000 - 10_200), (dealer, "konter", 100_000 - 10_300)):
        rig.send(at.desk, "supplier_ask", code)
        with tenancy.inside(at.dealer.pk):
            row = Supplier.objects.get(code=code)
            assert (row.reported_balance, mirrors.drift(row)) == (left, 0)
