"""What a product can be had for now: its routes are read beside it, and one that has none is shown as closed."""

import pytest

from portal.lib import tenancy
from tests import factories
from transactions import catalog
from transactions.catalog import Tile
from transactions.models import Brand, Kind, Route, Supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> factories.Shop:
    return factories.shop()


def _tile(shop: factories.Shop, brand: Brand | None = None) -> Tile:
    (tile,) = catalog.tiles(shop.dealer.pk, kind=Kind.PULSA, brand=brand)
    return tile


def _second_route(shop: factories.Shop, **fields: object) -> Route:
    other = Supplier.objects.create(dealer=shop.dealer, code="other", name="Other", connector="digiflazz")
    route: Route = Route.objects.get(product=shop.product)
    route.pk, route.supplier, route.rank = None, other, route.rank + 1
    for name, value in fields.items():
        setattr(route, name, value)
    route.save()
    return route


def test_two_routes_are_one_tile_that_is_open_while_one_of_them_is(shop: factories.Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        _second_route(shop)
        assert _tile(shop).is_open
        Route.objects.filter(supplier=shop.supplier).update(is_open=False)
        assert _tile(shop).is_open
        Supplier.objects.filter(code="other").update(is_open=False)
        assert not _tile(shop).is_open


def test_a_product_without_a_route_is_closed(shop: factories.Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        Route.objects.all().delete()
        assert _tile(shop).closed_note == "closed"
        assert _tile(shop, shop.product.brand).closed_note == "closed"


def test_the_route_that_is_tried_first_says_why_it_is_closed(shop: factories.Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        _second_route(shop, is_open=False, closed_note="the second")
        Route.objects.filter(supplier=shop.supplier).update(is_open=False, closed_note="the first")
        assert _tile(shop).closed_note == "the first"


def test_a_tile_knows_its_brand_whether_or_not_it_was_asked_for(shop: factories.Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        for brand in (None, shop.product.brand):
            tile = _tile(shop, brand)
            assert "brand" in tile.product._state.fields_cache
            assert tile.product.brand == shop.product.brand
