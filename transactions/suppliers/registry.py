"""Which kinds of supplier Konter can talk to: one line each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from transactions.suppliers.base import Connector, Credentials
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.konter import Konter
from transactions.suppliers.zero import Zero

CONNECTORS: dict[str, Callable[[Credentials], Connector]] = {
    "digiflazz": Digiflazz,
    "konter": Konter,
    "zero": Zero,
}


@dataclass(frozen=True)
class Account:
    """A kind at which a dealer has an account of its own: its name, its usual base URL ("" where each has its own).

    `code` and `name` are what a new supplier of the kind is called until the dealer says otherwise.
    """

    name: str
    url: str
    code: str


ACCOUNTS: dict[str, Account] = {
    # Base URL: Digiflazz buyer API documentation.
    "digiflazz": Account("Digiflazz", "https://api.digiflazz.com/v1", "digiflazz"),
    "konter": Account("Portal Konter lain", "", "mitra"),
}

LIST_RESTS: dict[str, timedelta] = {
    # rc 83 otherwise. Digiflazz buyer API documentation.
    "digiflazz": timedelta(minutes=5),
}
"""How long a supplier must be left alone between two requests for its whole price list; no time where not named."""


def connector_for(kind: str, credentials: Credentials) -> Connector:
    """The connector for one account. Raises KeyError for a kind that nobody has written."""
    return CONNECTORS[kind](credentials)
