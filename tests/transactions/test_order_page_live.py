"""The page follows the order by itself: quickly at first, then less and less often, and not for ever."""

import gzip

import pytest
from pytest_django import Settings

from portal.lib import tenancy
from tests.transactions.storefront_rig import YES, Storefront, storefront, text_of
from transactions import order_view
from transactions.models import Order, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Settings) -> Storefront:
    settings.SANDBOX_SECRET = "secret-of-the-test"
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    return here.bought(gateway="sandbox")


def test_where_nothing_changed_the_answer_is_empty_and_the_pauses_grow(here: Storefront, order: Order) -> None:
    tag = here.browser.get(here.link(order, "live/"))["ETag"]
    pauses = []
    for unchanged in range(9):
        answer = here.browser.get(f"{here.link(order, 'live/')}&n={unchanged}", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
        pauses.append(answer["X-Next"])
    assert pauses == ["2", "3", "5", "8", "13", "20", "20", "20", "20"]


def test_page_and_changes_go_over_the_wire_compressed(here: Storefront, order: Order) -> None:
    packed = {"Accept-Encoding": "gzip"}
    page = here.browser.get(here.link(order), headers=packed)
    assert (page["Content-Encoding"], len(page.content) < 14 * 1024) == ("gzip", True)
    part = here.browser.get(here.link(order, "live/"), headers=packed)
    assert part["Content-Encoding"] == "gzip"
    assert part["ETag"] in gzip.decompress(page.content).decode().replace("&quot;", '"')
    again = here.browser.get(here.link(order, "live/"), headers={**packed, "If-None-Match": part["ETag"]})
    assert again.status_code == 304


def test_a_change_is_shown_and_the_pauses_begin_anew(here: Storefront, order: Order) -> None:
    tag = here.browser.get(here.link(order, "live/"))["ETag"]
    here.pays(order)
    answer = here.browser.get(f"{here.link(order, 'live/')}&n=6", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Sedang dikirim" in text_of(answer)
    assert "<html" not in text_of(answer)
    assert answer["X-Next"] == "1"


def test_an_order_that_is_paid_while_its_page_is_made_is_not_called_short(here: Storefront, order: Order) -> None:
    read_before = here.at(here.link(order))
    here.pays(order)
    with tenancy.inside(here.shop.dealer.pk):
        shown = order_view.of(here.shop.dealer, read_before)
    assert (shown.words.headline, shown.short_by, shown.payment) == ("Sedang dikirim", 0, None)
    assert shown.order.status == Status.PAID


@pytest.mark.parametrize("n", ["-1", "x", "99999999999", "٣", ""])
def test_nonsense_about_the_count_is_ignored(here: Storefront, order: Order, n: str) -> None:
    assert here.browser.get(here.link(order, "live/"), {"n": n, "t": order.secret}).status_code == 200


def test_an_order_that_has_ended_is_not_asked_about_again(here: Storefront, order: Order) -> None:
    assert 'http-equiv="refresh"' in here.page(order)
    here.pays(order)
    here.is_sent(order, YES)
    assert here.browser.get(here.link(order, "live/"))["X-Next"] == "0"
    page = here.page(order)
    assert 'http-equiv="refresh"' not in page
    assert 'data-next="0"' in page


def test_the_tag_changes_with_the_language(here: Storefront, order: Order) -> None:
    address = here.link(order, "live/")
    in_indonesian = here.browser.get(address, headers={"Accept-Language": "id"})["ETag"]
    assert here.browser.get(address, headers={"Accept-Language": "en"})["ETag"] != in_indonesian
