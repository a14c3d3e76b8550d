"""One cell with a sum: `1.250.000,00`, `1,250,000.00`, `50377`, `50,377.00 CR`, `-25.000`, `(25.000)`."""

import re
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 10**13


class Side(StrEnum):
    """What came, and what went."""

    IN = "in"
    OUT = "out"


class NotAnAmount(Exception):
    """No sum in whole rupiah; `why` is `empty`, `number` or `cents`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Sum:
    """Rupiah, not negative, and the side that the cell itself names."""

    amount: int
    side: Side | None = None


_WORDS = {
    "CR": Side.IN,
    "CR.": Side.IN,
    "C": Side.IN,
    "K": Side.IN,
    "KR": Side.IN,
    "KREDIT": Side.IN,
    "CREDIT": Side.IN,
    "MASUK": Side.IN,
    "DB": Side.OUT,
    "DB.": Side.OUT,
    "DR": Side.OUT,
    "DR.": Side.OUT,
    "D": Side.OUT,
    "DEBET": Side.OUT,
    "DEBIT": Side.OUT,
    "KELUAR": Side.OUT,
}
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_CELL = re.compile(
    r"(?P<open>\()?(?P<before>[-+−]?)(?:RP\.?|IDR)?(?P<inner>[-+−]?)(?P<digits>\d[\d.,]*)\)?(?P<after>[-+−]?)"
    r"(?P<word>[A-Z]+\.?)?"
)
_GROUPED = {".": re.compile(r"\d{1,3}(\.\d{3})+"), ",": re.compile(r"\d{1,3}(,\d{3})+")}


def side(text: str) -> Side | None:
    """The side that a cell of its own names, as `CR` or `D`; None for anything else."""
    return _WORDS.get(_SPACES.sub("", text).upper())


def parse(text: str) -> Sum:
    """The sum in a cell. Raises `NotAnAmount`."""
    packed = _SPACES.sub("", text).upper()
    if packed in {"", "-"}:
        raise NotAnAmount("empty")
    found = _CELL.fullmatch(packed)
    if found is None or not found["digits"].isascii() or (found["word"] and found["word"] not in _WORDS):
        raise NotAnAmount("number")
    named = _WORDS[found["word"]] if found["word"] else _signed(found)
    return Sum(_rupiah(found["digits"]), named)


def _signed(found: re.Match[str]) -> Side | None:
    marks = {found["before"], found["inner"], found["after"]} - {""}
    if found["open"] or marks & {"-", "−"}:
        return Side.OUT
    return Side.IN if marks else None


def _rupiah(digits: str) -> int:
    whole, cents = _split(digits)
    if cents.strip("0"):
        raise NotAnAmount("cents")
    amount = int(whole)
    if amount > LARGEST:
        raise NotAnAmount("number")
    return amount


def _split(digits: str) -> tuple[str, str]:
    """Whole rupiah and the digits behind the decimal sign, whichever of the two signs that is."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits, ""
    sign, cents = digits[last], digits[last + 1 :]
    other = "," if sign == "." else "."
    if sign in digits[:last] or (len(cents) == 3 and other not in digits):  # it stands between thousands
        return _ungrouped(digits, sign), ""
    if not 1 <= len(cents) <= 2:
        raise NotAnAmount("number")
    return _ungrouped(digits[:last], other), cents


def _ungrouped(digits: str, sign: str) -> str:
    if digits.isdecimal():
        return digits
    if not _GROUPED[sign].fullmatch(digits):
        raise NotAnAmount("number")
    return digits.replace(sign, "")
