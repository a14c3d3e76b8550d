"""The desk shows who changed what of the catalogue, newest first, in words, and only of this dealer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dealers.models import Role
from portal.lib import tenancy
from tests.transactions.desk_rig import Desk, desk
from transactions.models import MarkupRule, Price, Product, Route, Supplier, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def _edit(here: Desk, *, cost: int = 10_400) -> None:
    """The owner renames the product and pays another cost."""
    with tenancy.acting(here.person(Role.OWNER).pk), tenancy.inside(here.shop.dealer.pk):
        Product.objects.update(name="Simpati 10")
        Route.objects.update(cost=cost)


def _shown(here: Desk, name: str = "history", *arguments: object, **wanted: str) -> str:
    answer = here.as_().get(reverse(f"desk:{name}", args=arguments), wanted)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_a_product_tells_its_own_and_its_routes_edits(here: Desk) -> None:
    _edit(here)
    shown = _shown(here, "product", "TSEL10")
    for part in ("Telkomsel 10000", "Simpati 10", "Rp10.200", "Rp10.400", here.person(Role.OWNER).name):
        assert part in shown
    assert "Simpati 10 · konter-a" in shown


def test_every_edit_of_a_product_is_behind_the_link_of_its_page(here: Desk) -> None:
    _edit(here)
    with tenancy.inside(here.shop.dealer.pk):
        Price.objects.filter(tier=Tier.RETAIL).update(amount=11_300)
    shown = _shown(here, place="product", row=str(here.shop.product.pk))
    for part in ("Simpati 10 · Pelanggan", "Rp11.300", "Simpati 10 · konter-a", "Rp10.400"):
        assert part in shown


def test_the_newest_edit_comes_first(here: Desk) -> None:
    _edit(here)
    _edit(here, cost=10_500)
    lines = here.as_().get(reverse("desk:history")).context["lines"]
    assert [(c.old, c.new) for line in lines[:2] for c in line.changes] == [
        ("Rp10.400", "Rp10.500"),
        ("Rp10.200", "Rp10.400"),
    ]


def test_a_rule_that_is_gone_is_still_named(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.create(dealer=here.shop.dealer, nominal=10_000, fixed=800, percent_bp=150).delete()
    shown = _shown(here, place="markup_rule")
    for part in ("Pelanggan · semua merek · semua jenis · 10.000", "Dihapus", "Rp800", "1,5 %", "otomatis"):
        assert part in shown


def test_a_new_secret_is_told_and_not_shown(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Supplier.objects.update(api_key="v1.kunci.rahasia")
    shown = _shown(here, "supplier", "konter-a")
    assert "Kunci API: <b>diganti</b>" in shown
    assert "kunci.rahasia" not in shown


def test_one_route_and_one_rule_have_a_history_of_their_own(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        rule = MarkupRule.objects.create(dealer=here.shop.dealer, fixed=800)
        route = Route.objects.get()
    _edit(here)
    assert "Rp10.400" in _shown(here, "route", route.pk)
    assert "Rp800" in _shown(here, "rule", rule.pk)
    assert "Simpati 10</b>" not in _shown(here, place="route", row=str(route.pk))


def test_a_page_of_edits_costs_the_same_however_many_there_are(here: Desk) -> None:
    browser, address = here.as_(), reverse("desk:history")
    _edit(here)
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    for cost in range(10_500, 10_520):
        _edit(here, cost=cost)
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get(address).context["lines"]) > 20
    assert len(many) == len(few)


def test_another_dealers_edits_are_not_shown(here: Desk) -> None:
    other = desk()
    _edit(other, cost=10_777)
    with tenancy.inside(other.shop.dealer.pk):
        route = Route.objects.get().pk
    assert "Rp10.777" not in _shown(here)
    assert "Rp10.777" not in _shown(here, place="route", row=str(route))


@pytest.mark.parametrize("nonsense", [{"place": "orders"}, {"row": "x"}, {"place": "route", "row": "9" * 30}])
def test_a_filter_that_makes_no_sense_breaks_nothing(here: Desk, nonsense: dict[str, str]) -> None:
    _shown(here, **nonsense)
