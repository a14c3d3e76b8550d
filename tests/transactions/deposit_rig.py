"""A dealer with a bank account, a partner that deposits, and staff who read the bank's lines."""

from dataclasses import dataclass
from datetime import date

from dealers import days
from dealers.models import Dealer, Partner, User
from portal.lib import tenancy
from tests import factories
from transactions import accounts, bank_lines, deposit_tickets, ledger
from transactions.bank_lines import Entered, Row
from transactions.deposit_tickets import Wish
from transactions.models import BankAccount, BankLine, DepositTicket, Task, TaskKind, TicketSource
from transactions.ticket_proposals import TicketFit, proposals


@dataclass
class Till:
    """Where deposits come in."""

    dealer: Dealer
    partner: Partner
    account: BankAccount
    staff: User

    def open(self, amount: int = 50_000, *, partner: Partner | None = None, **more: object) -> DepositTicket:
        """A ticket of the partner's."""
        given = {"amount": amount, "source": TicketSource.API, **more}
        return deposit_tickets.open_(partner or self.partner, Wish(**given)).ticket  # type: ignore[arg-type]

    def enter(
        self, amount: int, reference: str = "FT-1", *, note: str = "", day: date | None = None, at: int = 0
    ) -> Entered:
        """A line of the bank's; `at` is another account's id."""
        with tenancy.inside(self.dealer.pk):
            account = BankAccount.objects.get(pk=at or self.account.pk)
        row = Row(day=day or days.today(self.dealer), amount=amount, note=note, reference=reference)
        return bank_lines.enter(self.dealer, account, [row], actor=self.staff)

    def line(self, reference: str = "FT-1") -> BankLine:
        """The line as it stands."""
        with tenancy.inside(self.dealer.pk):
            return BankLine.objects.select_related("account").get(reference=reference)

    def ticket(self, code: str) -> DepositTicket:
        """The ticket as it stands."""
        with tenancy.inside(self.dealer.pk):
            return DepositTicket.objects.select_related("account", "partner", "line").get(code=code)

    def balance(self, partner: Partner | None = None) -> int:
        """What lies in the partner's wallet, in rupiah."""
        with tenancy.inside(self.dealer.pk):
            return ledger.balance(self.dealer.pk, accounts.wallet((partner or self.partner).wallet_key))

    def suspense(self) -> int:
        """What belongs to nobody known, in rupiah."""
        with tenancy.inside(self.dealer.pk):
            return ledger.balance(self.dealer.pk, accounts.suspense(self.account.code))

    def tasks(self, kind: TaskKind) -> list[str]:
        """The open tasks of a kind, by what they are about."""
        with tenancy.inside(self.dealer.pk):
            rows = Task.objects.filter(dealer=self.dealer, kind=kind, closed_at=None)
            return list(rows.values_list("subject", flat=True))

    def fits(self, reference: str = "FT-1") -> list[tuple[str, TicketFit]]:
        """What a line may be, the likeliest first."""
        line = self.line(reference)
        with tenancy.inside(self.dealer.pk):
            return [(each.ticket.code, each.fit) for each in proposals(self.dealer, line)]

    def run_out(self, *codes: str) -> None:
        """The tickets' time is over."""
        with tenancy.inside(self.dealer.pk):
            DepositTicket.objects.filter(code__in=codes).update(expires_at="2026-01-01T00:00:00Z")


def till(slug: str = "") -> Till:
    """A dealer that takes deposits by transfer."""
    dealer = factories.dealer(slug)
    partner = factories.machine(dealer, username=f"{dealer.slug}-mitra", money=0).partner
    return Till(dealer, partner, factories.bank_account(dealer), factories.member(dealer))
