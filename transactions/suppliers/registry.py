"""Which kinds of supplier Konter can talk to: one line each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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

    name: str | Promise
    url: str
    code: str


ACCOUNTS: dict[str, Account] = {
    # Base URL: Digiflazz buyer API documentation.
    "digiflazz": Account("Digiflazz", "https://api.digiflazz.com/v1", "digiflazz"),
    "konter": Account(_("Portal Konter lain"), "", "mitra"),
}

LIST_RESTS: dict[str, timedelta] = {
    # rc 83 otherwise. Digiflazz buyer API documentation.
    "digiflazz": timedelta(minutes=5),
}
"""How long a supplier must be left alone between two requests for its whole price list; no time where not named."""


@dataclass(frozen=True)
class Abilities:
    """What a kind of supplier can do besides selling; see the protocols of the same names in `base`."""

    tries_sales: bool
    has_own_sandbox_key: bool
    takes_callback_address: bool


def abilities(kind: str) -> Abilities:
    """What suppliers of this kind can do, without calling one."""
    made = CONNECTORS.get(kind)
    return Abilities(
        tries_sales=hasattr(made, "try_sale"),
        has_own_sandbox_key=bool(getattr(made, "has_own_sandbox_key", False)),
        takes_callback_address=hasattr(made, "report_to"),
    )


def connector_for(kind: str, credentials: Credentials) -> Connector:
    """The connector for one account. Raises KeyError for a kind that nobody has written."""
    return CONNECTORS[kind](credentials)
