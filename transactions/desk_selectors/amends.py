"""What giving something for an order would do: whose money it is, where it goes, and what is left of the sale."""

from dataclasses import dataclass

from dealers.models import Dealer
from transactions import accounts, amends, ledger, postings, refund_ways
from transactions.models import AccountKind, AmendsKind, Order, Refund, RefundWay, Status


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The consequences in rupiah, before anything is booked."""

    kind: AmendsKind
    amount: int
    left: int
    """What stays sold of the order afterwards."""
    profit: int | None
    """What the dealer has of the order afterwards, after its cost; None while that is unknown."""
    to: str
    """Whose wallet it goes to; "" for a guest."""
    before: int
    """What is in that wallet now."""
    ways: list[str]
    """How a guest may have it."""
    needs_two: bool

    @property
    def after(self) -> int:
        """What is in the wallet afterwards."""
        return self.before + self.amount

    @property
    def is_goodwill(self) -> bool:
        """Whether it is the dealer's own money."""
        return self.kind == AmendsKind.GOODWILL


def effect(dealer: Dealer, order: Order, kind: AmendsKind, amount: int) -> Effect:
    """What giving `amount` rupiah would do as the books stand now."""
    sold, wallet = postings.sold(order), accounts.payer_of(order)
    is_goodwill = kind == AmendsKind.GOODWILL
    left = sold if is_goodwill else sold - amount
    is_known = order.status == Status.SUCCEEDED and order.cost is not None
    return Effect(
        kind=kind,
        amount=amount,
        left=left,
        profit=sold - amount - (order.cost or 0) - postings.gifts(order) if is_known else None,
        to=_whose(order) if wallet else "",
        before=ledger.wallet_balance(dealer.pk, wallet) if wallet else 0,
        ways=[] if wallet else _ways(Refund(dealer=dealer, order=order, amount=amount, is_goodwill=is_goodwill)),
        needs_two=amends.needs_second(dealer, order, amount),
    )


def _ways(refund: Refund) -> list[str]:
    return [str(RefundWay(way).label) for way in refund_ways.offered(refund)]


def _whose(order: Order) -> str:
    if order.customer is not None:
        return order.customer.name or order.customer.email
    return str(AccountKind.WALLET.label)
