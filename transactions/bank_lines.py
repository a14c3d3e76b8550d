"""Money that came into a bank account, as staff read it on the statement: whose is it?

A line is booked when it is entered, once per reference of the bank, into `suspense:<account>`, with a task.
The exact sum of one open deposit ticket goes on into its partner's wallet at once. Which orders and deposits it
may be otherwise is proposed by how well amount and note fit; a person confirms. What fits nothing is assigned to
an order or a partner by hand, or sent back. Whatever is decided, the rupiah leave suspense exactly once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from dealers.models import Dealer, Partner, User
from portal.lib import retry, tenancy
from transactions import accounts, deposit_tickets, ledger, payments, postings, states, ticket_proposals, todo
from transactions.gateways.terms import LARGEST_DISCOUNT
from transactions.models import (
    BankAccount,
    BankLine,
    DepositTicket,
    LineState,
    Order,
    Payment,
    PaymentState,
    Receipt,
    Status,
    TaskKind,
)

DECIDE_WITHIN = timedelta(days=1)
_LOOKS_BACK, _LOOKS_AHEAD = timedelta(days=7), timedelta(days=2)
MOST_PROPOSALS = 5


class AlreadyDecided(Exception):
    """Somebody else has decided about this line; nothing was booked."""


class UnknownOrder(Exception):
    """There is no such order at this dealer."""


class UnknownPartner(Exception):
    """The dealer has no such partner."""


class Fit(IntEnum):
    """How a line fits a payment code, the best first."""

    NAMED = 0
    """The note says the order's code."""
    EXACT = 1
    FULL_PRICE = 2
    """The payer did not bother about the unique amount and sent the price."""
    LATE = 3
    """The exact amount of a code that has run out, or was replaced; the order still waits."""
    ROUNDED = 4
    """Rounded up to the next thousand."""
    NEAR = 5
    """The last digits are wrong."""
    OVER = 6
    """The exact amount of an order that waits no more: the money would go back to its payer."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line as it stands on the statement; `amount` in rupiah."""

    day: date
    amount: int
    note: str
    reference: str


@dataclass(frozen=True)
class Proposal:
    """An order that a line may pay; `missing` rupiah are below what its code asked for."""

    payment: Payment
    fit: Fit
    missing: int

    @property
    def can_forgive(self) -> bool:
        """Whether what is missing is so little that the dealer may give it."""
        return self.missing > 0 and self.missing + self.payment.discount <= LARGEST_DISCOUNT


@dataclass(frozen=True)
class Entered:
    """What became of the rows: how many are new, and how many were in the book before; `credited` of the new ones
    were an open deposit ticket's.
    """

    new: int
    known: int
    credited: int = 0


def enter(dealer: Dealer, account: BankAccount, rows: Iterable[Row], *, actor: User) -> Entered:
    """Write lines into the book; a reference that was entered or reported before changes nothing."""
    found = [_enter(dealer, account, row, actor=actor) for row in rows]
    lines = [line for line in found if line is not None]
    return Entered(len(lines), len(found) - len(lines), sum(line.state == LineState.MATCHED for line in lines))


def _enter(dealer: Dealer, account: BankAccount, row: Row, *, actor: User) -> BankLine | None:
    def once() -> BankLine | None:
        with tenancy.inside(dealer.pk):
            payments.lock_account(account)
            told = Receipt.objects.filter(dealer=dealer, gateway=payments.bank_gateway(account))
            if told.filter(gateway_tx=row.reference).exists():
                return None
            try:
                with transaction.atomic():
                    line = BankLine.objects.create(
                        dealer=dealer,
                        account=account,
                        day=row.day,
                        amount=row.amount,
                        note=row.note,
                        reference=row.reference,
                        entered_by=actor,
                    )
            except IntegrityError as error:
                if ledger.constraint(error) != "one_line_per_bank_reference":
                    raise
                return None
            source = accounts.bank(account.code)
            postings.receive_unknown(dealer.pk, source=source, tx=row.reference, amount=row.amount)
            ticket = deposit_tickets.named_by(dealer, line)
            if ticket is not None:
                deposit_tickets.credit(line, ticket, actor=actor)
            else:
                todo.ask(dealer.pk, TaskKind.MONEY, payments.line_subject(line), within=DECIDE_WITHIN)
            return line

    return retry.on_conflict(once)


