"""What a buyer can do to an order by its link: renew the code, cancel, pay in the demo, buy the same again."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from pytest_django import Settings

from portal.lib import tenancy
from tests.transactions.storefront_rig import PRICE, YES, Storefront, hidden, storefront, text_of
from transactions.gateways.base import GatewayUnavailable
from transactions.models import Order, Payment, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Settings) -> Storefront:
    settings.SANDBOX_SECRET = "secret-of-the-test"
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    return here.bought(gateway="sandbox")


@pytest.fixture
def wishes() -> Iterator[list[tuple[str, int, int]]]:
    """What the gateway's other end is asked to pay: code, rupiah, times."""
    asked: list[tuple[str, int, int]] = []

    def pay(payment: Payment, *, amount: int, times: int) -> None:
        asked.append((payment.code, amount, times))

    with patch("transactions.gateways.sandbox.pay", pay):
        yield asked


def test_an_order_is_cancelled_after_a_question(here: Storefront, order: Order) -> None:
    assert "Ya, batalkan" in here.page(order, "cancel/")
    assert here.at(here.link(order)).status == Status.AWAITING_PAYMENT
    answer = here.browser.post(here.link(order, "cancel/"))
    assert (answer.status_code, answer["Location"]) == (303, here.link(order))
    assert here.at(here.link(order)).status == Status.CANCELLED


def test_cancelling_twice_is_cancelling_once(here: Storefront, order: Order) -> None:
    for _ in range(2):
        assert here.browser.post(here.link(order, "cancel/")).status_code == 303
    assert "<h1>Dibatalkan</h1>" in here.page(order)


def test_an_order_that_was_sent_is_not_cancelled_and_says_so(here: Storefront, order: Order) -> None:
    here.pays(order)
    here.is_sent(order)
    answer = here.browser.post(here.link(order, "cancel/"), follow=True)
    assert "Sudah terlambat untuk membatalkan" in text_of(answer)
    assert here.at(here.link(order)).status == Status.PROCESSING
    assert "Ya, batalkan" not in here.page(order, "cancel/")


def test_an_expired_code_is_replaced_by_a_new_one(here: Storefront, order: Order) -> None:
    first = here.open_payment(order)
    with tenancy.inside(here.shop.dealer.pk):
        Payment.objects.update(state="expired", expires_at=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        assert here.browser.post(here.link(order, "renew/")).status_code == 303
    second = here.open_payment(order)
    assert first is not None
    assert second is not None
    assert second.code == f"{order.code}-2"


def test_the_demo_pays_the_price_or_what_is_asked(
    here: Storefront, order: Order, wishes: list[tuple[str, int, int]]
) -> None:
    code = f"{order.code}-1"
    here.browser.post(here.link(order, "simulate/"))
    here.browser.post(here.link(order, "simulate/"), {"amount": "10.600", "times": "2"})
    assert wishes == [(code, PRICE, 1), (code, 10_600, 2)]


def test_the_demo_pays_the_rest_of_a_short_payment(
    here: Storefront, order: Order, wishes: list[tuple[str, int, int]]
) -> None:
    here.pays(order, PRICE - 400)
    here.browser.post(here.link(order, "simulate/"))
    assert wishes == [(f"{order.code}-1", 400, 1)]


@pytest.mark.parametrize("field", ["amount", "times"])
@pytest.mark.parametrize("value", ["x", "-1", "0", "1e9", "\x00", "9" * 400, "1,5"])
def test_nonsense_pays_nothing(here: Storefront, order: Order, field: str, value: str) -> None:
    answer = here.browser.post(here.link(order, "simulate/"), {field: value}, follow=True)
    assert answer.status_code == 200
    assert "Tidak ada yang dibayar" in text_of(answer)


def test_a_gateway_that_is_away_is_said_plainly(here: Storefront, order: Order) -> None:
    with patch("transactions.gateways.sandbox.pay", side_effect=GatewayUnavailable):
        answer = here.browser.post(here.link(order, "simulate/"), follow=True)
    assert "Tidak ada yang dibayar; coba lagi" in text_of(answer)


def test_without_the_demo_nobody_can_pretend_to_pay(here: Storefront, order: Order, settings: Settings) -> None:
    settings.SANDBOX_SECRET = ""
    assert here.browser.post(here.link(order, "simulate/")).status_code == 404
    assert "simulate-payment" not in here.page(order)


def test_buying_again_fills_the_form_without_a_number_in_an_address(here: Storefront, order: Order) -> None:
    here.pays(order)
    here.is_sent(order, YES)
    page = here.page(order)
    start = page.index(f'action="{here.address}"')
    form = hidden(page[start : page.index("</form>", start)])
    answer = here.browser.post(here.address, form)
    assert answer.status_code == 200
    assert 'value="0812-3456-7890"' in text_of(answer)
    assert 'value="TSEL10" data-price="Rp11.000" data-nominal="10.000" checked' in text_of(answer)
    assert here.orders() == 1
