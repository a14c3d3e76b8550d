"""How many journeys to the database each step of a guest's purchase takes; more than this is a decision, not a slip.

A purchase passes through seven steps, and what each of them asks of the database decides how many people can buy at
once. Counted with the BEGIN that Django writes down and the COMMIT of each transaction; not counted is what prepares a
statement, which happens once for a connection, at whichever step uses it for the third time.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from portal.lib import roundtrip, tenancy
from portal.lib.roundtrip import NoTransaction, Statement
from tests.transactions.elsewhere import held_open
from tests.transactions.storefront_rig import YES, Storefront, storefront
from transactions import dispatch, fulfilment, payments, queue
from transactions.fulfilment import Answer, Call
from transactions.models import Order, Payment, Status, Supplier

pytestmark = pytest.mark.django_db(transaction=True)

_PREPARES = re.compile(r"^PREPARE k\d+ AS ", re.MULTILINE)


@pytest.fixture
def here(settings: Settings) -> Storefront:
    """A shop that takes the sandbox's money, and a buyer who was there before."""
    settings.SANDBOX_SECRET = "for tests"
    made = storefront()
    made.browser.get(made.address)
    return made


@contextmanager
def at_most(journeys: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as seen:
        yield
    asked = [query["sql"] for query in seen.captured_queries if not _PREPARES.search(query["sql"])]
    listed = "\n".join(sql[:150] for sql in asked)
    assert len(asked) <= journeys, f"{len(asked)} journeys:\n{listed}"


def _paid(here: Storefront) -> Order:
    order = here.bought(gateway="sandbox")
    here.pays(order)
    return here.at(here.link(order))


def _sent(here: Storefront) -> tuple[Order, Call]:
    order = _paid(here)
    (claim,) = [held for held in queue.claim(10) if held.kind == "order"]
    call = dispatch.advance(claim)
    assert isinstance(call, Call)
    return order, call


def test_the_vouchers_for_a_number(here: Storefront) -> None:
    with at_most(6):
        answer = here.browser.post(f"{here.address}quote/", {"destination": "0812"}, HTTP_ACCEPT="application/json")
    assert answer.json()["products"]


def test_a_purchase(here: Storefront) -> None:
    form = here.filled(gateway="sandbox")
    with at_most(17):
        assert here.browser.post(here.address, form).status_code == 303


def test_a_look_at_an_order_that_has_not_changed(here: Storefront) -> None:
    link = here.link(here.bought(gateway="sandbox"), "live/")
    tag = here.browser.get(link)["ETag"]
    with at_most(10):
        assert here.browser.get(link, HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_the_state_of_an_order(here: Storefront) -> None:
    link = here.link(here.bought(gateway="sandbox"), "status.json")
    with at_most(5):
        assert here.browser.get(link).json()["status"] == "awaiting_payment"


def test_a_payment_that_is_pretended(here: Storefront, monkeypatch: pytest.MonkeyPatch) -> None:
    order = here.bought(gateway="sandbox")
    taken: list[int] = []
    monkeypatch.setattr("transactions.gateways.sandbox.pay", lambda _payment, *, amount, times: taken.append(amount))
    with at_most(7):
        assert here.browser.post(here.link(order, "simulate/")).status_code == 303
    assert taken == [order.price]


def test_a_payment(here: Storefront) -> None:
    order = here.bought(gateway="sandbox")
    with tenancy.inside(here.shop.dealer.pk):
        code = Payment.objects.get(order=order).code
    money = payments.Money(gateway="sandbox", gateway_tx="tx-1", amount=order.price)
    with at_most(7):
        payments.receive(here.shop.dealer.pk, payment_code=code, money=money)
    assert here.at(here.link(order)).status == Status.PAID


def test_a_request_to_a_supplier(here: Storefront) -> None:
    _paid(here)
    (claim,) = [held for held in queue.claim(10) if held.kind == "order"]
    with at_most(6):
        assert dispatch.advance(claim) is not None


def test_a_suppliers_answer(here: Storefront) -> None:
    order, call = _sent(here)
    with at_most(8):
        fulfilment.record_answer(Answer(call=call, verdict=YES, seconds=0.1))
    assert here.at(here.link(order)).status == Status.SUCCEEDED


def test_what_belongs_together_is_sent_inside_a_transaction_only() -> None:
    with pytest.raises(NoTransaction):
        roundtrip.send(Statement("SELECT 1"), Statement("SELECT 2"))


def test_an_answer_does_not_wait_for_another_at_the_suppliers_row(here: Storefront) -> None:
    order, call = _sent(here)
    supplier, dealer_id = here.shop.supplier, here.shop.dealer.pk
    answer = Answer(call=call, verdict=replace(YES, balance=77_000), seconds=0.1)
    with held_open(dealer_id, lambda: Supplier.objects.filter(pk=supplier.pk).update(reported_balance=88_000)):
        fulfilment.record_answer(answer)
    assert here.at(here.link(order)).status == Status.SUCCEEDED
    with tenancy.inside(dealer_id):
        assert Supplier.objects.get(pk=supplier.pk).reported_balance == 88_000
