"""Trying a supplier before anybody's money depends on it: a sale of its sandbox, and telling it where to report.

A trial is no order: it has no attempt, no transfer, and no place in the book. No transaction is open meanwhile.
"""

import time
from dataclasses import dataclass

import structlog

from dealers.models import User
from portal.lib import limits, tenancy
from transactions.models import Supplier
from transactions.suppliers import connections
from transactions.suppliers.base import SupplierUnavailable, TakesCallbackAddress, TriesSales, Trouble, Verdict

log = structlog.get_logger(__name__)

PER_MINUTE = 6
"""Trials of one supplier, and tellings of an address."""


@dataclass(frozen=True)
class Trial:
    """What the supplier's sandbox said, and after how many seconds."""

    verdict: Verdict
    seconds: float


def sell(supplier: Supplier, *, sandbox_key: str = "", actor: User) -> Trial:
    """Sell in the supplier's sandbox. Raises `SupplierUnavailable`, `limits.TooMany`, `vault.CannotOpen`."""
    _keep_slow(supplier)
    connector = connections.connect(supplier, api_key=sandbox_key)
    if not isinstance(connector, TriesSales):
        raise SupplierUnavailable("this kind has no sandbox", trouble=Trouble.NOT_OFFERED)
    began = time.monotonic()
    verdict = connector.try_sale()
    done = Trial(verdict, time.monotonic() - began)
    log.info("supplier tried", supplier=supplier.code, dealer=supplier.dealer_id, actor=actor.pk, rc=verdict.rc)
    return done


def report_here(supplier: Supplier, *, dealer_slug: str, secret: str, actor: User) -> None:
    """Have the supplier report to us, signed with this secret, which is kept when the supplier has taken it.

    Raises `SupplierUnavailable`, `limits.TooMany`, `vault.CannotOpen`.
    """
    _keep_slow(supplier)
    connector = connections.connect(supplier)
    if not isinstance(connector, TakesCallbackAddress):
        raise SupplierUnavailable("this kind is not told by machine", trouble=Trouble.NOT_OFFERED)
    connector.report_to(connections.callback_url(supplier, dealer_slug=dealer_slug), secret=secret)
    with tenancy.inside(supplier.dealer_id):
        connections.seal_secrets(supplier, callback_secret=secret)
    log.info("callback address told", supplier=supplier.code, dealer=supplier.dealer_id, actor=actor.pk)


def _keep_slow(supplier: Supplier) -> None:
    limits.hit("supplier trial", str(supplier.pk), per_minute=PER_MINUTE)
