"""The token of a sale form: it makes two taps one order, and proves when its prices were shown.

It is signed and names its dealer, so nobody can choose one; the random part in its middle is what the
order keeps. It is made anew whenever prices are shown.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils import timezone

from portal.lib import ids

LASTS = timedelta(hours=24)
LONGEST = 200
"""Characters; one that we made is shorter."""

_SIGNER = "konter.sale-form"


class Forged(ValueError):
    """Not a token of ours for this dealer."""


@dataclass(frozen=True)
class FormToken:
    """What a genuine token says: the random part, and when the page was made."""

    nonce: str
    shown_at: datetime

    @property
    def is_old(self) -> bool:
        """Whether the page has been open for more than a day."""
        return timezone.now() - self.shown_at > LASTS


def make(dealer_id: int) -> str:
    """A new token for a form of this dealer, whose prices are shown now."""
    micros = int(timezone.now().timestamp() * 1_000_000)
    return signing.Signer(salt=_SIGNER).sign(f"{dealer_id}.{ids.new_token()}.{micros}")


def read(dealer_id: int, text: str) -> FormToken:
    """The token that `text` stands for, of any age. Raises `Forged`."""
    try:
        dealer, nonce, micros = signing.Signer(salt=_SIGNER).unsign(text[: LONGEST + 1]).split(".")
    except (signing.BadSignature, ValueError) as error:
        raise Forged from error
    if dealer != str(dealer_id):
        raise Forged
    return FormToken(nonce, datetime.fromtimestamp(int(micros) / 1_000_000, tz=UTC))
