"""Dealer zero's stock is begun with at the desk, by whoever has the right, and only once."""

import pytest
from django.urls import reverse

from dealers import rights
from dealers.models import Dealer, Partner
from portal.lib import tenancy
from tests import factories
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions import accounts, ledger
from transactions.models import Supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def zero() -> Dealer:
    return factories.dealer("pusat", is_zero=True)


@pytest.fixture
def here(zero: Dealer) -> Desk:
    made = desk()
    with tenancy.inside(made.shop.dealer.pk):
        rights.grant(made.shop.dealer, rights.BUY_STOCK, source="test")
    return made


def suppliers(here: Desk) -> list[tuple[str, str]]:
    with tenancy.inside(here.shop.dealer.pk):
        return list(Supplier.objects.values_list("code", "connector").order_by("code"))


def partners(zero: Dealer) -> list[Partner]:
    with tenancy.inside(zero.pk):
        return list(Partner.objects.all())


def test_the_dealer_gets_a_supplier_and_dealer_zero_a_partner_with_a_wallet(here: Desk, zero: Dealer) -> None:
    answer = rig.send(here.as_(), "supplier_stock")
    assert answer["Location"] == reverse("desk:supplier", args=["konter"])
    assert suppliers(here) == [("konter", "zero"), ("konter-a", "digiflazz")]
    (partner,) = partners(zero)
    assert (partner.buyer_id, partner.tier) == (here.shop.dealer.pk, "partner")
    with tenancy.inside(zero.pk):
        assert ledger.wallet_balance(zero.pk, accounts.wallet(partner.wallet_key)) == 0


def test_asked_twice_it_stands_once(here: Desk, zero: Dealer) -> None:
    for _tap in range(2):
        assert rig.send(here.as_(), "supplier_stock").status_code == 302
    assert len(suppliers(here)) == 2
    assert len(partners(zero)) == 1


def test_without_the_right_nothing_is_made_and_nothing_offered(here: Desk, zero: Dealer) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        rights.revoke(here.shop.dealer, rights.BUY_STOCK)
    assert "Pakai stok ini" not in rig.text(here.as_().get(reverse("desk:supplier_add")))
    answer = here.as_().post(reverse("desk:supplier_stock"), follow=True)
    assert "belum punya hak" in answer.content.decode()
    assert (len(suppliers(here)), partners(zero)) == (1, [])


def test_the_offer_is_gone_once_it_was_taken(here: Desk) -> None:
    assert "Pakai stok ini" in rig.text(here.as_().get(reverse("desk:supplier_add")))
    rig.send(here.as_(), "supplier_stock")
    assert "Pakai stok ini" not in rig.text(here.as_().get(reverse("desk:supplier_add")))


def test_dealer_zero_does_not_buy_from_itself(zero: Dealer) -> None:
    with tenancy.inside(zero.pk):
        rights.grant(zero, rights.BUY_STOCK, source="test")
    boss = Desk(factories.Shop(zero, Supplier(), None, factories.user()))  # type: ignore[arg-type]  # it sells nothing
    assert "belum punya hak" in boss.as_().post(reverse("desk:supplier_stock"), follow=True).content.decode()
    with tenancy.inside(zero.pk):
        assert not Supplier.objects.exists()
