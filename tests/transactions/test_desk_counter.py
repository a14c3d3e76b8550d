"""A counter sale: the money is in hand, so one form places the order and pays it, or does neither."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from dealers.models import Role
from portal.lib import ids, tenancy
from tests import factories
from tests.transactions.desk_rig import Desk, desk
from transactions import accounts, ledger
from transactions.models import Order, Price, Product, Receipt, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def form(**fields: str) -> dict[str, str]:
    given = {"number": "0812 3456 7001", "choice": "TSEL10:11000", "paid": "on", "token": ids.new_token()}
    return {**given, **fields}


def sell(here: Desk, sent: dict[str, str]) -> HttpResponse:
    answer: HttpResponse = here.as_(Role.CASHIER).post(reverse("desk:sell"), sent)  # type: ignore[assignment]
    return answer


def sold(here: Desk) -> list[Order]:
    with tenancy.inside(here.shop.dealer.pk):
        return list(Order.objects.select_related("cashier"))


def test_the_sale_is_placed_and_paid_at_once(here: Desk) -> None:
    answer = sell(here, form())
    (order,) = sold(here)
    assert answer["Location"] == reverse("desk:order", args=[order.code])
    assert (order.status, order.channel, order.cashier) == (Status.PAID, "counter", here.person(Role.CASHIER))
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.cash("counter")) == -11_000
        assert Receipt.objects.get().taken_by == here.person(Role.CASHIER)


def test_the_same_form_twice_is_one_order_and_one_payment(here: Desk) -> None:
    sent = form()
    sell(here, sent)
    assert sell(here, sent).status_code == 302
    assert len(sold(here)) == 1
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.HELD) == 11_000


def test_without_the_money_nothing_is_sold(here: Desk) -> None:
    sent = form()
    del sent["paid"]
    assert "Terima uangnya dulu" in sell(here, sent).content.decode()
    assert sold(here) == []


def test_a_number_of_another_brand_asks_first(here: Desk) -> None:
    sent = form(number="0857 1234 5678")
    assert sell(here, sent).status_code == 200
    assert sold(here) == []
    assert sell(here, {**sent, "confirm": "brand"}).status_code == 302


def test_the_same_product_for_the_same_number_asks_first(here: Desk) -> None:
    sell(here, form())
    assert sold(here)[0].code in sell(here, form()).content.decode()
    assert len(sold(here)) == 1
    assert sell(here, form(again="1")).status_code == 302


def test_a_price_that_rose_is_said_before_the_sale(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Price.objects.update(amount=11_500)
    assert "Rp11.500" in sell(here, form()).content.decode()
    assert sold(here) == []


def test_a_closed_product_is_not_sold(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Product.objects.update(is_open=False, closed_note="gangguan")
    assert "sedang tutup" in sell(here, form()).content.decode()
    assert sold(here) == []


def test_a_number_that_is_too_short_is_said_beside_the_field(here: Desk) -> None:
    assert "kurang" in sell(here, form(number="0812 345")).content.decode()


def test_the_tiles_are_those_of_the_number_s_brand(here: Desk) -> None:
    shown = here.as_(Role.CASHIER).get(reverse("desk:sell"), {"number": factories.spelled(factories.number())})
    assert [choice.value for choice in shown.context["offer"].choices] == ["TSEL10:11000"]
