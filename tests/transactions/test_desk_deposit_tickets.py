"""The desk's pages of deposits: tickets by state, what a line may be, and whose deposit it is."""

from collections.abc import Iterator

import pytest
from django.test import Client

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.deposit_rig import Till, till
from tests.transactions.desk_rig import signed_in
from tests.transactions.paying_rig import audited
from transactions import deposit_tickets
from transactions.models import TaskKind

pytestmark = pytest.mark.django_db
LIST = "/desk/uang/tiket/"


@pytest.fixture
def here() -> Iterator[Till]:
    with audited():
        yield till()


@pytest.fixture
def cashier(here: Till) -> Client:
    return signed_in(factories.member(here.dealer, Role.CASHIER))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_tickets_are_listed_by_state_whether_or_not_the_sweep_has_come(here: Till, cashier: Client) -> None:
    codes = [here.open(10_000 * n).code for n in range(1, 4)]
    here.run_out(codes[0])
    here.enter(here.ticket(codes[1]).amount)
    shown = {
        state: [code for code in codes if code in page(cashier, f"{LIST}?state={state}")]
        for state in ("", "open", "expired", "credited", "cancelled")
    }
    assert shown == {"": codes, "open": codes[2:], "expired": codes[:1], "credited": codes[1:2], "cancelled": []}


def test_an_empty_list_says_where_tickets_come_from(cashier: Client) -> None:
    assert "Belum ada tiket deposit" in page(cashier, LIST)


def test_a_ticket_shows_its_claim_and_is_given_up(here: Till, cashier: Client) -> None:
    ticket = here.open()
    deposit_tickets.claim(here.partner, ticket.code, proof="TRX 7788")
    assert "TRX 7788" in page(cashier, f"{LIST}{ticket.code}/")
    cashier.post(f"{LIST}{ticket.code}/")
    assert here.ticket(ticket.code).state == "cancelled"
    assert here.tasks(TaskKind.DEPOSIT) == []


def test_a_task_about_a_claim_leads_to_its_ticket(here: Till) -> None:
    ticket = here.open()
    deposit_tickets.claim(here.partner, ticket.code, proof="TRX 7788")
    assert f'href="{LIST}{ticket.code}/"' in page(signed_in(here.staff), "/desk/tugas/")


def test_a_line_offers_its_ticket_and_one_press_credits_it(here: Till, cashier: Client) -> None:
    ticket = here.open()
    here.run_out(ticket.code)
    here.enter(ticket.amount)
    assert f'name="ticket" value="{ticket.code}"' in page(cashier, "/desk/uang-masuk/")
    cashier.post(f"/desk/uang-masuk/{here.line().pk}/", {"ticket": ticket.code})
    assert here.balance() == ticket.amount
    assert ticket.code in page(cashier, f"/desk/uang-masuk/{here.line().pk}/")


def test_a_sum_with_wrong_last_digits_is_offered_in_words(here: Till, cashier: Client) -> None:
    ticket = here.open(50_000)
    here.enter(ticket.amount - 1 if ticket.extra > 1 else ticket.amount + 1, note="BUDI")
    assert "Angka belakangnya lain" in page(cashier, "/desk/uang-masuk/")


def test_a_line_is_given_to_a_partner_by_name(here: Till, cashier: Client) -> None:
    here.enter(123_456)
    address = f"/desk/uang-masuk/{here.line().pk}/"
    assert here.partner.username in page(cashier, address)
    assert "Pilih mitra toko ini" in cashier.post(address, {"partner": "siapa"}).content.decode()
    cashier.post(address, {"partner": here.partner.username})
    assert here.balance() == 123_456


def test_another_dealers_ticket_is_not_offered_nor_taken(here: Till, cashier: Client) -> None:
    there = till()
    foreign = there.open()
    here.enter(foreign.amount)
    assert foreign.code not in page(cashier, "/desk/uang-masuk/")
    cashier.post(f"/desk/uang-masuk/{here.line().pk}/", {"ticket": foreign.code})
    assert (there.ticket(foreign.code).state, here.suspense()) == ("open", foreign.amount)
    assert cashier.get(f"{LIST}{foreign.code}/").status_code == 404


def test_the_partners_page_shows_its_last_tickets(here: Till) -> None:
    other = factories.machine(here.dealer, username="lain", money=0).partner
    mine, theirs = here.open(), here.open(partner=other)
    shown = page(signed_in(here.staff), f"/desk/mitra/{here.partner.username}/")
    assert mine.code in shown
    assert theirs.code not in shown


def test_entering_the_exact_sum_says_that_it_was_credited(here: Till, cashier: Client) -> None:
    ticket = here.open()
    with tenancy.inside(here.dealer.pk):
        given = {"account": here.account.pk, "day": "", "amount": str(ticket.amount), "reference": "FT 1"}
    given["day"] = f"{here.ticket(ticket.code).created_at:%Y-%m-%d}"
    shown = cashier.post("/desk/uang-masuk/", given, follow=True).content.decode()
    assert ("langsung masuk saldonya" in shown) == (here.balance() > 0)
    assert here.balance() + here.suspense() == ticket.amount
