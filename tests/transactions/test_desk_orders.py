"""Finding orders by what people have at hand, page by page, and as a file that a spreadsheet can trust."""

import csv
import io

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import ids, msisdn, tenancy
from tests.transactions.desk_rig import YES, Desk, desk
from transactions.desk_selectors import orders
from transactions.desk_selectors.orders import Wanted
from transactions.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def found(here: Desk, **wanted: str) -> list[str]:
    with tenancy.inside(here.shop.dealer.pk):
        return [order.code for order in orders.found(here.shop.dealer, Wanted(**wanted))]  # type: ignore[arg-type]


def test_an_order_is_found_by_its_code_however_it_is_typed(here: Desk) -> None:
    order, _other = here.shop.buy(), here.shop.buy()
    assert found(here, q=ids.grouped(order.code).lower()) == [order.code]
    assert found(here, q=order.code[:6]) == [order.code]


def test_an_order_is_found_by_its_number_and_by_how_it_begins(here: Desk) -> None:
    order, other = here.shop.buy(), here.shop.buy(destination="+6281399990000")
    assert found(here, q=msisdn.grouped(order.destination)) == [order.code]
    assert found(here, q="0813") == [other.code]
    assert found(here, q="0813 9999 00") == [other.code]


def test_an_order_is_found_by_the_reference_that_the_supplier_knows(here: Desk) -> None:
    order = here.shop.buy()
    assert found(here, q=here.sent(order).reference) == [order.code]


def test_filters_narrow_together(here: Desk) -> None:
    done, waiting = here.shop.buy(), here.unpaid()
    here.sent(done, YES)
    assert found(here, status="succeeded") == [done.code]
    assert found(here, status="awaiting_payment", channel="web", brand="TSEL") == [waiting.code]
    assert found(here, status="awaiting_payment", brand="XL") == []


def test_the_next_page_begins_where_the_last_one_ended(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "PAGE", 2)
    codes = [here.shop.buy().code for _ in range(5)][::-1]
    browser, seen, after = here.as_(), [], ""
    for _page in range(3):
        shown = browser.get(reverse("desk:orders"), {"after": after}).context["found"]
        seen += [order.code for order in shown.rows]
        after = shown.last
    assert (seen, after) == (codes, "")


def test_the_file_holds_the_same_orders_as_the_filter(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "_CHUNK", 2)
    codes = [here.shop.buy().code for _ in range(5)][::-1]
    here.unpaid()
    answer = here.as_().get(reverse("desk:orders_csv"), {"status": "paid"})
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[1] for row in rows] == codes
    assert {row[4] for row in rows} == {"11000"}


def test_no_cell_of_the_file_is_a_formula(here: Desk) -> None:
    order = here.shop.buy()
    with tenancy.inside(here.shop.dealer.pk):
        Order.objects.filter(pk=order.pk).update(sn='=HYPERLINK("http://x")', destination="@SUM(1)")
    text = b"".join(here.as_().get(reverse("desk:orders_csv"))).decode()
    cells = list(csv.reader(io.StringIO(text)))[1]
    assert "'@SUM(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_what_an_order_cost_is_in_the_file_of_those_who_may_see_it(here: Desk) -> None:
    here.sent(here.shop.buy(), YES)
    for role, seen in ((Role.MANAGER, True), (Role.CASHIER, False)):
        lines = b"".join(here.as_(role).get(reverse("desk:orders_csv")))
        assert (b"10200" in lines) is seen


def test_an_order_is_shown_whole(here: Desk) -> None:
    order = here.shop.buy()
    here.sent(order, YES)
    shown = here.as_().get(reverse("desk:order", args=[order.code])).content.decode()
    for part in (msisdn.grouped(order.destination), f"{order.code}-1", f"{order.code}:capture", "Sukses", "Rp10.200"):
        assert part in shown


def test_the_order_s_page_asks_again_until_it_has_ended(here: Desk) -> None:
    order, browser = here.shop.buy(), here.as_()
    address = reverse("desk:order_live", args=[order.code])
    attempt = here.sent(order)
    assert browser.get(address)["X-Next"] == "3"
    here.said(attempt.pk, YES)
    ended = browser.get(address)
    assert (ended["X-Status"], ended["X-Next"]) == ("succeeded", "0")
