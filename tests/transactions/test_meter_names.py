"""Whose meter it is, said before a token is paid: asked by POST, of the supplier, and never money."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from portal.lib import tenancy
from tests import factories
from tests.transactions.faults import driving
from tests.transactions.storefront_rig import UNREACHABLE, Answer, Storefront, text_of
from transactions import meters
from transactions.models import Brand, Kind, Price, Product, Route, Tier
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True)
METER = "12345678901"


@pytest.fixture
def simulator(tmp_path: Path, settings: Settings) -> Iterator[Simulator]:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    with Simulator(folder=tmp_path / "simulator", accounts=driving.accounts()) as running:
        yield running


def _shop(url: str) -> Storefront:
    here = Storefront(factories.shop(url=url))
    dealer = here.shop.dealer
    with tenancy.inside(dealer.pk):
        pln = Brand.objects.get(code="PLN")
        made = Product.objects.create(
            dealer=dealer, sku="PLN20", name="Token PLN 20.000", kind=Kind.PLN, brand=pln, nominal=20_000
        )
        Price.objects.create(dealer=dealer, product=made, tier=Tier.RETAIL, amount=21_500)
        Route.objects.create(
            dealer=dealer, product=made, supplier=here.shop.supplier, supplier_sku="PLN20", cost=20_150
        )
    return here


def _wish(here: Storefront, **fields: str) -> dict[str, str]:
    return here.filled(jenis="pln", sku="PLN20", destination="1234 5678 901", ask_name="1", **fields)


def _yes(here: Storefront, answer: Answer) -> Answer:
    return here.sends_again(answer)


def test_the_name_is_asked_about_before_anything_is_ordered(simulator: Simulator) -> None:
    here = _shop(simulator.url)
    answer = here.browser.post(here.address, _wish(here))
    assert answer.status_code == 409
    assert "a.n. BU•• SA•••••" in text_of(answer)
    assert "R1 · 1.300 VA" in text_of(answer)
    assert here.orders() == 0
    assert simulator.log() == []


def test_a_yes_buys_the_token(simulator: Simulator) -> None:
    here = _shop(simulator.url)
    done = _yes(here, here.browser.post(here.address, _wish(here)))
    assert done.status_code == 303
    assert here.at(done["Location"]).destination == METER


def test_a_name_that_was_read_already_is_not_asked_again(simulator: Simulator) -> None:
    here = _shop(simulator.url)
    page = text_of(here.browser.post(here.address, {"jenis": "pln", "destination": METER, "whose": "1"}))
    assert "a.n. BU•• SA•••••" in page
    assert f'name="named" value="{METER}"' in page
    assert here.browser.post(here.address, _wish(here, named=METER)).status_code == 303


def test_a_name_that_was_read_for_another_number_is_asked_again(simulator: Simulator) -> None:
    here = _shop(simulator.url)
    assert here.browser.post(here.address, _wish(here, named="12345678902")).status_code == 409


@pytest.mark.parametrize("press", [{"whose": "1"}, {"ask_name": "1"}])
def test_a_meter_that_nobody_knows_is_refused_beside_the_field(simulator: Simulator, press: dict[str, str]) -> None:
    here = _shop(simulator.url)
    answer = here.browser.post(here.address, here.filled(jenis="pln", sku="PLN20", destination="12345678232") | press)
    assert answer.status_code == 422
    assert "Nomor meter ini tidak dikenal PLN." in text_of(answer)
    assert here.orders() == 0


def test_a_supplier_that_is_silent_stops_nobody_who_is_sure() -> None:
    here = _shop(UNREACHABLE)
    answer = here.browser.post(here.address, _wish(here))
    assert answer.status_code == 409
    assert "Nama pemiliknya belum bisa diperiksa sekarang." in text_of(answer)
    assert _yes(here, answer).status_code == 303


def test_one_address_cannot_ask_for_names_all_day(simulator: Simulator, settings: Settings) -> None:
    settings.NAME_CHECKS_PER_MINUTE = 2
    here = _shop(simulator.url)
    codes = [
        here.browser.post(here.address, {"jenis": "pln", "destination": METER, "whose": "1"}).status_code
        for _ in range(3)
    ]
    assert codes == [200, 200, 429]


def test_a_partner_asks_dealer_zeros_supplier(simulator: Simulator) -> None:
    zero = _shop(simulator.url).shop.dealer
    type(zero).objects.filter(pk=zero.pk).update(is_zero=True)
    buyer = factories.dealer()
    stock = factories.supplier(buyer, "stok", connector="zero")
    with tenancy.inside(buyer.pk):
        made = Product.objects.create(
            dealer=buyer, sku="PLN20", name="PLN", kind=Kind.PLN, brand=Brand.objects.get(code="PLN"), nominal=20_000
        )
        Route.objects.create(dealer=buyer, product=made, supplier=stock, supplier_sku="PLN20", cost=20_200)
    assert meters.holder(buyer, METER).name == "BU•• SA•••••"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("BUDI SANTOSO", "BU•• SA•••••"), ("SRI", "S••"), ("H. ALI", "H A••"), ("  ", ""), ("M", "M")],
)
def test_a_name_shows_as_much_as_somebody_needs_who_knows_it(name: str, shown: str) -> None:
    assert meters.masked(name) == shown


@pytest.mark.parametrize(
    ("given", "shown"), [("R1/1300VA", "R1 · 1.300 VA"), ("R1 /000000900", "R1 · 900 VA"), ("R1M", "R1M"), ("", "")]
)
def test_tariff_and_power_are_spaced_for_reading(given: str, shown: str) -> None:
    assert meters.spaced(given) == shown
