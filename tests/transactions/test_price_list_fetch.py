"""A supplier's price list is fetched once and looked through: filtered, in pages, with what is sold already marked."""

import pytest
from django.urls import reverse

from portal.lib import tenancy
from tests import factories
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions.models import Supplier
from transactions.suppliers import connections
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(simulator: Simulator) -> Desk:
    made = desk()
    with tenancy.inside(made.shop.dealer.pk):
        Supplier.objects.update(base_url=simulator.url)
        connections.seal_secrets(made.shop.supplier, api_key=simulator.account("konter-a").api_key)
    rig.rule(made)
    return made


def listed(here: Desk, **wanted: str) -> list[str]:
    """SKUs of the page that is shown."""
    shown = here.as_().get(reverse("desk:price_list", args=["konter-a"]), wanted).context["shown"]
    return [row.line.offer.sku for row in shown]


def test_a_list_that_was_never_fetched_says_so(here: Desk) -> None:
    shown = rig.text(here.as_().get(reverse("desk:price_list", args=["konter-a"])))
    assert "belum pernah diambil" in shown


def test_what_the_supplier_sells_is_shown_with_its_cost(here: Desk) -> None:
    rig.send(here.as_(), "price_list_fetch", "konter-a")
    shown = rig.text(here.as_().get(reverse("desk:price_list", args=["konter-a"]), {"q": "isat10"}))
    assert "Indosat 10.000" in shown
    assert "Rp10.170" in shown


def test_a_new_list_takes_the_place_of_the_old(here: Desk) -> None:
    factories.price_list(here.shop.dealer, here.shop.supplier, factories.offer("alt"))
    rig.send(here.as_(), "price_list_fetch", "konter-a")
    assert listed(here, q="alt") == []
    assert listed(here, q="xl5") == ["XL5", "XL50"]


def test_a_list_that_does_not_come_leaves_the_old_one(here: Desk) -> None:
    factories.price_list(here.shop.dealer, here.shop.supplier, factories.offer("alt"))
    with tenancy.inside(here.shop.dealer.pk):
        connections.seal_secrets(here.shop.supplier, api_key="salah")
    answer = here.as_().post(reverse("desk:price_list_fetch", args=["konter-a"]), follow=True)
    assert "Kunci API salah" in answer.content.decode()
    assert listed(here) == ["alt"]


def test_it_is_narrowed_by_words_brand_kind_and_state(here: Desk) -> None:
    rig.send(here.as_(), "price_list_fetch", "konter-a")
    assert listed(here, brand="PLN") == ["PLN20", "PLN50", "PLN100", "PLN200", "PLN500", "PLN1000"]
    assert listed(here, brand="Axis", kind="data") == ["AXISGB1", "AXISGB3", "AXISGB8", "AXISGB16"]
    assert listed(here, q="telkomsel 10.000", kind="pulsa", state="sold") == ["TSEL10"]
    assert listed(here, q="telkomsel 10.000", kind="pulsa", state="new") == []


def test_it_comes_in_pages_of_fifty(here: Desk) -> None:
    rig.send(here.as_(), "price_list_fetch", "konter-a")
    first, second = listed(here), listed(here, page="2")
    assert (len(first), set(first) & set(second)) == (50, set())


def test_what_is_sold_already_names_the_product_and_cannot_be_ticked(here: Desk) -> None:
    rig.send(here.as_(), "price_list_fetch", "konter-a")
    shown = rig.text(here.as_().get(reverse("desk:price_list", args=["konter-a"]), {"q": "tsel10"}))
    assert reverse("desk:product", args=["TSEL10"]) in shown
    assert 'value="TSEL10"' not in shown
    assert 'value="TSEL100"' in shown


def test_kinds_that_are_not_sold_here_are_counted_and_left_out(here: Desk) -> None:
    games = factories.offer("ml5", name="Mobile Legends 5", category="Games", brand="MOBILE LEGENDS")
    factories.price_list(here.shop.dealer, here.shop.supplier, factories.offer("s5"), games)
    shown = rig.text(here.as_().get(reverse("desk:price_list", args=["konter-a"])))
    assert listed(here) == ["s5"]
    assert "1 baris jenis lain" in shown


@pytest.mark.parametrize("nonsense", [{"kind": "x"}, {"brand": "x"}, {"state": "x"}, {"page": "x"}, {"q": "x" * 99}])
def test_a_filter_that_makes_no_sense_breaks_nothing(here: Desk, nonsense: dict[str, str]) -> None:
    factories.price_list(here.shop.dealer, here.shop.supplier, factories.offer("s5"))
    assert listed(here, **nonsense) == ["s5"]


def test_what_is_closed_at_the_supplier_is_said(here: Desk) -> None:
    factories.price_list(here.shop.dealer, here.shop.supplier, factories.offer("s5", is_open=False))
    assert "Tutup di pemasok" in rig.text(here.as_().get(reverse("desk:price_list", args=["konter-a"])))
    assert listed(here, state="open") == []
