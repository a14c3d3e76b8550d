"""Rupiah as whole numbers: writing, reading and rounding them.

There is no float and no Decimal anywhere: an amount is an `int` of rupiah from the form to the ledger.
What could be read in two ways (`25,400`, `1.5`) is refused, never guessed.
"""

import re

LARGEST = 10**15
"""A quadrillion rupiah: far above any amount of the trade, far below a bigint's end."""

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_WRITTEN = re.compile(
    r"(?P<sign>-?)(?:rp\.?)?(?P<inner>-?)(?P<digits>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?:00|-))?", re.IGNORECASE
)


class NotMoney(ValueError):
    """The text is no amount; `reason` is `empty`, `not_a_number` or `too_large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def nominal(amount: int) -> str:
    """25400 -> `25.400`, without the currency."""
    return f"{amount:,}".replace(",", ".")


def rupiah(amount: int) -> str:
    """25400 -> `Rp25.400`, -500 -> `-Rp500`."""
    return f"{'-' if amount < 0 else ''}Rp{nominal(abs(amount))}"


def parse_rupiah(text: str) -> int:
    """Rupiah from `25400`, `25.400`, `Rp 25.400`, `Rp25.400,00` or `-Rp500`.

    Raises NotMoney, also for fractions and for a comma between thousands.
    """
    packed = _SPACES.sub("", text)
    if not packed:
        raise NotMoney("empty")
    found = _WRITTEN.fullmatch(packed)
    if not found or not packed.isascii() or (found["sign"] and found["inner"]):
        raise NotMoney("not_a_number")
    digits = found["digits"].replace(".", "").lstrip("0") or "0"
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise NotMoney("too_large")
    return -int(digits) if found["sign"] or found["inner"] else int(digits)


def round_up(amount: int, to: int = 100) -> int:
    """The next multiple of `to` rupiah that is not below the amount; raises ValueError unless `to` is positive."""
    if to <= 0:
        raise ValueError("an amount is rounded to a positive step")
    return -(-amount // to) * to
