"""Dealer zero's stock as a supplier: no network, the same engine.

The buying dealer is dealer zero's partner, and the attempt's reference is that partner's ref_id: the
same request again returns the same order, so a check is the request itself. How the order ends comes
back through `record`, like any supplier's report. Selling is a hook, because a supplier must not know
the shop that it sells in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import Error

from portal.lib.hooks import Hook
from transactions.models import Order, Status
from transactions.suppliers.base import (
    BadCallback,
    Callback,
    Connector,
    Credentials,
    Offer,
    Outcome,
    Reason,
    SupplierUnavailable,
    TopUp,
    Trouble,
    Verdict,
)


class Declined(Exception):
    """Dealer zero certainly did not take the order."""

    def __init__(self, rc: str, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.rc = rc
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Stock:
    """What dealer zero offers to one buyer, in the words of a price list; balance in rupiah."""

    offers: list[Offer]
    balance: int


sell: Hook[[int, TopUp], Order] = Hook("transactions.suppliers.zero.sell")
"""Sell to the dealer with this id; raises `Declined` when it is certain that nothing was sold."""
stock_for: Hook[[int], Stock] = Hook("transactions.suppliers.zero.stock_for")
"""What the dealer with this id may buy. Raises `Declined`."""


class Zero(Connector):
    """Dealer zero, seen by one buying dealer."""

    is_in_house = True

    def __init__(self, credentials: Credentials) -> None:
        self._buyer_id = credentials.dealer_id

    def top_up(self, ask: TopUp) -> Verdict:
        """Buy; a certain refusal is a failure, whatever else goes wrong is unknown."""
        return self._buy(ask, first=True)

    def check(self, ask: TopUp) -> Verdict:
        """Ask again; a refusal now speaks of this request and decides nothing."""
        return self._buy(ask, first=False)

    def _buy(self, ask: TopUp, *, first: bool) -> Verdict:
        try:
            (order,) = sell.collect(self._buyer_id, ask)
        except Declined as no:
            outcome = Outcome.FAILED if first else Outcome.PENDING
            return Verdict(outcome=outcome, rc=no.rc, reason=no.reason, message=no.message, raw=no.message)
        except Error as error:
            message = type(error).__name__
            return Verdict(outcome=Outcome.PENDING, rc="99", reason=Reason.NO_ANSWER, message=message, raw=message)
        return verdict_of(order)

    def balance(self) -> int:
        """The buying dealer's wallet at dealer zero, in rupiah."""
        return self._stock().balance

    def price_list(self) -> list[Offer]:
        """What dealer zero sells to partners."""
        return self._stock().offers

    def _stock(self) -> Stock:
        try:
            (stock,) = stock_for.collect(self._buyer_id)
        except Declined as no:
            raise SupplierUnavailable(str(no), trouble=Trouble.ACCOUNT) from no
        except Error as error:
            raise SupplierUnavailable(str(error), trouble=Trouble.SILENT) from error
        return stock

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        """Dealer zero reports in process; nothing may come by HTTP."""
        del headers, body
        raise BadCallback("dealer zero's stock has no callback address")


def verdict_of(order: Order) -> Verdict:
    """What a stock order's state tells its buyer."""
    raw = f"{order.code} {order.status}"
    if order.status == Status.SUCCEEDED:
        return Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn=order.sn, price=order.price, raw=raw)
    if order.status in {Status.FAILED, Status.CANCELLED}:
        reason = Reason(order.reason) if order.reason else Reason.OTHER
        return Verdict(outcome=Outcome.FAILED, rc=order.rc or "02", reason=reason, raw=raw)
    return Verdict(outcome=Outcome.PENDING, rc="03", reason=Reason.NO_ANSWER, raw=raw, will_tell=True)
