"""What every payment gateway looks like from inside.

A gateway tells of money by a signed callback; an order's state changes by that, or by a question of
ours to the gateway, and by nothing that a browser brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class BadSignature(Exception):
    """A callback that is not proven to come from the gateway; its body has not been parsed."""


class BadCallback(Exception):
    """A signed callback that says nothing we understand."""


class GatewayUnavailable(Exception):
    """The gateway could not be reached; nothing was paid by asking."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Money that a gateway reports: for which payment code, its own transaction id, rupiah."""

    payment_code: str
    gateway_tx: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Payback:
    """Money that is to go back to whoever paid a code: rupiah, under a reference of ours chosen beforehand."""

    reference: str
    payment_code: str
    amount: int


class PaybackOutcome(StrEnum):
    """What a gateway says about a payback; a certain no holds for its reference for ever."""

    PAID = "paid"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class PaybackAnswer:
    """`gateway_tx` is the gateway's own transaction id of what it paid; `note` is why not, for the log."""

    outcome: PaybackOutcome
    gateway_tx: str = ""
    note: str = ""


class Gateway(Protocol):
    """One gateway that reports by callback."""

    @property
    def code(self) -> str:
        """What it is called in addresses and in the book."""
        ...

    @property
    def can_be_asked(self) -> bool:
        """Whether it says what it has received; else a code is looked at only when it expires."""
        ...

    @property
    def can_refund(self) -> bool:
        """Whether it pays back by itself; one that cannot is never asked to."""
        ...

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Notice:
        """What a callback says. Raises `BadSignature`, then `BadCallback`."""
        ...

    def received(self, payment_code: str) -> list[Notice]:
        """Everything the gateway has received for a code. Raises `GatewayUnavailable`."""
        ...

    def refund(self, wish: Payback) -> PaybackAnswer:
        """Have the gateway pay back; the same reference again is answered, not paid again.

        Silence, a cut, a server's error and whatever we do not understand are unknown, never refused.
        """
        ...
