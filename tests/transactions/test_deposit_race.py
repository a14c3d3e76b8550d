"""Deposits, many at once: one line is credited once, and no two open tickets share a sum."""

from collections import Counter

import pytest

from portal.lib import tenancy
from tests import factories
from tests.transactions.deposit_rig import Till, till
from tests.transactions.test_race import at_once
from transactions import audit, bank_lines, deposit_tickets
from transactions.bank_lines import AlreadyDecided
from transactions.models import DepositTicket, TicketState, Transfer

pytestmark = pytest.mark.django_db(transaction=True)


def audited(here: Till) -> None:
    with tenancy.inside(here.dealer.pk):
        assert [str(found) for found in audit.violations("default") if found.dealer_id == here.dealer.pk] == []


def test_one_line_entered_twenty_times_at_once_is_credited_once() -> None:
    here = till()
    ticket = here.open()
    found = at_once(lambda _n: here.enter(ticket.amount), list(range(20)))
    assert Counter((each.new, each.credited) for each in found) == {(1, 1): 1, (0, 0): 19}
    assert here.balance() == ticket.amount
    audited(here)


def test_one_line_confirmed_twenty_times_at_once_is_credited_once() -> None:
    here = till()
    tickets = [here.open(50_000 + 10_000 * n) for n in range(4)]
    here.enter(7_000_000)
    line = here.line().pk

    def confirm(n: int) -> str:
        try:
            bank_lines.confirm_deposit(here.dealer, line, code=tickets[n % 4].code, actor=here.staff)
        except AlreadyDecided:
            return "refused"
        return "credited"

    assert Counter(at_once(confirm, list(range(20)))) == {"credited": 1, "refused": 19}
    assert here.balance() == 7_000_000
    audited(here)


def test_one_ticket_and_twenty_lines_of_its_sum_is_credited_once() -> None:
    here = till()
    ticket = here.open()
    found = at_once(lambda n: here.enter(ticket.amount, f"FT-{n}"), list(range(20)))
    assert sum(each.credited for each in found) == 1
    assert (here.balance(), here.suspense()) == (ticket.amount, 19 * ticket.amount)
    audited(here)


def test_two_open_tickets_never_share_a_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deposit_tickets, "LARGEST_EXTRA", 20)
    here = till()
    partners = [factories.machine(here.dealer, username=f"mitra-{n}", money=0).partner for n in range(5)]
    opened = at_once(lambda n: here.open(50_000, partner=partners[n % 5]).amount, list(range(20)))
    assert len(set(opened)) == 20
    with tenancy.inside(here.dealer.pk):
        assert DepositTicket.objects.filter(state=TicketState.OPEN).count() == 20


def test_one_ref_id_twenty_times_at_once_is_one_ticket() -> None:
    here = till()
    assert len(set(at_once(lambda _n: here.open(ref_id="D-1").pk, list(range(20))))) == 1


def test_a_partner_never_has_more_open_tickets_than_it_may() -> None:
    here = till()

    def try_one(n: int) -> bool:
        try:
            here.open(20_000 + 1_000 * n)
        except deposit_tickets.TooManyOpen:
            return False
        return True

    assert sum(at_once(try_one, list(range(20)))) == deposit_tickets.MOST_OPEN


def test_giving_up_and_crediting_at_once_leaves_the_books_true() -> None:
    here = till()
    ticket = here.open()

    def do(n: int) -> None:
        if n % 2:
            here.enter(ticket.amount)
            return
        try:
            deposit_tickets.give_up(here.dealer.pk, ticket.code, by=here.staff)
        except deposit_tickets.AlreadyOver:
            return

    at_once(do, list(range(10)))
    with tenancy.inside(here.dealer.pk):
        booked = Transfer.objects.filter(reference=f"deposit:ticket:{ticket.code}").count()
    assert (here.ticket(ticket.code).state, booked) in {("credited", 1), ("cancelled", 0)}
    assert here.balance() + here.suspense() == ticket.amount
    audited(here)
