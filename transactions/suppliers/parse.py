"""Values that a stranger sent, made harmless: what does not look right becomes nothing, never a guess.

Everything that leaves here can be stored in PostgreSQL and shown: no NUL, no lone surrogate, bounded.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache

RAW_LIMIT = 8 * 1024
MESSAGE_LIMIT = 200
SERIAL_LIMIT = 200
_LONGEST_CLOCK = 20
_MOST_RUPIAH = 100_000_000
_MOST_BALANCE = 10**13
_NOT_IN_A_SERIAL = re.compile(r"[^\w ./,:;+()#&'*=@%|\-]")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]?\d)(?::\d{1,2})?")


class Unreadable(ValueError):
    """Not the JSON object we were promised."""


def json_object(body: bytes) -> dict[str, object]:
    """The JSON object in a body. Raises Unreadable for anything else."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as broken:
        raise Unreadable(str(broken)[:100]) from broken
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    return value


def text(value: object, *, limit: int = MESSAGE_LIMIT) -> str:
    """One line of printable text, at most `limit` characters; anything but text is empty."""
    if not isinstance(value, str):
        return ""
    line = value[: limit * 4]
    if not line.isprintable():
        line = "".join(character if character.isprintable() else " " for character in line)
    return " ".join(line.split())[:limit]


def serial(value: object) -> str:
    """A serial number or token, cleaned; empty unless it holds a letter or a digit."""
    cleaned = _NOT_IN_A_SERIAL.sub("", text(value, limit=SERIAL_LIMIT)).strip()
    return cleaned if any(character.isalnum() for character in cleaned) else ""


def rupiah(value: object) -> int | None:
    """A price in rupiah; None unless it is a whole number between 1 and a hundred million."""
    amount = whole(value)
    return amount if amount is not None and 0 < amount <= _MOST_RUPIAH else None


def balance(value: object) -> int | None:
    """A balance in rupiah, never negative."""
    amount = whole(value)
    return amount if amount is not None and 0 <= amount <= _MOST_BALANCE else None


def whole(value: object) -> int | None:
    """An integer, also when written `10.0`; text, booleans and fractions are nothing."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value if isinstance(value, int) else None


def clock(value: object) -> str:
    """A time of day as "HH:MM", or empty."""
    return _clock(value) if isinstance(value, str) and len(value) <= _LONGEST_CLOCK else ""


@lru_cache(maxsize=512)
def _clock(value: str) -> str:
    found = _CLOCK.fullmatch(value.strip())
    return f"{int(found[1]):02d}:{int(found[2]):02d}" if found else ""


def kept(body: bytes | str, secrets: Iterable[str]) -> str:
    """What came, for the record: secrets masked, at most 8 kB, safe to store."""
    shown = body if isinstance(body, str) else body.decode("utf-8", "replace")
    for secret in secrets:
        if len(secret) >= 4:  # a shorter one would blot out half the answer
            shown = shown.replace(secret, "***")
    shown = shown.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return shown.encode("utf-8", "replace")[:RAW_LIMIT].decode("utf-8", "ignore")
