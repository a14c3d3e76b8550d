"""Deposits that partners announce: a sum that names them, exactly what came, once, and a person where in doubt."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from dealers import days
from portal.lib import tenancy
from tests import factories
from tests.transactions.deposit_rig import Till, till
from tests.transactions.paying_rig import audited
from transactions import bank_lines, deposit_tickets
from transactions.bank_lines import AlreadyDecided, UnknownPartner
from transactions.deposit_tickets import (
    AlreadyOver,
    AmountOutside,
    NoAccount,
    NoAmountLeft,
    RefIdReused,
    TooManyOpen,
    UnknownTicket,
)
from transactions.models import DepositTicket, Payment, TaskKind, TicketSource, Transfer
from transactions.ticket_proposals import TicketFit

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Iterator[Till]:
    with audited():
        yield till()


def test_a_ticket_asks_for_the_amount_and_a_few_rupiah_that_name_it(here: Till) -> None:
    ticket = here.open(50_000)
    assert (ticket.asked, ticket.amount - ticket.asked) == (50_000, ticket.extra)
    assert 1 <= ticket.extra <= 999
    assert ticket.is_open


def test_the_exact_sum_is_credited_whole_at_once(here: Till) -> None:
    ticket = here.open()
    entered = here.enter(ticket.amount)
    assert (entered.new, entered.credited) == (1, 1)
    assert (here.balance(), here.suspense()) == (ticket.amount, 0)
    found = here.ticket(ticket.code)
    assert (found.state, found.came) == ("credited", ticket.amount)
    assert here.tasks(TaskKind.MONEY) == []


def test_the_same_line_twice_is_credited_once(here: Till) -> None:
    ticket = here.open()
    here.enter(ticket.amount)
    assert here.enter(ticket.amount).known == 1
    assert here.balance() == ticket.amount


def test_the_same_sum_again_by_another_line_waits_for_a_person(here: Till) -> None:
    ticket = here.open()
    here.enter(ticket.amount)
    assert here.enter(ticket.amount, "FT-2").credited == 0
    assert (here.balance(), here.suspense()) == (ticket.amount, ticket.amount)
    assert len(here.tasks(TaskKind.MONEY)) == 1


def test_a_line_older_than_the_ticket_is_never_credited_by_itself(here: Till) -> None:
    ticket = here.open()
    here.enter(ticket.amount, day=days.today(here.dealer) - timedelta(days=1))
    assert here.balance() == 0
    assert here.fits() == [(ticket.code, TicketFit.EXACT)]


def test_the_exact_sum_at_another_account_waits_for_a_person(here: Till) -> None:
    other = factories.bank_account(here.dealer, "9990001112")
    ticket = here.open()
    here.enter(ticket.amount, at=other.pk)
    assert here.balance() == 0
    bank_lines.confirm_deposit(here.dealer, here.line().pk, code=ticket.code, actor=here.staff)
    assert here.balance() == ticket.amount


def test_a_sum_that_an_order_waits_for_too_waits_for_a_person(here: Till) -> None:
    ticket = here.open(50_000)
    with tenancy.inside(here.dealer.pk):
        sold = factories.product(here.dealer, factories.supplier(here.dealer), price=50_000)
    order = factories.place(here.dealer, sold, gateway="transfer")
    with tenancy.inside(here.dealer.pk):
        Payment.objects.create(
            dealer=here.dealer,
            order=order,
            gateway="transfer",
            code="K-1",
            amount=ticket.amount,
            bank_account=here.account,
            expires_at=timezone.now() + timedelta(hours=1),
        )
    here.enter(ticket.amount)
    assert here.balance() == 0
    assert bank_lines.confirm_exact(here.dealer, actor=here.staff) == 0


def test_money_that_comes_late_finds_its_owner_by_a_person(here: Till) -> None:
    ticket = here.open()
    here.run_out(ticket.code)
    with tenancy.inside(here.dealer.pk):
        assert deposit_tickets.expire(here.dealer.pk) == 1
    assert here.enter(ticket.amount).credited == 0
    assert here.fits() == [(ticket.code, TicketFit.LATE)]
    bank_lines.confirm_deposit(here.dealer, here.line().pk, code=ticket.code, actor=here.staff)
    assert (here.balance(), here.ticket(ticket.code).state) == (ticket.amount, "credited")


def test_a_ticket_whose_time_is_over_is_not_open_before_the_sweep_either(here: Till) -> None:
    ticket = here.open()
    here.run_out(ticket.code)
    assert here.ticket(ticket.code).standing == "expired"
    assert here.enter(ticket.amount).credited == 0


@pytest.mark.parametrize(("off", "fit"), [(-3, TicketFit.NEAR), (900, TicketFit.NEAR)], ids=["short", "over"])
def test_another_sum_is_proposed_and_credited_as_it_came(here: Till, off: int, fit: TicketFit) -> None:
    ticket = here.open()
    off = off if ticket.amount + off != ticket.asked else off - 1
    here.enter(ticket.amount + off)
    assert here.fits() == [(ticket.code, fit)]
    bank_lines.confirm_deposit(here.dealer, here.line().pk, code=ticket.code, actor=here.staff)
    assert here.balance() == ticket.amount + off


def test_the_round_amount_is_proposed_to_whoever_asked_for_it(here: Till) -> None:
    ticket = here.open(75_000)
    here.enter(75_000)
    assert here.fits() == [(ticket.code, TicketFit.ASKED)]


def test_the_code_in_the_note_and_the_payers_name_are_proposed_whatever_the_sum(here: Till) -> None:
    by_name, by_code = here.open(50_000, payer="Budi Santoso"), here.open(60_000)
    here.enter(10_000, note=f"dep {by_code.code.lower()} BUDI SANTOSO")
    assert here.fits() == [(by_code.code, TicketFit.NAMED), (by_name.code, TicketFit.CLAIMED)]


def test_a_line_is_one_deposit_and_a_ticket_has_one_line(here: Till) -> None:
    first, second = here.open(50_000), here.open(60_000)
    here.enter(50_500 if first.amount != 50_500 else 50_501)
    here.enter(1_000_000, "FT-2")
    bank_lines.confirm_deposit(here.dealer, here.line().pk, code=first.code, actor=here.staff)
    with pytest.raises(AlreadyDecided):
        bank_lines.confirm_deposit(here.dealer, here.line().pk, code=second.code, actor=here.staff)
    with pytest.raises(AlreadyDecided):
        bank_lines.confirm_deposit(here.dealer, here.line("FT-2").pk, code=first.code, actor=here.staff)
    assert here.suspense() == 1_000_000


def test_money_without_a_ticket_is_given_to_a_partner_by_a_person(here: Till) -> None:
    here.enter(123_456)
    with pytest.raises(UnknownPartner):
        bank_lines.give_to_partner(here.dealer, here.line().pk, username="siapa", actor=here.staff)
    ticket = bank_lines.give_to_partner(here.dealer, here.line().pk, username=here.partner.username, actor=here.staff)
    assert (here.balance(), here.suspense()) == (123_456, 0)
    assert (ticket.source, ticket.state, ticket.extra) == ("desk", "credited", 0)


def test_the_deposit_is_named_in_the_partners_book(here: Till) -> None:
    ticket = here.open()
    here.enter(ticket.amount)
    with tenancy.inside(here.dealer.pk):
        booked = Transfer.objects.get(reference=f"deposit:ticket:{ticket.code}")
    assert (booked.amount, booked.frm_kind, booked.to_kind) == (ticket.amount, "suspense", "wallet")


def test_a_claim_asks_staff_to_look_and_keeps_the_ticket_open(here: Till) -> None:
    ticket = here.open()
    with tenancy.inside(here.dealer.pk):
        soon = timezone.now() + timedelta(minutes=5)
        DepositTicket.objects.update(expires_at=soon)
    claimed = deposit_tickets.claim(here.partner, ticket.code, proof="TRX 7788")
    assert here.tasks(TaskKind.DEPOSIT) == [ticket.code]
    assert claimed.expires_at > soon + timedelta(hours=23)
    here.enter(ticket.amount)
    assert here.tasks(TaskKind.DEPOSIT) == []


def test_a_claim_again_is_one_task_and_prolongs_nothing(here: Till) -> None:
    ticket = here.open()
    first = deposit_tickets.claim(here.partner, ticket.code, proof="A")
    second = deposit_tickets.claim(here.partner, ticket.code, proof="B")
    assert (second.expires_at, second.proof) == (first.expires_at, "B")
    assert here.tasks(TaskKind.DEPOSIT) == [ticket.code]


def test_a_claim_of_a_ticket_that_has_run_out_is_looked_at_too(here: Till) -> None:
    ticket = here.open()
    here.run_out(ticket.code)
    deposit_tickets.claim(here.partner, ticket.code, proof="TRX")
    with tenancy.inside(here.dealer.pk):
        deposit_tickets.expire(here.dealer.pk)
    assert here.ticket(ticket.code).state == "expired"
    assert here.tasks(TaskKind.DEPOSIT) == [ticket.code]


def test_a_ticket_that_was_given_up_waits_for_nothing_but_its_late_money(here: Till) -> None:
    ticket = here.open()
    deposit_tickets.claim(here.partner, ticket.code, proof="TRX")
    deposit_tickets.give_up(here.dealer.pk, ticket.code, by=here.staff)
    assert here.tasks(TaskKind.DEPOSIT) == []
    assert here.enter(ticket.amount).credited == 0
    assert here.fits() == [(ticket.code, TicketFit.LATE)]


def test_a_credited_ticket_is_not_given_up_and_a_claim_changes_nothing(here: Till) -> None:
    ticket = here.open()
    here.enter(ticket.amount)
    with pytest.raises(AlreadyOver):
        deposit_tickets.give_up(here.dealer.pk, ticket.code, by=here.staff)
    assert deposit_tickets.claim(here.partner, ticket.code, proof="TRX").state == "credited"
    assert here.tasks(TaskKind.DEPOSIT) == []


def test_a_ref_id_is_one_ticket_and_other_content_under_it_is_refused(here: Till) -> None:
    first = here.open(50_000, ref_id="D-1")
    assert here.open(50_000, ref_id="D-1").pk == first.pk
    with pytest.raises(RefIdReused):
        here.open(60_000, ref_id="D-1")


def test_without_a_ref_id_the_same_amount_is_another_ticket_but_in_the_dialect_that_has_none(here: Till) -> None:
    assert here.open(50_000).pk != here.open(50_000).pk
    first = here.open(70_000, source=TicketSource.DIGIFLAZZ)
    assert here.open(70_000, source=TicketSource.DIGIFLAZZ).pk == first.pk


def test_a_partner_has_five_open_tickets_at_most(here: Till) -> None:
    codes = [here.open(20_000 * n).code for n in range(1, 6)]
    with pytest.raises(TooManyOpen):
        here.open(200_000)
    here.run_out(codes[0])
    here.open(200_000)


@pytest.mark.parametrize("amount", [9_999, 1_000_000_001, -5, 0])
def test_amounts_out_of_bounds_are_refused(here: Till, amount: int) -> None:
    with pytest.raises(AmountOutside):
        here.open(amount)


def test_the_bank_is_chosen_by_its_name(here: Till) -> None:
    with pytest.raises(NoAccount) as refused:
        here.open(bank="BCA")
    assert refused.value.banks == ["Bank Uji"]
    assert here.open(bank="uji").account_id == here.account.pk
    assert here.open(60_000, bank="BCA", any_bank=True).account_id == here.account.pk


def test_a_dealer_without_an_account_opens_no_ticket() -> None:
    dealer = factories.dealer()
    partner = factories.machine(dealer, money=0).partner
    with pytest.raises(NoAccount):
        Till(dealer, partner, None, None).open()  # type: ignore[arg-type]


def test_when_every_unique_sum_is_waited_for_no_ticket_is_opened(here: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deposit_tickets, "LARGEST_EXTRA", 2)
    assert {here.open(50_000).extra, here.open(50_000).extra} == {1, 2}
    with pytest.raises(NoAmountLeft):
        here.open(50_000)


def test_a_sum_rests_after_its_ticket_ended(here: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deposit_tickets, "LARGEST_EXTRA", 2)
    first = here.open(50_000)
    deposit_tickets.give_up(here.dealer.pk, first.code, by=here.staff)
    assert here.open(50_000).amount != first.amount


def test_another_partners_ticket_is_not_there(here: Till) -> None:
    other = factories.machine(here.dealer, username="lain", money=0).partner
    ticket = here.open()
    with pytest.raises(UnknownTicket):
        deposit_tickets.claim(other, ticket.code, proof="TRX")
    with pytest.raises(UnknownTicket):
        deposit_tickets.give_up(here.dealer.pk, ticket.code, by=None, partner=other)
