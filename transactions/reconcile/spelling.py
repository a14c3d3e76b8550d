"""When two spellings certainly mean the same: references, serial numbers, products, destinations."""

import re

_QUOTES = "'\"\u2018\u2019\u200b\ufeff"
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_SPACES = re.compile(r"\s+")
_NO_SIGN = re.compile(r"[^0-9A-Z]+")
_SURE_DIGITS = 10
"""A serial number that is part of a longer one counts as the same from so many signs on."""


def plain(text: str) -> str:
    """Without blanks, the quotes that spreadsheets put before a number, and printers' dashes."""
    return _DASHES.sub("-", _SPACES.sub("", text)).strip(_QUOTES)


def reference(text: str) -> str:
    """One spelling of a reference: no blanks, capitals."""
    return plain(text).upper()


def serial(text: str) -> str:
    """One spelling of a serial number: letters and digits only."""
    return _NO_SIGN.sub("", text.upper())


def same_serial(ours: str, theirs: str) -> bool:
    """Whether two serial numbers are one; where one side says none, nothing contradicts.

    Of a token, one side often has the digits only, and the other the owner's name behind them.
    """
    one, other = serial(ours), serial(theirs)
    if not one or not other or one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= _SURE_DIGITS and long.startswith(short)


def same_product(ours: str, theirs: str) -> bool:
    """Whether two codes are one; where one side says none, nothing contradicts."""
    one, other = reference(ours), reference(theirs)
    return not one or not other or one == other


def number(text: str) -> str:
    """The digits that tell a destination, however its country, its leading zeros or its groups are written."""
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits[2:].lstrip("0") if digits.startswith(("628", "6208")) else digits


def same_number(ours: str, theirs: str) -> bool:
    """Whether two destinations are one; one that is missing or masked contradicts nothing."""
    if re.search(r"[*•xX]", theirs):
        return True
    one, other = number(ours), number(theirs)
    return not one or not other or one == other
