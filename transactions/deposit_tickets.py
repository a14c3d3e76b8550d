"""Deposits that partners announce: opened with a sum that names them, claimed, credited once, or run out.

What is credited is exactly what came, the unique rupiah with it. Nothing here guesses: money goes in by itself
only when it is the exact sum of one open ticket at its account; everything else a person decides.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from dealers import days
from dealers.models import Dealer, Partner, User
from portal.lib import ids, retry, tenancy
from transactions import accounts, payments, postings_business, todo, webhooks
from transactions.models import (
    BankAccount,
    BankLine,
    DepositTicket,
    LineState,
    Payment,
    PaymentState,
    TaskKind,
    TicketSource,
    TicketState,
)
from transactions.models.deposit_tickets import LARGEST_EXTRA, LONGEST_PROOF

LASTS = timedelta(hours=24)
ANSWER_WITHIN = timedelta(hours=4)
"""How soon staff are to look at a claim."""
SMALLEST, LARGEST = 10_000, 1_000_000_000
MOST_OPEN = 5
"""Tickets of one partner that may wait at a time."""
AMOUNT_RESTS = timedelta(days=7)
"""For so long a sum is not given again, so that late money is not taken for somebody else's."""


class AmountOutside(Exception):
    """Less, or more, than a ticket may be about."""


class TooManyOpen(Exception):
    """The partner has as many open tickets as it may."""


class NoAccount(Exception):
    """The dealer takes no transfers, or none to an account at this bank; `banks` are those it has."""

    def __init__(self, banks: list[str]) -> None:
        super().__init__(", ".join(banks))
        self.banks = banks


class NoAmountLeft(Exception):
    """Every unique sum near this one is waited for already; another amount may do."""


class RefIdReused(Exception):
    """The ref_id stands for a ticket about something else; nothing new was opened."""

    def __init__(self, ticket: DepositTicket) -> None:
        super().__init__(f"it stands for ticket {ticket.code}")
        self.ticket = ticket


class UnknownTicket(Exception):
    """There is no such ticket here."""


class AlreadyOver(Exception):
    """The ticket is credited, or was given up, already; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a partner wants to deposit: rupiah, from whose account, to which bank ("" for any).

    With `any_bank`, a bank that the dealer is not at is no reason to refuse.
    """

    amount: int
    source: TicketSource
    bank: str = ""
    ref_id: str = ""
    payer: str = ""
    any_bank: bool = False


@dataclass(frozen=True)
class Opened:
    """The ticket that stands, and whether this request opened it."""

    ticket: DepositTicket
    is_new: bool


def open_(partner: Partner, wish: Wish) -> Opened:
    """Open a ticket, or answer with the one that this ref_id has become.

    Raises `AmountOutside`, `TooManyOpen`, `NoAccount`, `NoAmountLeft`, `RefIdReused`; then nothing was opened.
    """
    if not SMALLEST <= wish.amount <= LARGEST:
        raise AmountOutside

    def once() -> Opened:
        with tenancy.inside(partner.dealer_id):
            Partner.objects.select_for_update(no_key=True).get(dealer_id=partner.dealer_id, pk=partner.pk)
            standing = _standing(partner, wish)
            if standing is not None:
                return Opened(standing, is_new=False)
            account = _account(partner.dealer_id, wish)
            payments.lock_account(account)
            if waiting(partner).count() >= MOST_OPEN:
                raise TooManyOpen
            return Opened(_make(partner, account, wish), is_new=True)

    return retry.on_conflict(once)


def of(partner: Partner) -> QuerySet[DepositTicket]:
    """A partner's tickets, newest first. Inside the dealer's transaction."""
    rows = DepositTicket.objects.filter(dealer_id=partner.dealer_id, partner=partner)
    return rows.select_related("account", "partner").order_by("-id")


def waiting(partner: Partner) -> QuerySet[DepositTicket]:
    """Those whose money is waited for. Inside the dealer's transaction."""
    return of(partner).filter(state=TicketState.OPEN, expires_at__gt=timezone.now())


