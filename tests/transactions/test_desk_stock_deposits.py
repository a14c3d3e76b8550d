"""A dealer that buys dealer zero's stock deposits there from its own desk."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client

from dealers.models import Dealer
from portal.lib import tenancy
from tests import factories
from tests.transactions.deposit_rig import Till
from tests.transactions.desk_rig import signed_in
from tests.transactions.paying_rig import audited
from transactions.models import DepositTicket, TaskKind

pytestmark = pytest.mark.django_db
PAGE = "/desk/pemasok/stok/deposit/"


@dataclass
class Two:
    """Dealer zero, who takes deposits, and a dealer that buys its stock."""

    zero: Till
    buyer: Dealer
    owner: Client


@pytest.fixture
def two() -> Iterator[Two]:
    with audited():
        zero, buyer = factories.dealer(is_zero=True), factories.dealer()
        partner = factories.stock_partner(zero, buyer, 40_000)
        account = factories.bank_account(zero)
        yield Two(Till(zero, partner, account, factories.member(zero)), buyer, signed_in(factories.member(buyer)))


def opened(two: Two, amount: str = "50.000") -> DepositTicket:
    two.owner.post(PAGE, {"amount": amount, "bank": "Bank Uji"})
    with tenancy.inside(two.zero.dealer.pk):
        return DepositTicket.objects.select_related("account").latest("pk")


def test_it_sees_how_much_to_transfer_and_where(two: Two) -> None:
    ticket = opened(two)
    shown = two.owner.get(f"{PAGE}{ticket.code}/").content.decode()
    assert f'data-copy="{ticket.amount}"' in shown
    assert 'data-copy="1234567890"' in shown
    assert (ticket.source, ticket.asked) == ("desk", 50_000)


def test_it_says_that_it_has_transferred_and_dealer_zero_is_asked(two: Two) -> None:
    ticket = opened(two)
    two.owner.post(f"{PAGE}{ticket.code}/", {"proof": "TRX 7788"})
    assert two.zero.tasks(TaskKind.DEPOSIT) == [ticket.code]
    two.zero.enter(ticket.amount)
    assert two.zero.balance() == 40_000 + ticket.amount
    assert "masuk saldo" in two.owner.get(f"{PAGE}{ticket.code}/").content.decode()


def test_the_list_shows_the_balance_there_and_the_tickets(two: Two) -> None:
    ticket = opened(two)
    shown = two.owner.get(PAGE).content.decode()
    assert "Rp40.000" in shown
    assert ticket.code in shown


def test_it_gives_a_ticket_up(two: Two) -> None:
    ticket = opened(two)
    two.owner.post(f"{PAGE}{ticket.code}/batal/")
    assert two.zero.ticket(ticket.code).state == "cancelled"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"amount": "5.000", "bank": "Bank Uji"}, "Paling sedikit Rp10.000"),
        ({"amount": "2.000.000.000", "bank": "Bank Uji"}, "Paling banyak Rp1.000.000.000"),
        ({"amount": "", "bank": "Bank Uji"}, "field"),
    ],
)
def test_other_amounts_are_refused_beside_the_field(two: Two, given: dict[str, str], word: str) -> None:
    answer = two.owner.post(PAGE, given)
    assert (answer.status_code, word in answer.content.decode()) == (200, True)
    with tenancy.inside(two.zero.dealer.pk):
        assert not DepositTicket.objects.exists()


def test_the_sixth_open_ticket_is_refused_in_words(two: Two) -> None:
    for n in range(1, 6):
        opened(two, str(10_000 * n))
    answer = two.owner.post(PAGE, {"amount": "99.000", "bank": "Bank Uji"})
    assert "Masih ada lima tiket" in answer.content.decode()


def test_another_buyers_tickets_are_not_there(two: Two) -> None:
    ticket = opened(two)
    other = factories.dealer()
    factories.stock_partner(two.zero.dealer, other, 10_000)
    owner = signed_in(factories.member(other))
    assert ticket.code not in owner.get(PAGE).content.decode()
    assert owner.get(f"{PAGE}{ticket.code}/").status_code == 404
    assert owner.post(f"{PAGE}{ticket.code}/batal/").status_code == 404


def test_who_buys_no_stock_has_no_such_page(two: Two) -> None:
    assert signed_in(factories.member(factories.dealer())).get(PAGE).status_code == 404


def test_without_an_account_of_dealer_zeros_it_says_whom_to_ask() -> None:
    zero, buyer = factories.dealer(is_zero=True), factories.dealer()
    factories.stock_partner(zero, buyer, 10_000)
    shown = signed_in(factories.member(buyer)).get(PAGE).content.decode()
    assert "belum punya rekening bank" in shown
