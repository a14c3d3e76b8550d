"""Money in the bank that waits for an owner: each line with the orders that it may pay, in words."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dealers.models import Dealer
from portal.lib.money import rupiah
from transactions import bank_lines
from transactions.bank_lines import Fit, Proposal
from transactions.models import BankLine, LineState

RECENT = 20


@dataclass(frozen=True)
class Choice:
    """One order that a line may pay, and why it is thought so."""

    proposal: Proposal
    why: str
    tone: str


@dataclass(frozen=True)
class Item:
    """A line, and the orders that it may pay."""

    line: BankLine
    choices: list[Choice]
    is_exact: bool


def items(dealer: Dealer) -> list[Item]:
    """Every open line, the oldest first."""
    return [_in_short(item(dealer, line)) for line in bank_lines.open_lines(dealer)]


def item(dealer: Dealer, line: BankLine) -> Item:
    """One line with its proposals."""
    found = bank_lines.proposals(dealer, line)
    return Item(line, [_choice(line, each) for each in found], bank_lines.exact_match(found) is not None)


def _in_short(each: Item) -> Item:
    """Only the likeliest order, where there is no doubt."""
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
    return Choice(proposal, text, tone)
