"""Partners as the desk shows them: state, deposit, and what was spent today."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from dealers import days
from dealers.models import Dealer, Partner, PartnerState
from transactions import accounts
from transactions.models import Account, AccountKind, Order, Status


@dataclass(frozen=True)
class Row:
    """One partner; sums in rupiah. `orders` and `spent` are today's, without what failed."""

    partner: Partner
    balance: int
    credit: int
    orders: int
    spent: int


def rows(dealer: Dealer) -> list[Row]:
    """Every partner, those that wait for an answer first."""
    found = list(dealer.partners.select_related("buyer").order_by("name"))
    found.sort(key=lambda partner: partner.state != PartnerState.APPLIED)
    return _facts(dealer, found)


def row(dealer: Dealer, partner: Partner) -> Row:
    """One of them."""
    return _facts(dealer, [partner])[0]


def _facts(dealer: Dealer, found: list[Partner]) -> list[Row]:
    keys = {partner.wallet_key for partner in found}
    wallets = Account.objects.filter(dealer=dealer, kind=AccountKind.WALLET, key__in=keys)
    held = {account.key: account for account in wallets}
    since = days.begins(dealer, days.today(dealer))
    sold = Order.objects.filter(dealer=dealer, partner__in=found, created_at__gte=since)
    sold = sold.exclude(status__in=[Status.FAILED, Status.CANCELLED])
    spent = {
        pk: (number, total)
        for pk, number, total in sold.values_list("partner_id").annotate(number=Count("pk"), total=Sum("price"))
    }
    return [_row(partner, held.get(partner.wallet_key), spent.get(partner.pk, (0, 0))) for partner in found]


def _row(partner: Partner, wallet: Account | None, today: tuple[int, int]) -> Row:
    orders, spent = today
    return Row(
        partner=partner,
        balance=(wallet.balance or 0) if wallet else 0,
        credit=wallet.credit_limit if wallet else 0,
        orders=orders,
        spent=spent,
    )


def wallet_of(partner: Partner) -> accounts.Acc:
    """The partner's deposit in the dealer's book."""
    return accounts.wallet(partner.wallet_key)
