"""The buy form makes one order per form, and a code to pay it by."""

import pytest
from django.test import Client

from tests.transactions.storefront_rig import PRICE, Storefront, storefront, text_of
from transactions import sales
from transactions.models import Channel, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


def test_a_guests_purchase_leads_to_the_orders_secret_link(here: Storefront) -> None:
    answer = here.send()
    assert answer.status_code == 303
    order = here.at(answer["Location"])
    assert answer["Location"] == f"/o/{order.code}/?t={order.secret}"
    assert (order.destination, order.price, order.gateway) == ("+6281234567890", PRICE, "cash")
    assert (order.status, order.channel) == (Status.AWAITING_PAYMENT, Channel.WEB)


def test_an_unpaid_order_has_an_open_code_to_pay_by(here: Storefront) -> None:
    payment = here.open_payment(here.bought())
    assert payment is not None
    assert (payment.amount, payment.gateway) == (PRICE, "cash")


@pytest.mark.parametrize(
    "typed",
    ["081234567890", "0812-3456-7890", "+62 812 3456 7890", "6281234567890", "8 1234 567 890", "\u202a0812 3456 7890"],
)
def test_a_number_may_be_spelled_in_many_ways(here: Storefront, typed: str) -> None:
    assert here.bought(destination=typed).destination == "+6281234567890"


def test_a_form_sent_twice_is_one_order(here: Storefront) -> None:
    form = here.filled()
    first, second = (here.browser.post(here.address, form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert here.orders() == 1


def test_a_form_sent_twice_is_one_order_even_after_the_shop_has_closed(here: Storefront) -> None:
    form = here.filled()
    first = here.browser.post(here.address, form)
    dealer = here.shop.dealer
    dealer.is_open = False
    dealer.save(update_fields=["is_open"])
    assert here.browser.post(here.address, form)["Location"] == first["Location"]


def test_a_used_form_with_other_content_shows_what_was_bought_and_buys_the_new_only_when_told(here: Storefront) -> None:
    form = here.filled()
    order = here.at(here.browser.post(here.address, form)["Location"])
    answer = here.browser.post(here.address, {**form, "destination": "081234567891"})
    assert answer.status_code == 409
    assert here.link(order).replace("&", "&amp;") in text_of(answer)
    assert form["token"] not in answer.content.decode()
    assert here.orders() == 1
    again = here.sends_again(answer)
    assert again.status_code == 303
    assert here.at(again["Location"]).destination == "+6281234567891"
    assert here.orders() == 2


def test_two_contents_of_one_form_at_the_same_moment_are_one_order_and_a_question(
    here: Storefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were looked up before either stood: then the book itself must tell them apart."""
    form = here.filled()
    here.browser.post(here.address, form)
    monkeypatch.setattr(sales, "standing", lambda dealer, wish: None)
    answer = here.browser.post(here.address, {**form, "destination": "081234567891"})
    assert answer.status_code == 409
    assert "Yang dibeli tadi" in text_of(answer)
    assert here.orders() == 1


def test_the_wallet_pays_at_once(here: Storefront) -> None:
    here.browser.force_login(here.shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    order = here.bought(gateway="balance")
    assert (order.status, order.customer_id) == (Status.PAID, here.shop.customer.pk)
    assert here.open_payment(order) is None
    assert here.shop.balance() == 1_000_000 - PRICE


def test_the_chosen_way_to_pay_is_remembered(here: Storefront) -> None:
    here.browser.force_login(here.shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    assert 'value="balance" checked' in text_of(here.browser.get(here.address))
    here.bought(gateway="cash")
    assert 'value="cash" checked' in text_of(here.browser.get(here.address))


def test_a_form_from_another_site_is_refused(here: Storefront) -> None:
    answer = Client(enforce_csrf_checks=True).post(here.address, here.filled())
    assert answer.status_code == 403
    assert here.orders() == 0


def test_the_eleventh_order_in_a_minute_waits(here: Storefront) -> None:
    for _ in range(10):
        assert here.send(sku="NONE").status_code == 422
    answer = here.send()
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert here.orders() == 0
