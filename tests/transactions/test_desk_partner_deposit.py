"""Money from a partner: shown first, then in the partner's wallet, once per proof."""

import pytest
from django.urls import reverse

from dealers.models import Dealer
from portal.lib import tenancy
from tests import factories
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions import accounts, ledger

pytestmark = pytest.mark.django_db

FORM = {"partner": "toko-stok", "amount": "500.000", "source": "bank", "proof": "TF 001"}


@pytest.fixture
def zero() -> Desk:
    return desk(money=0, slug="pusat", is_zero=True)


@pytest.fixture
def buyer(zero: Desk) -> Dealer:
    made = factories.dealer("toko")
    factories.stock_partner(zero.shop.dealer, made, 1_000)
    return made


def wallet(zero: Desk, buyer: Dealer) -> int:
    with tenancy.inside(zero.shop.dealer.pk):
        return ledger.wallet_balance(zero.shop.dealer.pk, accounts.wallet(f"dealer:{buyer.pk}"))


def test_it_is_shown_with_the_balance_before_and_after_and_not_booked(zero: Desk, buyer: Dealer) -> None:
    shown = rig.text(rig.send(zero.as_(), "partner_deposit", **FORM))
    for part in ("Toko", "Rp1.000", "Rp501.000"):
        assert part in shown
    assert wallet(zero, buyer) == 1_000


@pytest.mark.parametrize(("source", "account"), [("bank", accounts.bank("main")), ("cash", accounts.cash("counter"))])
def test_the_wallet_has_more_and_the_money_is_where_it_came_in(
    zero: Desk, buyer: Dealer, source: str, account: accounts.Acc
) -> None:
    with tenancy.inside(zero.shop.dealer.pk):
        before = ledger.balance(zero.shop.dealer.pk, account)
    rig.send(zero.as_(), "partner_deposit", **{**FORM, "source": source}, sure="on")
    assert wallet(zero, buyer) == 501_000
    with tenancy.inside(zero.shop.dealer.pk):
        assert ledger.balance(zero.shop.dealer.pk, account) == before - 500_000


def test_one_proof_is_booked_once(zero: Desk, buyer: Dealer) -> None:
    for amount in ("500.000", "500.000", "600.000"):
        rig.send(zero.as_(), "partner_deposit", **{**FORM, "amount": amount}, sure="on")
    assert wallet(zero, buyer) == 501_000


def test_the_same_proof_of_two_partners_is_two_deposits(zero: Desk, buyer: Dealer) -> None:
    other = factories.dealer("lain")
    factories.stock_partner(zero.shop.dealer, other, 1_000)
    for name in ("toko-stok", "lain-stok"):
        rig.send(zero.as_(), "partner_deposit", **{**FORM, "partner": name}, sure="on")
    assert (wallet(zero, buyer), wallet(zero, other)) == (501_000, 501_000)


def test_another_dealers_partner_gets_nothing(zero: Desk, buyer: Dealer) -> None:
    assert rig.send(desk().as_(), "partner_deposit", **FORM, sure="on").status_code == 200
    assert wallet(zero, buyer) == 1_000


def test_the_way_there_is_shown_to_who_has_partners(zero: Desk, buyer: Dealer) -> None:
    assert reverse("desk:partner_deposit") in rig.text(zero.as_().get(reverse("desk:money")))
    assert reverse("desk:partner_deposit") not in rig.text(desk().as_().get(reverse("desk:money")))
