"""A prepared question answers what the query it was made of would answer, for any values, asked again and again."""

from datetime import datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from portal.lib import tenancy
from portal.lib.prepared import NotPrepared, Prepared
from tests import factories
from tests.factories import Shop
from transactions.models import Order, Product, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=1_000_000)


def same(found: Order, asked: Order) -> bool:
    fields = [field.attname for field in Order._meta.concrete_fields]
    return all(getattr(found, name) == getattr(asked, name) for name in fields)


def test_a_row_is_the_row_of_the_query_with_what_it_selected_beside(shop: Shop) -> None:
    orders = [shop.buy(), shop.buy()]
    by_code = Prepared(
        lambda code: Order.objects.select_related("product__brand", "wallet", "customer").filter(code=code), code=str
    )
    with tenancy.inside(shop.dealer.pk):
        for order in orders:
            found = by_code.first(code=order.code)
            assert found is not None
            assert same(found, Order.objects.get(code=order.code))
            assert "product" in found._state.fields_cache
            assert found.product.brand == order.product.brand
            assert (found._state.db, found._state.adding) == ("default", False)
        assert by_code.first(code="nothing") is None


def test_values_of_every_kind_go_to_their_places(shop: Shop) -> None:
    order = shop.buy()
    asked = Prepared(
        lambda dealer, since, number: Order.objects.filter(
            dealer_id=dealer, destination=number, created_at__gte=since, status__in=[Status.PAID, Status.PROCESSING]
        ).order_by("-created_at")[:1],
        dealer=int,
        since=datetime,
        number=str,
    )
    hour = timedelta(hours=1)
    values = {"dealer": shop.dealer.pk, "number": order.destination}
    with tenancy.inside(shop.dealer.pk):
        assert asked.all(since=timezone.now() - hour, **values) == [order]
        assert asked.all(since=timezone.now() + hour, **values) == []
        assert asked.all(since=timezone.now() - hour, **{**values, "dealer": 2**40}) == []


def test_what_was_annotated_and_what_was_left_out_come_as_from_the_query(shop: Shop) -> None:
    priced = Prepared(
        lambda sku: (
            Product.objects.filter(sku=sku, prices__tier="retail").annotate(amount=F("prices__amount")).only("sku")
        ),
        sku=str,
    )
    with tenancy.inside(shop.dealer.pk):
        found = priced.first(sku=shop.product.sku)
        assert found is not None
        assert found.amount == 11_000  # type: ignore[attr-defined]
        assert "name" in found.get_deferred_fields()
        assert found.name == shop.product.name


def test_a_related_row_that_is_not_there_is_none(shop: Shop) -> None:
    order = shop.buy()
    asked = Prepared(lambda code: Order.objects.select_related("customer", "wallet").filter(code=code), code=str)
    with tenancy.inside(shop.dealer.pk):
        Order.objects.filter(pk=order.pk).update(customer=None)
        found = asked.first(code=order.code)
        assert found is not None
        assert found.customer is None


def test_what_cannot_be_kept_is_refused_at_its_first_use() -> None:
    unused = Prepared(lambda sku: Product.objects.all(), sku=str)
    with pytest.raises(NotPrepared):
        unused.all(sku="X")
    twice = Prepared(lambda sku: Product.objects.filter(sku=sku).prefetch_related("routes"), sku=str)
    with pytest.raises(NotPrepared):
        twice.all(sku="X")
    changed = Prepared(lambda sku: Product.objects.filter(sku__contains=sku), sku=str)
    with pytest.raises(NotPrepared):
        changed.all(sku="X")
