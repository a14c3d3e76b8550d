"""Which deposit tickets a line of a bank statement may be: by sum, code, payer; a person confirms."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from django.utils import timezone

from dealers.models import Dealer
from transactions.models import BankLine, DepositTicket, TicketState
from transactions.models.deposit_tickets import LARGEST_EXTRA

LOOKS_BACK = timedelta(days=30)
"""Money for a ticket that ran out this long ago still finds its owner."""
MOST_PROPOSALS = 5
_SHORTEST_NAME = 4


class TicketFit(IntEnum):
    """How a line fits a ticket, the best first; numbered as `bank_lines.Fit`, beside which it stands in a list."""

    NAMED = 0
    """The note says the ticket's code."""
    EXACT = 1
    ASKED = 2
    """The payer left the unique rupiah out."""
    LATE = 3
    """The exact sum of a ticket that has run out, was cancelled, or names another account."""
    CLAIMED = 4
    """Another sum, but the payer's name or the claimed proof is in the line."""
    NEAR = 5
    """The last digits are wrong."""


@dataclass(frozen=True)
class TicketProposal:
    """A ticket that a line may be."""

    ticket: DepositTicket
    fit: TicketFit


def proposals(dealer: Dealer, line: BankLine) -> list[TicketProposal]:
    """Tickets without their money that a line may be, the likeliest first."""
    rows = DepositTicket.objects.filter(dealer=dealer, created_at__gte=timezone.now() - LOOKS_BACK)
    rows = rows.exclude(state=TicketState.CREDITED).select_related("partner", "account")
    found = [TicketProposal(ticket, fit) for ticket in rows if (fit := _fit(line, ticket)) is not None]
    found.sort(key=lambda each: (each.fit, abs(each.ticket.amount - line.amount), -each.ticket.pk))
    return found[:MOST_PROPOSALS]


def has_exact(dealer: Dealer, line: BankLine) -> bool:
    """Whether a ticket waits for exactly this sum."""
    return any(each.fit == TicketFit.EXACT for each in proposals(dealer, line))


def _fit(line: BankLine, ticket: DepositTicket) -> TicketFit | None:
    said = _packed(f"{line.note} {line.reference}")
    if ticket.code in said:
        return TicketFit.NAMED
    if line.amount == ticket.amount:
        return TicketFit.EXACT if ticket.is_open and line.account_id == ticket.account_id else TicketFit.LATE
    if not ticket.is_open and ticket.claimed_at is None:
        return None
    if line.amount == ticket.asked:
        return TicketFit.ASKED
    if _is_said(ticket.proof, said) or _is_said(ticket.payer, said):
        return TicketFit.CLAIMED
    return TicketFit.NEAR if abs(line.amount - ticket.amount) <= LARGEST_EXTRA else None


def _is_said(text: str, said: str) -> bool:
    packed = _packed(text)
    return len(packed) >= _SHORTEST_NAME and packed in said


def _packed(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
