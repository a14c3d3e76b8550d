"""Lines of a bank statement, as staff enter them."""

from datetime import date

from django.utils import timezone

from dealers.models import User
from portal.lib import tenancy
from tests.factories import Shop
from transactions import bank_lines
from transactions.bank_lines import Entered, Fit, Row
from transactions.models import BankAccount, BankLine


def enter(
    shop: Shop, who: User, amount: int, *, reference: str = "FT-1", note: str = "", day: date | None = None
) -> Entered:
    """One line."""
    with tenancy.inside(shop.dealer.pk):
        account = BankAccount.objects.earliest("pk")
    row = Row(day=day or timezone.localdate(), amount=amount, note=note, reference=reference)
    return bank_lines.enter(shop.dealer, account, [row], actor=who)


def entered(shop: Shop, who: User, amount: int, *, reference: str = "FT-1", note: str = "") -> BankLine:
    """One line that is new."""
    assert enter(shop, who, amount, reference=reference, note=note).new == 1
    return line(shop, reference)


def line(shop: Shop, reference: str = "FT-1") -> BankLine:
    """The line as it stands now."""
    with tenancy.inside(shop.dealer.pk):
        return BankLine.objects.select_related("account").get(reference=reference)


def fits(shop: Shop, found: BankLine) -> list[tuple[str, Fit]]:
    """Orders that a line may pay, the likeliest first: code and how."""
    with tenancy.inside(shop.dealer.pk):
        return [(each.payment.order.code, each.fit) for each in bank_lines.proposals(shop.dealer, found)]
