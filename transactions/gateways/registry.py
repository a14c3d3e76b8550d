"""Which gateways report by callback, and which ways to pay a buyer is offered."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer, User
from portal.lib import roundtrip
from portal.lib.roundtrip import Statement
from transactions import accounts, ledger
from transactions.gateways.base import Gateway
from transactions.gateways.sandbox import Sandbox

_OPEN = """
SELECT EXISTS (SELECT 1 FROM qris WHERE dealer_id = %s AND is_open),
    EXISTS (SELECT 1 FROM bank_account WHERE dealer_id = %s AND is_open)
"""
GATEWAYS: dict[str, Gateway] = {code: Sandbox(code) for code in ("sandbox", "qris", "transfer")}


METHOD_LABELS: dict[str, str | Promise] = {
    "qris": "QRIS",
    "balance": _("Saldo"),
    "transfer": _("Transfer bank"),
    "sandbox": _("Bayar uji coba"),
    "cash": _("Tunai di gerai"),
}


def can_be_asked(code: str) -> bool:
    """Whether somebody at the other end says what was received; not for cash, nor where only staff can see it."""
    gateway = GATEWAYS.get(code)
    return gateway is not None and gateway.can_be_asked


def asked() -> list[str]:
    """The gateways that can be asked."""
    return [code for code in GATEWAYS if can_be_asked(code)]


@dataclass(frozen=True)
class Method:
    """One way to pay, as a buyer sees it; `balance` in rupiah for a wallet."""

    code: str
    label: str | Promise
    hint: str | Promise
    balance: int | None = None


def methods(dealer: Dealer, user: User | None) -> list[Method]:
    """What this buyer may choose from, the likeliest first. Inside the dealer's transaction."""
    offered = []
    has_sticker, has_account = roundtrip.ask(Statement(_OPEN, [dealer.pk, dealer.pk])) or (False, False)
    if has_sticker:
        offered.append(_method("qris", _("semua bank & e-wallet, tanpa biaya tambahan")))
    if user is not None:
        held = ledger.wallet_balance(dealer.pk, accounts.customer_wallet(user.pk))
        offered.append(Method("balance", METHOD_LABELS["balance"], _("langsung terbayar"), held))
    if has_account:
        offered.append(_method("transfer", _("jumlah unik, dicek toko")))
    if settings.SANDBOX_SECRET:
        offered.append(_method("sandbox", _("uang contoh, tanpa biaya")))
    offered.append(_method("cash", _("bayar ke kasir, tanpa biaya")))
    return offered


def _method(code: str, hint: Promise) -> Method:
    return Method(code, METHOD_LABELS[code], hint)