def _standing(partner: Partner, wish: Wish) -> DepositTicket | None:
    if wish.ref_id:
        found = of(partner).filter(ref_id=wish.ref_id).first()
        if found is not None and (found.asked != wish.amount or not _is_at(found.account, wish.bank)):
            raise RefIdReused(found)
        return found
    if wish.source != TicketSource.DIGIFLAZZ:
        return None
    # That protocol has no id to repeat a call by: the same amount again is the same ticket until its money came.
    return waiting(partner).filter(source=wish.source, asked=wish.amount, claimed_at=None).first()


def _account(dealer_id: int, wish: Wish) -> BankAccount:
    rows = list(BankAccount.objects.filter(dealer_id=dealer_id, is_open=True).order_by("id"))
    fitting = [row for row in rows if _is_at(row, wish.bank)]
    if fitting:
        return fitting[0]
    if rows and wish.any_bank:
        return rows[0]
    raise NoAccount(list(dict.fromkeys(row.bank for row in rows)))


def _is_at(account: BankAccount, bank: str) -> bool:
    return not bank or _plain(bank) == _plain(account.bank)


def _plain(bank: str) -> str:
    return " ".join(word for word in bank.upper().split() if word not in {"BANK", "PT", "TBK"})


def _make(partner: Partner, account: BankAccount, wish: Wish) -> DepositTicket:
    now, extra = timezone.now(), _extra(account, wish.amount)
    return DepositTicket.objects.create(
        dealer_id=partner.dealer_id,
        partner=partner,
        account=account,
        code=ids.new_order_code(),
        source=wish.source,
        ref_id=wish.ref_id,
        payer=wish.payer,
        asked=wish.amount,
        extra=extra,
        amount=wish.amount + extra,
        created_at=now,
        expires_at=now + LASTS,
    )


def _extra(account: BankAccount, asked: int) -> int:
    """The rupiah on top that make a sum unlike every other that is waited for at this account, or was of late."""
    span = (asked + 1, asked + LARGEST_EXTRA)
    own = {"dealer_id": account.dealer_id, "amount__range": span}
    tickets = DepositTicket.objects.filter(account=account, **own)
    taken = set(tickets.filter(state=TicketState.OPEN).values_list("amount", flat=True))
    codes = Payment.objects.filter(bank_account=account, state=PaymentState.OPEN, **own)
    lines = BankLine.objects.filter(account=account, state=LineState.OPEN, **own)
    late = tickets.filter(finished_at__gte=timezone.now() - AMOUNT_RESTS)
    resting = {amount for rows in (codes, lines, late) for amount in rows.values_list("amount", flat=True)}
    for refused in (taken | resting, taken):
        free = [extra for extra in range(1, LARGEST_EXTRA + 1) if asked + extra not in refused]
        if free:
            return random.choice(free)  # noqa: S311  to be unlike its neighbours, not to be a secret
    raise NoAmountLeft


def claim(partner: Partner, code: str, *, proof: str) -> DepositTicket:
    """The partner says that it has paid; staff are asked to look, also where the ticket has run out.

    A ticket that is credited already stays as it is. Raises `UnknownTicket`.
    """

    def once() -> DepositTicket:
        with tenancy.inside(partner.dealer_id):
            ticket = lock(partner.dealer_id, code, partner=partner)
            if ticket.state == TicketState.CREDITED:
                return ticket
            now = timezone.now()
            ticket.proof, ticket.claimed_at = proof[:LONGEST_PROOF], ticket.claimed_at or now
            if ticket.is_open:
                ticket.expires_at = max(ticket.expires_at, ticket.claimed_at + LASTS)
            ticket.save(update_fields=["proof", "claimed_at", "expires_at"])
            todo.ask(partner.dealer_id, TaskKind.DEPOSIT, ticket.code, within=ANSWER_WITHIN, note=_said(ticket))
            return ticket

    return retry.on_conflict(once)


def _said(ticket: DepositTicket) -> str:
    return f"{ticket.partner.name} · {ticket.proof}"


def give_up(dealer_id: int, code: str, *, by: User | None, partner: Partner | None = None) -> DepositTicket:
    """No money is waited for any more, and nobody is asked to look. Raises `UnknownTicket`, `AlreadyOver`.

    A ticket that has run out stays that; only the claim is answered.
    """

    def once() -> DepositTicket:
        with tenancy.inside(dealer_id):
            ticket = lock(dealer_id, code, partner=partner)
            if ticket.state == TicketState.CREDITED:
                raise AlreadyOver
            if ticket.state == TicketState.OPEN:
                ticket.state, ticket.finished_at, ticket.decided_by = TicketState.CANCELLED, timezone.now(), by
                ticket.save(update_fields=["state", "finished_at", "decided_by"])
            todo.done(dealer_id, TaskKind.DEPOSIT, ticket.code, by=by)
            return ticket

    return retry.on_conflict(once)


