"""How mature a dealer's site is, as measured by whoever measures; this app knows only that somebody may."""

from dataclasses import dataclass
from datetime import datetime

from dealers.models import Dealer
from portal.lib.hooks import Hook


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A measured level, 1 to 4, and when it was measured last."""

    level: int
    measured_at: datetime


measured: Hook[[Dealer], Standing | None] = Hook("dealers.measured")
"""What is true today; None where a site has reached no level."""


def of(dealer: Dealer) -> Standing | None:
    """The level that the facts show today. None: nobody has measured one, and so none is claimed."""
    return next((found for found in measured.collect(dealer) if found is not None), None)
