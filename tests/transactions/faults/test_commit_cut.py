"""The line to the database is cut around COMMIT: nobody knows whether it was done, and the same again finds out.

Whatever became of the first try, the second ends at one order with one hold, one receipt, one capture.
"""

from contextlib import AbstractContextManager
from typing import NamedTuple

import pytest
from django.db import OperationalError
from pytest_django import Settings

from portal.lib import tenancy, trouble
from portal.processes import wait_until
from tests import factories
from tests.factories import Shop
from tests.proxy import Proxy
from tests.transactions.faults import driving
from tests.transactions.faults.database_line import COMMIT, PLACE, database_line
from tests.transactions.storefront_rig import PRICE, Storefront, guest, text_of
from transactions import accounts, ledger, orders, payments
from transactions.models import AccountKind, Due, Order, Payment, Receipt, Status, Transfer
from transactions.suppliers.simulator import Simulator

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("arrives", [True, False], ids=["it arrived", "it did not arrive"]),
]


def cut(line: Proxy, *patterns: bytes, arrives: bool) -> AbstractContextManager[object]:
    """The next COMMIT behind these is cut off; whoever waits for it is told that the database is away."""
    line.cut_at(*patterns, COMMIT, forwarded=arrives)
    return pytest.raises(OperationalError)


def books(shop: Shop) -> tuple[int, int, int]:
    """Orders, holds, and rows that a dispatcher will find."""
    with tenancy.inside(shop.dealer.pk):
        holds = Transfer.objects.filter(to_kind=AccountKind.HELD).count()
        return Order.objects.count(), holds, Due.objects.filter(dealer=shop.dealer, kind="order").count()


def is_sold_once(shop: Shop, simulator: Simulator) -> None:
    """One order, paid once, delivered once."""
    assert books(shop) == (1, 1, 1)
    assert shop.balance() == 1_000_000 - PRICE
    driving.step()
    with tenancy.inside(shop.dealer.pk):
        order = Order.objects.get()
        assert ledger.balance(shop.dealer.pk, accounts.SALES) == PRICE
    assert order.status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


def test_the_form_sent_again_ends_at_the_one_order(shop: Shop, simulator: Simulator, arrives: bool) -> None:
    here = Storefront(shop)
    here.browser.force_login(shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    form = here.filled(gateway="balance")
    with database_line() as line:
        line.cut_at(PLACE, COMMIT, forwarded=arrives)
        lost = here.browser.post(here.address, form)
        assert line.has_cut.is_set()
    assert (lost.status_code, lost["Retry-After"], lost["Cache-Control"]) == (503, "5", "no-store")
    assert "Tidak ada uang yang ditarik, kecuali jika halaman pesanan menunjukkannya." in text_of(lost)
    assert "formulir yang dikirim ulang tidak menjadi pesanan kedua" in text_of(lost)
    stands = 1 if arrives else 0
    assert wait_until(lambda: books(shop) == (stands, stands, stands), seconds=5)
    again, third = (here.browser.post(here.address, form) for _ in range(2))
    assert again.status_code == third.status_code == 303
    assert again["Location"] == third["Location"]
    is_sold_once(shop, simulator)


def test_the_same_request_again_returns_the_very_order(shop: Shop, simulator: Simulator, arrives: bool) -> None:
    ask = factories.ask(shop.product, gateway="balance", customer=shop.customer)
    with database_line() as line:
        with cut(line, PLACE, arrives=arrives) as told:
            orders.place(shop.dealer, ask)
        assert trouble.of(told.value) is trouble.UNREACHABLE  # type: ignore[attr-defined]
        # At once, over the same line: the server may still be busy with the first.
        again = orders.place(shop.dealer, ask)
    assert again.is_new is not arrives
    is_sold_once(shop, simulator)


def test_a_guests_form_sent_again_has_one_code_to_pay_by(shop: Shop, settings: Settings, arrives: bool) -> None:
    settings.SANDBOX_SECRET = "s"
    here = Storefront(shop, guest())
    form = here.filled(gateway="sandbox")
    with database_line() as line:
        line.cut_at(PLACE, COMMIT, forwarded=arrives)
        assert here.browser.post(here.address, form).status_code == 503
        order = here.at(here.browser.post(here.address, form)["Location"])
    assert books(shop) == (1, 0, 1)
    with tenancy.inside(shop.dealer.pk):
        assert Payment.objects.get().order_id == order.pk
    here.pays(order)
    assert shop.order(order).status == Status.PAID


def test_a_gateways_report_sent_again_is_one_receipt(shop: Shop, simulator: Simulator, arrives: bool) -> None:
    placed = factories.place(shop.dealer, shop.product)
    with tenancy.inside(shop.dealer.pk):
        code = payments.start(placed).code
    money = payments.Money(gateway="sandbox", gateway_tx="tx-1", amount=PRICE)
    with database_line() as line:
        with cut(line, b"book_v1", arrives=arrives):
            payments.receive(shop.dealer.pk, payment_code=code, money=money)
        payments.receive(shop.dealer.pk, payment_code=code, money=money)
    with tenancy.inside(shop.dealer.pk):
        assert Receipt.objects.count() == 1
        assert ledger.balance(shop.dealer.pk, accounts.clearing("sandbox")) == -PRICE
    driving.step()
    assert shop.order(placed).status == Status.SUCCEEDED
    assert driving.delivered(simulator, placed) == 1


class Step(NamedTuple):
    """One commit of the dispatcher, told by something that stands before it in the same transaction."""

    sends: bytes
    delivered: int
    """How often the supplier had delivered by then."""


@pytest.mark.parametrize(
    "step",
    [Step(b"INSERT INTO attempt", 0), Step(b":capture", 1)],
    ids=["before the call", "after the answer"],
)
def test_a_dispatchers_order_is_delivered_and_captured_once(
    shop: Shop, simulator: Simulator, arrives: bool, step: Step
) -> None:
    order = shop.buy()
    with database_line() as line, cut(line, step.sends, arrives=arrives):
        driving.step()
    assert driving.delivered(simulator, order) == step.delivered
    for _look in range(2):
        driving.pass_time(order)
        driving.step()
    assert shop.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == 1
    assert len(driving.attempts(shop, order)) == 1
    with tenancy.inside(shop.dealer.pk):
        assert Transfer.objects.filter(order_id=order.pk, to_kind=AccountKind.SALES).count() == 1
        assert ledger.balance(shop.dealer.pk, accounts.HELD) == 0
