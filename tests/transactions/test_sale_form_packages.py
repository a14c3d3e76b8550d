"""Data packages on the buy form: what a gigabyte and a day cost, and a sieve that works without a script."""

import pytest

from portal.lib import tenancy
from tests.transactions.storefront_rig import Storefront, storefront, text_of
from transactions.models import Brand, Kind, Price, Product, Route, Tier

pytestmark = pytest.mark.django_db


def _shop() -> Storefront:
    here = storefront()
    dealer = here.shop.dealer
    offers = {"GB1": ("1 GB 3 Hari", 13_200), "GB3": ("3 GB 7 Hari", 26_200), "GB25": ("25 GB 30 Hari", 115_000)}
    with tenancy.inside(dealer.pk):
        for sku, (name, price) in offers.items():
            made = Product.objects.create(
                dealer=dealer,
                sku=sku,
                name=f"Telkomsel Data {name}",
                kind=Kind.DATA,
                brand=Brand.objects.get(code="TSEL"),
                nominal=0,
            )
            Price.objects.create(dealer=dealer, product=made, tier=Tier.RETAIL, amount=price)
            Route.objects.create(
                dealer=dealer, product=made, supplier=here.shop.supplier, supplier_sku=sku, cost=price - 1_000
            )
    return here


def _look(here: Storefront, **fields: str) -> str:
    given = {"jenis": "data", "look": "data", "destination": "0812 3456 7890", **fields}
    return text_of(here.browser.post(here.address, given))


def test_a_package_says_what_a_gigabyte_and_a_day_cost() -> None:
    page = _look(_shop())
    assert "<b>3 GB <i>7 hari</i></b>" in page
    assert "Rp8.700/GB" in page
    assert "Rp3.700/hari" in page


def test_the_sieve_shows_only_what_fits() -> None:
    page = _look(_shop(), days="14", most="50000")
    assert 'value="GB3"' in page
    assert 'value="GB1"' not in page
    assert 'value="GB25"' not in page


def test_the_sieve_works_while_typing_too() -> None:
    here = _shop()
    given = {"jenis": "data", "destination": "0812", "days": "30"}
    page = text_of(here.browser.post(f"{here.address}quote/", given, headers={"Accept": "text/html"}))
    assert 'value="GB25"' in page
    assert 'value="GB1"' not in page


def test_a_sieve_that_lets_nothing_through_says_so_and_stays_open_to_change() -> None:
    page = _look(_shop(), days="3", most="25000", destination="0812 3456 7890", order="size")
    assert 'value="GB1"' in page
    page = _look(_shop(), days="30", most="25000")
    assert "Tidak ada paket yang cocok" in page
    assert 'id="days"' in page


def test_when_nothing_of_a_brand_can_be_had_the_page_says_until_when() -> None:
    here = _shop()
    with tenancy.inside(here.shop.dealer.pk):
        here.shop.dealer.suppliers.update(is_open=False)
        Route.objects.update(closed_note="Gangguan di operator")
    assert "Telkomsel belum bisa dibeli di sini: Gangguan di operator." in _look(here)


def test_the_operator_is_shown_with_the_reason() -> None:
    page = _look(_shop())
    assert "awalan 0812" in page
