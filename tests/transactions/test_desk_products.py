"""Products, routes and suppliers at the desk: closed with a reason, and never a secret on the screen."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.lib import tenancy
from tests.transactions.desk_rig import Desk, desk
from transactions import catalog
from transactions.models import Kind, MarkupRule, Price, Product, Route, Supplier, Tier

pytestmark = pytest.mark.django_db

OPEN = {"name": "Telkomsel 10rb", "description": "", "is_open": "True", "closed_note": "", "reopens_at": ""}


@pytest.fixture
def here() -> Desk:
    return desk()


def edit(here: Desk, **fields: str) -> HttpResponse:
    address = reverse("desk:product", args=["TSEL10"])
    answer: HttpResponse = here.as_().post(address, {**OPEN, **fields})  # type: ignore[assignment]
    return answer


def product(here: Desk) -> Product:
    with tenancy.inside(here.shop.dealer.pk):
        return Product.objects.get(sku="TSEL10")


def route(here: Desk) -> Route:
    with tenancy.inside(here.shop.dealer.pk):
        return Route.objects.get()


def test_a_product_is_renamed(here: Desk) -> None:
    assert edit(here).status_code == 302
    assert product(here).name == "Telkomsel 10rb"


def test_a_product_is_not_closed_without_a_reason(here: Desk) -> None:
    assert "Tulis alasannya" in edit(here, is_open="False").content.decode()
    assert product(here).is_open


def test_a_closed_product_tells_the_buyers_why_and_until_when(here: Desk) -> None:
    at = (timezone.now() + timedelta(hours=30)).replace(second=0, microsecond=0)
    local = at + timedelta(hours=7)
    edit(here, is_open="False", closed_note="gangguan operator", reopens_at=f"{local:%Y-%m-%dT%H:%M}")
    with tenancy.inside(here.shop.dealer.pk):
        (tile,) = catalog.tiles(here.shop.dealer.pk, kind=Kind.PULSA, brand=None)
    assert (tile.is_open, tile.closed_note, tile.reopens_at) == (False, "gangguan operator", at)


def test_a_new_cost_of_a_route_shows_and_makes_the_new_price(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.create(dealer=here.shop.dealer, fixed=800)
    sent = {"supplier_sku": "TSEL10", "cost": "10.500", "rank": "1", "is_open": "on"}
    address = reverse("desk:route", args=[route(here).pk])
    shown = here.as_().post(address, sent)
    assert [c.new_price for c in shown.context["effect"].changes if c.tier == Tier.RETAIL] == [11_300]
    assert route(here).cost == 10_200
    here.as_().post(address, {**sent, "seen": shown.context["effect"].digest})
    with tenancy.inside(here.shop.dealer.pk):
        assert (route(here).cost, Price.objects.get(tier=Tier.RETAIL).amount) == (10_500, 11_300)


def test_a_cost_above_a_price_set_by_hand_is_shown_as_a_loss(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Price.objects.update(by_hand=True)
    sent = {"supplier_sku": "TSEL10", "cost": "11.200", "rank": "1", "is_open": "on"}
    effect = here.as_().post(reverse("desk:route", args=[route(here).pk]), sent).context["effect"]
    assert [(c.new_price, c.margin) for c in effect.below_cost] == [(11_000, -200), (10_500, -700)]


def test_cut_off_hours_come_in_pairs(here: Desk) -> None:
    sent = {"supplier_sku": "TSEL10", "cost": "10.200", "rank": "1", "is_open": "on", "cut_off_start": "23:30"}
    assert "kosongkan keduanya" in here.as_().post(reverse("desk:route", args=[route(here).pk]), sent).content.decode()
    here.as_().post(reverse("desk:route", args=[route(here).pk]), {**sent, "cut_off_end": "00:30"})
    assert route(here).cut_off_start is None


def test_a_supplier_is_set_aside_and_taken_back(here: Desk) -> None:
    address = reverse("desk:supplier_switch", args=["konter-a"])
    assert "1 produk" in here.as_().get(address).content.decode()
    for is_open in (False, True):
        here.as_().post(address, {"closed_note": "gangguan", "sure": "on"})
        with tenancy.inside(here.shop.dealer.pk):
            assert Supplier.objects.get().is_open is is_open


def test_no_page_shows_a_supplier_s_secret(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        sealed = Supplier.objects.get().api_key
    for name, arguments in (
        ("suppliers", []),
        ("supplier", ["konter-a"]),
        ("supplier_edit", ["konter-a"]),
        ("product", ["TSEL10"]),
    ):
        shown = here.as_().get(reverse(f"desk:{name}", args=arguments)).content.decode()
        assert sealed not in shown
        assert "konter-a-key" not in shown


def test_the_list_is_narrowed_by_brand_and_state(here: Desk) -> None:
    def listed(**wanted: str) -> list[str]:
        lines = here.as_().get(reverse("desk:products"), wanted).context["lines"]
        return [line.product.sku for line in lines]

    assert listed(brand="TSEL", state="open") == ["TSEL10"]
    assert listed(brand="XL") == []
    assert listed(q="tsel") == ["TSEL10"]
