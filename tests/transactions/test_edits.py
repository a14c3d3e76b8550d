"""Whatever changes the catalogue, by whichever way, is written down by the database: who, when, from what to what."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from dealers.models import User
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.desk_rig import Desk, desk
from transactions import pricing
from transactions.models import Edit, MarkupRule, Place, Price, Product, Route, Supplier, Tier
from transactions.suppliers import connections

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """One product of one supplier."""
    return factories.shop()


@pytest.fixture
def staff(shop: Shop) -> User:
    """Who edits."""
    return factories.member(shop.dealer)


def _last(shop: Shop, place: Place) -> Edit:
    with tenancy.inside(shop.dealer.pk):
        found = Edit.objects.filter(place=place).first()
    assert found is not None
    return found


def test_a_bulk_update_is_written_down_row_by_row(shop: Shop, staff: User) -> None:
    with tenancy.acting(staff.pk), tenancy.inside(shop.dealer.pk):
        Product.objects.update(name="Nama baru")
    edit = _last(shop, Place.PRODUCT)
    assert (edit.action, edit.row_id, edit.actor_id) == ("update", shop.product.pk, staff.pk)
    assert (edit.old, edit.new) == ({"name": "Telkomsel 10000"}, {"name": "Nama baru"})


def test_plain_sql_is_written_down_too(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE route SET cost = cost + 100")
    edit = _last(shop, Place.ROUTE)
    assert (edit.old, edit.new, edit.actor_id) == ({"cost": 10_200}, {"cost": 10_300}, None)


def test_what_was_made_and_what_was_taken_away_is_kept_whole(shop: Shop, staff: User) -> None:
    with tenancy.acting(staff.pk), tenancy.inside(shop.dealer.pk):
        rule = MarkupRule.objects.create(dealer=shop.dealer, fixed=800)
        made = _last(shop, Place.RULE)
        assert (made.action, made.old, made.new["fixed"]) == ("insert", {}, 800)
        rule.delete()
    gone = _last(shop, Place.RULE)
    assert (gone.action, gone.old["fixed"], gone.new, gone.row_id) == ("delete", 800, {}, made.row_id)


def test_a_change_that_changes_nothing_is_not_written_down(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        before = Edit.objects.count()
        Product.objects.update(name="Telkomsel 10000")
        assert Edit.objects.count() == before


def test_a_new_price_of_a_product_is_written_down(shop: Shop, staff: User) -> None:
    with tenancy.acting(staff.pk), tenancy.inside(shop.dealer.pk):
        pricing.set_price(shop.product, tier=Tier.RETAIL, amount=11_500, actor=staff)
    edit = _last(shop, Place.PRICE)
    assert edit.new == {"amount": 11_500, "by_hand": True}


def test_a_secret_is_never_written_down_but_its_change_is(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        connections.seal_secrets(shop.supplier, api_key="kunci-baru", callback_secret="rahasia-baru")
        edits = list(Edit.objects.filter(place=Place.SUPPLIER))
        sealed = Supplier.objects.get()
    assert (edits[0].old, edits[0].new) == ({"api_key": None, "callback_secret": None},) * 2
    for edit in edits:
        for text in (str(edit.old), str(edit.new)):
            assert sealed.api_key not in text
            assert "v1." not in text


def test_a_balance_that_a_supplier_reports_is_no_edit(shop: Shop) -> None:
    with tenancy.inside(shop.dealer.pk):
        before = Edit.objects.count()
        Supplier.objects.update(reported_balance=5)
        assert Edit.objects.count() == before


def test_who_acted_before_is_not_taken_for_who_acts_now(shop: Shop, staff: User) -> None:
    with tenancy.acting(staff.pk), tenancy.inside(shop.dealer.pk):
        Product.objects.update(name="satu")
    with tenancy.inside(shop.dealer.pk):
        Product.objects.update(name="dua")
    assert _last(shop, Place.PRODUCT).actor_id is None


@pytest.mark.parametrize(
    "forgery",
    [
        "INSERT INTO edit (dealer_id, place, row_id, action, old, new) VALUES (%s, 'product', 1, 'update', '{}', '{}')",
        "UPDATE edit SET actor_id = NULL WHERE dealer_id = %s",
        "DELETE FROM edit WHERE dealer_id = %s",
    ],
)
def test_the_application_cannot_forge_or_forget_an_edit(shop: Shop, forgery: str) -> None:
    with (
        tenancy.inside(shop.dealer.pk),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(forgery, [shop.dealer.pk])


def test_an_edit_at_the_desk_names_whoever_is_signed_in() -> None:
    here: Desk = desk()
    sent = {"name": "Telkomsel 10rb", "description": "", "is_open": "True", "closed_note": "", "reopens_at": ""}
    here.as_().post(reverse("desk:product", args=["TSEL10"]), sent)
    (person,) = here.people.values()
    edit = _last(here.shop, Place.PRODUCT)
    assert (edit.new, edit.actor_id) == ({"name": "Telkomsel 10rb"}, person.pk)


def test_a_rehearsed_edit_leaves_no_trace() -> None:
    here: Desk = desk()
    with tenancy.inside(here.shop.dealer.pk):
        before = Edit.objects.count()
    with tenancy.inside(here.shop.dealer.pk):
        route = Route.objects.get().pk
    sent = {"supplier_sku": "TSEL10", "cost": "10.500", "rank": "1", "is_open": "on"}
    assert here.as_().post(reverse("desk:route", args=[route]), sent).status_code == 200
    with tenancy.inside(here.shop.dealer.pk):
        assert (Edit.objects.count(), Price.objects.get(tier=Tier.RETAIL).amount) == (before, 11_000)
