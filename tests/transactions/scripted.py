"""A supplier in memory: every call is answered as the test said last."""

from collections.abc import Mapping
from typing import ClassVar

from transactions.suppliers.base import (
    BadCallback,
    Callback,
    Connector,
    Credentials,
    Offer,
    Outcome,
    Reason,
    TopUp,
    Verdict,
)

CODES = ("00", "02", "03", "00-without-sn")
"""Delivered, refused for certain, nothing known, and delivered they say but with no serial number."""


def verdict(code: str, price: int | None) -> Verdict:
    """What the supplier says by one of `CODES`; `price` in rupiah, None when it does not say."""
    match code:
        case "00":
            return Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn="0031 8890 7712", price=price)
        case "02":
            return Verdict(outcome=Outcome.FAILED, rc="02", reason=Reason.OTHER)
        case "03":
            return Verdict(outcome=Outcome.PENDING, rc="03", reason=Reason.NO_ANSWER)
    return Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, price=price)


class Scripted(Connector):
    """Every account of it gives `answer`, to a first request and to a check alike."""

    answer: ClassVar[Verdict] = verdict("03", None)

    def __init__(self, credentials: Credentials) -> None:
        self.name = credentials.name

    def top_up(self, ask: TopUp) -> Verdict:
        """The answer of the script."""
        return self.answer

    def check(self, ask: TopUp) -> Verdict:
        """The same."""
        return self.answer

    def balance(self) -> int:
        """Nothing lies here."""
        return 0

    def price_list(self) -> list[Offer]:
        """Nothing is on offer."""
        return []

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        """The script reports by hand."""
        raise BadCallback("a script has no callback address")
