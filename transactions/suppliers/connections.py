"""From a supplier's row to something that can be called: secrets opened, callback address made.

The callback address names the dealer and the dealer's own code for the supplier, so that the dealer
is known before anything is read.
"""

from django.conf import settings

from portal.lib import vault
from transactions.models import Supplier
from transactions.suppliers.base import Connector, Credentials
from transactions.suppliers.registry import connector_for


def connect(supplier: Supplier, *, seconds: float | None = None, api_key: str = "") -> Connector:
    """The connector of a saved supplier; its calls may take `seconds` at most, by default what settings say.

    With `api_key` that key is used instead of the one that is kept.

    Raises `vault.CannotOpen`, KeyError for an unknown kind.
    """
    seconds = seconds or settings.SUPPLIER_CALL_SECONDS
    return connector_for(
        supplier.connector,
        Credentials(
            supplier_id=supplier.pk,
            dealer_id=supplier.dealer_id,
            name=supplier.code,
            base_url=supplier.base_url,
            username=supplier.username,
            api_key=api_key or _open(supplier, "api_key"),
            callback_secret=_open(supplier, "callback_secret"),
            call_seconds=seconds,
            check_seconds=seconds,
        ),
    )


def callback_url(supplier: Supplier, *, dealer_slug: str) -> str:
    """Where this supplier of the dealer's reports to."""
    return f"{settings.KONTER_BASE_URL}/hooks/suppliers/{dealer_slug}.{supplier.code}/"


def seal_secrets(supplier: Supplier, *, api_key: str | None = None, callback_secret: str | None = None) -> None:
    """Store secrets of a saved supplier, sealed for its row; what is None stays as it is."""
    given = {"api_key": api_key, "callback_secret": callback_secret}
    new = {column: secret for column, secret in given.items() if secret is not None}
    for column, secret in new.items():
        setattr(supplier, column, vault.seal(secret, aad=_place(supplier, column)))
    supplier.save(update_fields=list(new))


def _open(supplier: Supplier, column: str) -> str:
    sealed: str = getattr(supplier, column)
    return vault.open_(sealed, aad=_place(supplier, column)) if sealed else ""


def _place(supplier: Supplier, column: str) -> vault.Place:
    return vault.Place("supplier", column, supplier.pk, supplier.dealer_id)
