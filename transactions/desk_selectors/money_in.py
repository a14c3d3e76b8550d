"""Money in the bank that waits for an owner: each line with the orders and deposits that it may be, in words."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dealers.models import Dealer, Partner
from portal.lib.money import rupiah
from transactions import bank_lines, ticket_proposals
from transactions.bank_lines import Fit, Proposal
from transactions.models import BankLine, DepositTicket, LineState
from transactions.ticket_proposals import TicketFit, TicketProposal

RECENT = 20


@dataclass(frozen=True)
class Choice:
    """One order or deposit ticket that a line may be, and why it is thought so; the lowest `rank` is likeliest."""

    proposal: Proposal | None
    ticket: DepositTicket | None
    why: str
    tone: str
    rank: int


@dataclass(frozen=True)
class Item:
    """A line, and what it may be."""

    line: BankLine
    choices: list[Choice]
    is_exact: bool


def items(dealer: Dealer) -> list[Item]:
    """Every open line, the oldest first."""
    return [_in_short(item(dealer, line)) for line in bank_lines.open_lines(dealer)]


def item(dealer: Dealer, line: BankLine) -> Item:
    """One line with its proposals."""
    orders = [_choice(line, each) for each in bank_lines.proposals(dealer, line)]
    deposits = [_deposit(line, each) for each in ticket_proposals.proposals(dealer, line)]
    choices = sorted([*orders, *deposits], key=lambda choice: choice.rank)
    return Item(line, choices, bank_lines.sure_order(dealer, line) is not None)


def _in_short(each: Item) -> Item:
    """Only the likeliest, where there is no doubt."""
    return Item(each.line, each.choices[:1], is_exact=True) if each.is_exact else each


def decided(dealer: Dealer) -> QuerySet[BankLine]:
    """What was decided last."""
    rows = BankLine.objects.filter(dealer=dealer).exclude(state=LineState.OPEN)
    return rows.select_related("account", "decided_by").order_by("-decided_at", "-id")[:RECENT]


def _choice(line: BankLine, proposal: Proposal) -> Choice:
    asked = rupiah(proposal.payment.amount)
    words = {
        Fit.NAMED: _("Kode pesanan ada di berita; diminta %(asked)s."),
        Fit.EXACT: _("Cocok persis."),
        Fit.FULL_PRICE: _("Dibulatkan ke harga penuh; diminta %(asked)s."),
        Fit.LATE: _("Jumlahnya persis, kode bayarnya sudah habis waktu atau diganti."),
        Fit.ROUNDED: _("Dibulatkan ke ribuan; diminta %(asked)s."),
        Fit.NEAR: _("Angka belakangnya lain; diminta %(asked)s."),
        Fit.OVER: _("Jumlahnya persis, tetapi pesanannya tidak menunggu uang lagi: uang kembali ke pembeli."),
    }
    text = words[proposal.fit] % {"asked": asked}
    if proposal.missing:
        text += " " + _("Kurang %(missing)s.") % {"missing": rupiah(proposal.missing)}
    elif line.amount > proposal.payment.amount + proposal.payment.discount:
        over = line.amount - proposal.payment.amount - proposal.payment.discount
        text += " " + _("Lebih %(over)s, kembali ke pembeli.") % {"over": rupiah(over)}
    tone = "ok" if proposal.fit in {Fit.NAMED, Fit.EXACT} and not proposal.missing else "warn"
    return Choice(proposal, None, text, tone, int(proposal.fit))


def _deposit(line: BankLine, proposal: TicketProposal) -> Choice:
    ticket = proposal.ticket
    words = {
        TicketFit.NAMED: _("Kode tiket ada di berita; diminta %(asked)s."),
        TicketFit.EXACT: _("Cocok persis."),
        TicketFit.LATE: _("Jumlahnya persis, tetapi tiketnya sudah habis waktu, dibatalkan, atau untuk rekening lain."),
        TicketFit.ASKED: _("Angka uniknya tidak ikut ditransfer; diminta %(asked)s."),
        TicketFit.CLAIMED: _("Nama pengirim atau buktinya cocok; diminta %(asked)s."),
        TicketFit.NEAR: _("Angka belakangnya lain; diminta %(asked)s."),
    }
    text = words[proposal.fit] % {"asked": rupiah(ticket.amount)}
    is_sure = line.amount == ticket.amount and proposal.fit in {TicketFit.NAMED, TicketFit.EXACT}
    return Choice(None, ticket, text, "ok" if is_sure else "warn", int(proposal.fit))


def partners(dealer: Dealer) -> QuerySet[Partner]:
    """Whose deposit a line may be that no ticket speaks of."""
    return Partner.objects.filter(dealer=dealer).order_by("name")
