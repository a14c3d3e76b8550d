"""Which kinds of supplier Konter can talk to: one line each."""

from collections.abc import Callable

from transactions.suppliers.base import Connector, Credentials
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.zero import Zero

CONNECTORS: dict[str, Callable[[Credentials], Connector]] = {
    "digiflazz": Digiflazz,
    "zero": Zero,
}


def connector_for(kind: str, credentials: Credentials) -> Connector:
    """The connector for one account. Raises KeyError for a kind that nobody has written."""
    return CONNECTORS[kind](credentials)
