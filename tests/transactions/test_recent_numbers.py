"""The device remembers the last numbers of a shop, for nobody but itself."""

import pytest

from tests import factories
from tests.transactions.storefront_rig import guest, storefront, text_of
from transactions import recents

pytestmark = pytest.mark.django_db

FIRST, SECOND = "0812-••••-890", "0852-••••-678"


def test_a_bought_number_is_offered_with_its_middle_hidden() -> None:
    here = storefront()
    here.bought()
    page = text_of(here.browser.get(here.address))
    assert FIRST in page
    assert "34567890" not in page


def test_a_press_fills_the_number_in_and_shows_its_vouchers() -> None:
    here = storefront()
    here.bought()
    page = text_of(here.browser.post(here.address, {"recent": "0", "jenis": "pulsa"}))
    assert 'value="0812-3456-7890"' in page
    assert 'value="TSEL10"' in page
    assert here.orders() == 1


def test_the_newest_number_stands_first_and_at_most_five_are_kept() -> None:
    here = storefront()
    for n in range(6):
        here.bought(destination=f"0812345678{n}0")
    here.bought(destination="081234567840", again="1")
    page = text_of(here.browser.get(here.address))
    shown = [page.index(f"0812-••••-8{n}0") for n in (4, 5, 3, 2, 1)]
    assert shown == sorted(shown)
    assert "0812-••••-800" not in page


def test_one_press_forgets_them() -> None:
    here = storefront()
    here.bought()
    answer = here.browser.post(here.address, {"forget": "1", "jenis": "pulsa"})
    assert answer.status_code == 303
    assert FIRST not in text_of(here.browser.get(here.address))


def test_the_cookie_is_for_this_shop_and_the_server_only() -> None:
    here = storefront()
    here.bought()
    cookie = here.browser.cookies[recents.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (here.address, True, "Lax")
    assert 89 * 86_400 < cookie["max-age"] <= 90 * 86_400


def test_a_cookie_that_was_written_by_somebody_else_is_no_cookie() -> None:
    here = storefront()
    here.browser.cookies[recents.COOKIE] = "+6285212345678:forged"
    assert SECOND not in text_of(here.browser.get(here.address))


@pytest.mark.parametrize("place", ["7", "-1", "x", "", "²"])
def test_a_place_that_holds_no_number_fills_nothing_in(place: str) -> None:
    here = storefront()
    here.bought()
    answer = here.browser.post(here.address, {"recent": place, "jenis": "pulsa"})
    assert answer.status_code == 200
    assert "0812-3456-7890" not in text_of(answer)


def test_another_device_knows_nothing() -> None:
    here = storefront()
    here.bought(destination=factories.spelled("+6281234567890"))
    assert FIRST not in text_of(guest().get(here.address))
