"""What every payment gateway looks like from inside.

A gateway tells of money by a signed callback; an order's state changes by that, or by a question of
ours to the gateway, and by nothing that a browser brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Notice:
        """What a callback says. Raises `BadSignature`, then `BadCallback`."""
        ...

    def received(self, payment_code: str) -> list[Notice]:
        """Everything the gateway has received for a code. Raises `GatewayUnavailable`."""
        ...
