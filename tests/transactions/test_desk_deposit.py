"""Cash for a customer's wallet: shown first, booked once, and the drawer has it."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from portal.lib import ids, tenancy
from tests import factories
from tests.transactions.desk_rig import Desk, desk
from transactions import accounts, ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk(money=0)


def send(here: Desk, **fields: str) -> HttpResponse:
    given = {"email": here.shop.customer.email, "amount": "50.000", "token": "ab" * 16, **fields}
    answer: HttpResponse = here.as_().post(reverse("desk:deposit"), given)  # type: ignore[assignment]
    return answer


def test_who_and_how_much_is_shown_before_it_is_booked(here: Desk) -> None:
    shown = send(here).content.decode()
    assert here.shop.customer.email in shown
    assert "Rp50.000" in shown
    assert here.shop.balance() == 0


def test_the_money_is_in_the_wallet_once(here: Desk) -> None:
    for _tap in range(2):
        send(here, sure="on")
    assert here.shop.balance() == 50_000
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.cash("counter")) == -50_000


def test_the_same_form_with_another_amount_books_nothing_more(here: Desk) -> None:
    send(here, sure="on")
    here_again = send(here, sure="on", amount="60.000")
    assert here_again.status_code == 302
    assert here.shop.balance() == 50_000


def test_somebody_without_an_account_is_said(here: Desk) -> None:
    assert "Belum ada akun" in send(here, email="tidak@ada.test").content.decode()


def test_the_name_of_somebody_unknown_here_is_not_shown(here: Desk) -> None:
    stranger = factories.user()
    assert stranger.name not in send(here, email=stranger.email, token=ids.new_token()).content.decode()