def expire(dealer_id: int) -> int:
    """Write down which tickets have run out; how many. A claim goes on waiting for its answer."""
    now = timezone.now()
    rows = DepositTicket.objects.filter(dealer_id=dealer_id, state=TicketState.OPEN, expires_at__lte=now)
    return rows.update(state=TicketState.EXPIRED, finished_at=now)


def lock(dealer_id: int, code: str, *, partner: Partner | None = None) -> DepositTicket:
    """A ticket that nobody else changes meanwhile. Raises `UnknownTicket`."""
    rows = DepositTicket.objects.filter(dealer_id=dealer_id, code=code)
    if partner is not None:
        rows = rows.filter(partner=partner)
    found = rows.select_for_update(of=("self",), no_key=True).select_related("partner", "account").first()
    if found is None:
        raise UnknownTicket(code)
    return found


def named_by(dealer: Dealer, line: BankLine) -> DepositTicket | None:
    """The one open ticket whose exact sum a line brought to its account, locked; None where a person must look.

    The line is not older than the ticket, and no order waits for the same sum.
    """
    rows = DepositTicket.objects.filter(dealer=dealer, account=line.account, amount=line.amount)
    code = rows.filter(state=TicketState.OPEN, expires_at__gt=timezone.now()).values_list("code", flat=True).first()
    if code is None:
        return None
    asked = Payment.objects.filter(dealer=dealer, bank_account=line.account, amount=line.amount)
    if asked.filter(state=PaymentState.OPEN).exists():
        return None
    ticket = lock(dealer.pk, code)
    is_younger = line.day >= days.of(dealer, ticket.created_at)
    return ticket if ticket.is_open and is_younger else None


def credit(line: BankLine, ticket: DepositTicket, *, actor: User | None) -> None:
    """A locked open line is a locked ticket's money: all of it goes into the partner's wallet.

    Raises `AlreadyOver` when the ticket has its money.
    """
    if ticket.state == TicketState.CREDITED:
        raise AlreadyOver
    ticket.transfer_id = _book(line, ticket)
    ticket.state, ticket.line, ticket.came = TicketState.CREDITED, line, line.amount
    ticket.finished_at, ticket.decided_by = timezone.now(), actor
    ticket.save(update_fields=["transfer", "state", "line", "came", "finished_at", "decided_by"])
    _settle(line, ticket, actor)


def credit_unasked(line: BankLine, partner: Partner, *, actor: User) -> DepositTicket:
    """A locked open line is a partner's money that no ticket speaks of: it is written down with one of its own."""
    now = timezone.now()
    ticket = DepositTicket(
        dealer_id=line.dealer_id,
        partner=partner,
        account=line.account,
        code=ids.new_order_code(),
        source=TicketSource.DESK,
        asked=line.amount,
        extra=0,
        amount=line.amount,
        state=TicketState.CREDITED,
        created_at=now,
        expires_at=now,
        finished_at=now,
        line=line,
        came=line.amount,
        decided_by=actor,
    )
    ticket.transfer_id = _book(line, ticket)
    ticket.save(force_insert=True)
    _settle(line, ticket, actor)
    return ticket


def _book(line: BankLine, ticket: DepositTicket) -> int:
    return postings_business.credit_ticket(
        line.dealer_id,
        to=accounts.wallet(ticket.partner.wallet_key),
        source_key=line.account.code,
        amount=line.amount,
        code=ticket.code,
    )


def _settle(line: BankLine, ticket: DepositTicket, actor: User | None) -> None:
    line.state, line.decided_by, line.decided_at = LineState.MATCHED, actor, timezone.now()
    line.save(update_fields=["state", "decided_by", "decided_at"])
    todo.done(line.dealer_id, TaskKind.MONEY, payments.line_subject(line), by=actor)
    todo.done(line.dealer_id, TaskKind.DEPOSIT, ticket.code, by=actor)
    webhooks.tell_deposit(ticket)
