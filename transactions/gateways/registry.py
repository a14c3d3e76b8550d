"""Which gateways report by callback, and which ways to pay a buyer is offered."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer, User
from transactions import accounts, ledger
from transactions.gateways.base import Gateway
from transactions.gateways.sandbox import Sandbox

GATEWAYS: dict[str, Gateway] = {"sandbox": Sandbox()}


METHOD_LABELS = {"balance": _("Saldo"), "sandbox": _("Bayar uji coba"), "cash": _("Tunai di gerai")}


@dataclass(frozen=True)
class Method:
    """One way to pay, as a buyer sees it; `balance` in rupiah for a wallet."""

    code: str
    label: str | Promise
    hint: str | Promise
    balance: int | None = None


def methods(dealer: Dealer, user: User | None) -> list[Method]:
    """What this buyer may choose from, the likeliest first."""
    offered = []
    if user is not None:
        held = ledger.wallet_balance(dealer.pk, accounts.customer_wallet(user.pk))
        offered.append(Method("balance", METHOD_LABELS["balance"], _("langsung terbayar"), held))
    if settings.SANDBOX_SECRET:
        offered.append(Method("sandbox", METHOD_LABELS["sandbox"], _("uang contoh, tanpa biaya")))
    offered.append(Method("cash", METHOD_LABELS["cash"], _("bayar ke kasir, tanpa biaya")))
    return offered
