"""One more supplier for a product: shown with what its cost does to the prices, then saved."""

import pytest
from django.urls import reverse

from portal.lib import tenancy
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions.models import Price, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def form(here: Desk, **fields: str) -> dict[str, str]:
    return {"supplier": str(rig.second(here).pk), "supplier_sku": "s10", "cost": "10.100", "rank": "2", **fields}


def test_a_route_behind_the_others_changes_no_price(here: Desk) -> None:
    answer = rig.agree(here.as_(), "route_add", "TSEL10", **form(here))
    assert answer["Location"] == reverse("desk:product", args=["TSEL10"])
    assert rig.routes(here, "TSEL10") == [("konter-a", "TSEL10", 10_200, 1), ("kedua", "s10", 10_100, 2)]


def test_the_next_place_is_suggested(here: Desk) -> None:
    rig.second(here)
    assert 'name="rank" value="2"' in rig.text(here.as_().get(reverse("desk:route_add", args=["TSEL10"])))


def test_a_route_before_the_others_shows_and_makes_the_new_price(here: Desk) -> None:
    rig.rule(here)
    first = form(here, rank="1")
    shown = rig.send(here.as_(), "route_add", "TSEL10", **first)
    assert [c.new_price for c in shown.context["effect"].changes if c.tier == Tier.RETAIL] == [10_900]
    assert len(rig.routes(here, "TSEL10")) == 1
    rig.send(here.as_(), "route_add", "TSEL10", **first, seen=shown.context["effect"].digest)
    with tenancy.inside(here.shop.dealer.pk):
        assert Price.objects.get(tier=Tier.RETAIL).amount == 10_900


def test_a_dearer_route_in_front_of_a_price_set_by_hand_needs_a_yes(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Price.objects.update(by_hand=True)
    dear = form(here, rank="0", cost="11.500")
    again = rig.agree(here.as_(), "route_add", "TSEL10", **dear)
    assert again.status_code == 200
    assert len(rig.routes(here, "TSEL10")) == 1
    rig.send(here.as_(), "route_add", "TSEL10", **dear, seen=again.context["effect"].digest, accept="on")
    assert rig.product(here, "TSEL10").accepted_cost == 11_500


def test_cut_off_hours_are_kept_and_come_in_pairs(here: Desk) -> None:
    hours = form(here, cut_off_start="23:30")
    assert "kosongkan keduanya" in rig.text(rig.send(here.as_(), "route_add", "TSEL10", **hours))
    rig.agree(here.as_(), "route_add", "TSEL10", **hours, cut_off_end="00:30")
    with tenancy.inside(here.shop.dealer.pk):
        made = rig.product(here, "TSEL10").routes.get(supplier__code="kedua")
        assert (f"{made.cut_off_start:%H:%M}", f"{made.cut_off_end:%H:%M}", made.is_open) == ("23:30", "00:30", True)


def test_a_supplier_that_has_a_route_already_is_not_offered(here: Desk) -> None:
    shown = rig.text(here.as_().get(reverse("desk:route_add", args=["TSEL10"])))
    assert "Tidak ada pemasok lain" in shown
    given = form(here, supplier=str(here.shop.supplier.pk))
    assert rig.send(here.as_(), "route_add", "TSEL10", **given).context["effect"] is None


def test_another_dealers_supplier_cannot_be_chosen(here: Desk) -> None:
    given = form(here, supplier=str(desk().shop.supplier.pk))
    assert rig.send(here.as_(), "route_add", "TSEL10", **given).context["effect"] is None
