"""A supplier's key is replaced, and nothing else with it; a key is never tried out on another address."""

import pytest

from portal.lib import tenancy
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import UNREACHABLE, Desk, desk
from transactions.models import Edit, Place, Supplier
from transactions.suppliers import connections

pytestmark = pytest.mark.django_db

FORM = {"name": "Nama baru", "base_url": UNREACHABLE, "username": "konter-a"}


@pytest.fixture
def here() -> Desk:
    return desk()


def kept(here: Desk) -> Supplier:
    with tenancy.inside(here.shop.dealer.pk):
        return Supplier.objects.get()


def secrets(here: Desk) -> tuple[str, str]:
    account = connections.connect(kept(here))._account  # type: ignore[attr-defined]  # what the connector was made with
    return account.api_key, account.callback_secret


def test_an_empty_key_stays_as_it_was(here: Desk) -> None:
    rig.send(here.as_(), "supplier_edit", "konter-a", **FORM)
    assert kept(here).name == "Nama baru"
    assert secrets(here) == ("konter-a-key", "konter-a-secret")


def test_a_new_key_takes_the_place_of_the_old(here: Desk) -> None:
    rig.send(here.as_(), "supplier_edit", "konter-a", **FORM, api_key="kunci-baru")
    assert secrets(here) == ("kunci-baru", "konter-a-secret")


def test_only_the_secret_that_was_replaced_is_in_the_history(here: Desk) -> None:
    rig.send(here.as_(), "supplier_edit", "konter-a", **FORM, api_key="kunci-baru")
    with tenancy.inside(here.shop.dealer.pk):
        edit = Edit.objects.filter(place=Place.SUPPLIER).latest("pk")
    assert edit.new == {"api_key": None}
    assert edit.actor in here.people.values()


def test_another_address_wants_its_key(here: Desk) -> None:
    moved = {**FORM, "base_url": "https://8.8.8.8/v1"}
    assert "tulis kunci" in rig.text(rig.send(here.as_(), "supplier_edit", "konter-a", **moved))
    assert kept(here).base_url == UNREACHABLE
    rig.send(here.as_(), "supplier_edit", "konter-a", **moved, api_key="kunci-baru")
    assert (kept(here).base_url, secrets(here)[0]) == ("https://8.8.8.8/v1", "kunci-baru")


def test_an_address_that_is_not_encrypted_is_not_moved_to(here: Desk) -> None:
    moved = {**FORM, "base_url": "http://8.8.8.8/v1", "api_key": "kunci-baru"}
    assert "harus https" in rig.text(rig.send(here.as_(), "supplier_edit", "konter-a", **moved))
    assert secrets(here)[0] == "konter-a-key"


def test_the_stock_has_no_account_to_edit(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Supplier.objects.update(connector="zero")
    assert rig.send(here.as_(), "supplier_edit", "konter-a", **FORM).status_code == 404