def open_lines(dealer: Dealer) -> QuerySet[BankLine]:
    """What waits for somebody to say whose it is, the oldest first."""
    return BankLine.objects.filter(dealer=dealer, state=LineState.OPEN).select_related("account").order_by("day", "id")


def proposals(dealer: Dealer, line: BankLine) -> list[Proposal]:
    """Orders that an open line may pay, the likeliest first."""
    found = [proposal for payment in _candidates(dealer, line) if (proposal := _judge(line, payment)) is not None]
    found.sort(key=lambda each: (each.fit, abs(each.payment.amount - line.amount), -each.payment.pk))
    best: dict[int, Proposal] = {}
    for each in found:
        best.setdefault(each.payment.order_id, each)
    return list(best.values())[:MOST_PROPOSALS]


def _candidates(dealer: Dealer, line: BankLine) -> QuerySet[Payment]:
    span = (line.day - _LOOKS_BACK, line.day + _LOOKS_AHEAD)
    rows = Payment.objects.filter(dealer=dealer, bank_account__isnull=False, created_at__date__range=span)
    return rows.select_related("order__product")


def _judge(line: BankLine, payment: Payment) -> Proposal | None:
    missing = payment.amount - line.amount
    fit = _fit(line, payment, missing)
    return None if fit is None else Proposal(payment, fit, max(missing, 0))


def _fit(line: BankLine, payment: Payment, missing: int) -> Fit | None:
    waits = payment.order.status == Status.AWAITING_PAYMENT
    if waits and payment.order.code in re.sub(r"[^0-9A-Z]", "", line.note.upper()):
        return Fit.NAMED
    if not missing:
        if not waits:
            return Fit.OVER
        return Fit.EXACT if payment.state == PaymentState.OPEN else Fit.LATE
    if not waits:
        return None
    return _tolerant(line.amount, payment, missing)


