"""A dealer begins with everything that it needs, and a repeat changes nothing."""

import pytest
from django.core import mail

from dealers import rights
from dealers.models import Dealer, Grant, Membership, Outlet, Partner, Role, User
from portal import opening
from portal.lib import tenancy
from portal.opening import NewDealer, open_dealer
from tests import factories
from tests.portal.openings import OPERATOR, opened, shop
from transactions.models import Account, AccountKind, Supplier

pytestmark = pytest.mark.django_db


def test_a_dealer_begins_with_a_book_an_outlet_and_an_owner() -> None:
    dealer = opened().dealer
    with tenancy.inside(dealer.pk):
        kinds = set(Account.objects.filter(dealer=dealer).values_list("kind", flat=True))
        assert kinds == {AccountKind.HELD, AccountKind.UNAPPLIED, AccountKind.SALES, AccountKind.COST}
        assert [outlet.address for outlet in Outlet.objects.filter(dealer=dealer)] == ["Jl. Braga 1"]
        (post,) = Membership.objects.filter(dealer=dealer).select_related("user")
    assert (post.user.email, post.role, post.is_active) == ("siti@toko-baru.test", Role.OWNER, True)


def test_what_was_said_of_the_shop_is_written_down() -> None:
    dealer = opened(time_zone="Asia/Makassar", colour="#8a3b12").dealer
    dealer.refresh_from_db()
    written = (dealer.name, dealer.regency, dealer.phone, dealer.time_zone, dealer.brand_colour, dealer.is_zero)
    assert written == ("Toko Baru", "Kota Bandung", "+622242000000", "Asia/Makassar", "#8a3b12", False)


def test_a_dealer_that_sells_stock_is_the_operators_partner_with_an_empty_wallet() -> None:
    dealer = opened().dealer
    zero = Dealer.objects.get(is_zero=True)
    with tenancy.inside(dealer.pk):
        assert rights.holds(dealer.pk, rights.BUY_STOCK)
        assert [supplier.connector for supplier in Supplier.objects.filter(dealer=dealer)] == ["zero"]
    with tenancy.inside(zero.pk):
        partner = Partner.objects.get(dealer=zero, buyer=dealer)
        assert Account.objects.get(kind=AccountKind.WALLET, key=partner.wallet_key).balance == 0


def test_a_dealer_without_stock_has_no_right_no_supplier_and_no_wallet_there() -> None:
    dealer = opened(buys_stock=False).dealer
    zero = Dealer.objects.get(is_zero=True)
    with tenancy.inside(dealer.pk):
        assert not Grant.objects.filter(dealer=dealer).exists()
        assert not Supplier.objects.filter(dealer=dealer).exists()
    with tenancy.inside(zero.pk):
        assert not Partner.objects.filter(dealer=zero).exists()
        assert not Account.objects.filter(dealer=zero, kind=AccountKind.WALLET).exists()


def test_a_dealer_without_stock_needs_no_operator() -> None:
    assert open_dealer(shop(buys_stock=False)).is_new


def test_a_new_owner_has_a_name_and_no_password() -> None:
    owner = opened().owner
    assert (owner.name, owner.is_staff, owner.has_usable_password()) == ("Siti", False, False)


def test_an_owner_with_an_account_keeps_name_and_password_and_gets_no_mail() -> None:
    known = factories.user("siti@toko-baru.test")
    found = opened(owner="Siti@Toko-Baru.test ")
    opening.invite(found)
    known.refresh_from_db()
    assert (found.owner.pk, found.is_owner_new, known.name.startswith("Orang")) == (known.pk, False, True)
    assert known.check_password("konter-test-123")
    assert mail.outbox == []


def test_one_person_may_own_two_dealers() -> None:
    first = opened()
    second = open_dealer(shop(slug="toko-lain", name="Toko Lain"))
    assert (second.owner, second.is_owner_new) == (first.owner, False)


@pytest.mark.parametrize("wanted", [OPERATOR, shop(), shop(name="Nama lain", owner="SITI@toko-baru.test", phone="")])
def test_a_repeat_finds_what_stands_and_changes_nothing(wanted: NewDealer) -> None:
    opened()
    before = _everything()
    again = open_dealer(wanted)
    opening.invite(again)
    assert (again.is_new, again.is_owner_new, again.dealer.slug) == (False, False, wanted.slug)
    assert again.buys_stock == wanted.buys_stock
    assert _everything() == before
    assert mail.outbox == []


def _everything() -> list[object]:
    found: list[object] = [list(Dealer.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())]
    for dealer in Dealer.objects.order_by("pk"):
        with tenancy.inside(dealer.pk):
            tables = (Outlet, Membership, Grant, Partner, Account, Supplier)
            found += [list(table._default_manager.order_by("pk").values()) for table in tables]
    return found