def _tolerant(amount: int, payment: Payment, missing: int) -> Fit | None:
    if amount == payment.amount + payment.discount:
        return Fit.FULL_PRICE
    if amount == -(-payment.amount // 1_000) * 1_000:
        return Fit.ROUNDED
    return Fit.NEAR if abs(missing) <= LARGEST_DISCOUNT else None


def confirm(dealer: Dealer, line_id: int, *, payment_id: int, actor: User, forgives: bool = False) -> Order:
    """A person says that a line pays the order of a payment code. Raises `AlreadyDecided`, `UnknownOrder`."""
    with tenancy.inside(dealer.pk):
        payment = Payment.objects.filter(dealer=dealer, pk=payment_id, bank_account__isnull=False).first()
    if payment is None:
        raise UnknownOrder
    return _decide(dealer, line_id, payment.order_id, payment=payment, actor=actor, forgives=forgives)


def assign(dealer: Dealer, line_id: int, *, code: str, actor: User) -> Order:
    """A person says whose order a line pays, by its code. Raises `AlreadyDecided`, `UnknownOrder`."""
    with tenancy.inside(dealer.pk):
        order = Order.objects.filter(dealer=dealer, code=code, partner__isnull=True).first()
        if order is None:
            raise UnknownOrder
        codes = Payment.objects.filter(dealer=dealer, order=order, bank_account__isnull=False)
        payment = codes.order_by("-id").first()
    return _decide(dealer, line_id, order.pk, payment=payment, actor=actor)


def _decide(
    dealer: Dealer, line_id: int, order_id: int, *, payment: Payment | None, actor: User, forgives: bool = False
) -> Order:
    def once() -> Order:
        with tenancy.inside(dealer.pk):
            order = states.lock(dealer.pk, order_id)
            line = _lock(dealer, line_id)
            payments.take_line(line, order, payment=payment, actor=actor, forgives=forgives)
            return order

    return retry.on_conflict(once)


def confirm_deposit(dealer: Dealer, line_id: int, *, code: str, actor: User) -> DepositTicket:
    """A person says that a line is a ticket's money, whatever was asked: what came is credited.

    Raises `AlreadyDecided` (the line, or the ticket, has found its other half), `deposit_tickets.UnknownTicket`.
    """

    def once() -> DepositTicket:
        with tenancy.inside(dealer.pk):
            line = _lock(dealer, line_id)
            ticket = deposit_tickets.lock(dealer.pk, code)
            try:
                deposit_tickets.credit(line, ticket, actor=actor)
            except deposit_tickets.AlreadyOver as error:
                raise AlreadyDecided from error
            return ticket

    return retry.on_conflict(once)


def give_to_partner(dealer: Dealer, line_id: int, *, username: str, actor: User) -> DepositTicket:
    """A person says that a line is a partner's deposit that no ticket speaks of.

    Raises `AlreadyDecided`, `UnknownPartner`.
    """

    def once() -> DepositTicket:
        with tenancy.inside(dealer.pk):
            partner = Partner.objects.filter(dealer=dealer, username=username).first()
            if partner is None:
                raise UnknownPartner(username)
            return deposit_tickets.credit_unasked(_lock(dealer, line_id), partner, actor=actor)

    return retry.on_conflict(once)


def confirm_exact(dealer: Dealer, *, actor: User) -> int:
    """Confirm every open line that fits one code exactly and no other, nor a deposit; how many they were."""
    with tenancy.inside(dealer.pk):
        found = [(line.pk, sure_order(dealer, line)) for line in open_lines(dealer)]
    done = 0
    for line_id, proposal in found:
        if proposal is None:
            continue
        try:
            confirm(dealer, line_id, payment_id=proposal.payment.pk, actor=actor)
            done += 1
        except AlreadyDecided:
            continue
    return done


def sure_order(dealer: Dealer, line: BankLine) -> Proposal | None:
    """The one order that a line pays without doubt, if there is one."""
    found = exact_match(proposals(dealer, line))
    return None if found is None or ticket_proposals.has_exact(dealer, line) else found


def exact_match(found: list[Proposal]) -> Proposal | None:
    """The one proposal that needs no second look, if there is one."""
    exact = [each for each in found if each.fit == Fit.EXACT]
    return exact[0] if len(exact) == 1 and found[0].fit == Fit.EXACT else None


def send_back(dealer: Dealer, line_id: int, *, reference: str, actor: User) -> BankLine:
    """Nobody's order: the money was transferred back to whoever sent it, under `reference`. Raises `AlreadyDecided`."""

    def once() -> BankLine:
        with tenancy.inside(dealer.pk):
            line = _lock(dealer, line_id)
            bank = accounts.bank(line.account.code)
            postings.claim_from_suspense(
                dealer.pk, source_key=line.account.code, tx=line.reference, amount=line.amount, to=bank
            )
            line.state, line.sent_back_by = LineState.SENT_BACK, reference
            line.decided_by, line.decided_at = actor, timezone.now()
            line.save(update_fields=["state", "sent_back_by", "decided_by", "decided_at"])
            todo.done(dealer.pk, TaskKind.MONEY, payments.line_subject(line), by=actor)
            return line

    return retry.on_conflict(once)


def _lock(dealer: Dealer, line_id: int) -> BankLine:
    rows = BankLine.objects.select_for_update(of=("self",)).select_related("account")
    line = rows.get(dealer=dealer, pk=line_id)
    if line.state != LineState.OPEN:
        raise AlreadyDecided
    return line
