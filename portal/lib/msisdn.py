"""Indonesian mobile numbers and PLN meter numbers, read from whatever people type or paste.

In the database a mobile number is E.164 (`+628…`), on screen and towards suppliers it is `08…`.
A refusal carries a machine-readable reason, so that a form can say how many digits are missing.
"""

import re
import unicodedata
from enum import StrEnum

import phonenumbers

SHORTEST, LONGEST = 10, 13
"""Digits of a mobile number, counted with the leading 0."""
_METER_SHORTEST, _METER_LONGEST = 11, 12
_PUNCTUATION = frozenset(".()/_．（）")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Pd"})
_COUNTRY = re.compile(r"^(?:\+62|0062|62(?=0?8))0?")


class Reason(StrEnum):
    EMPTY = "empty"
    LETTERS = "letters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_MOBILE = "not_mobile"
    NOT_A_METER = "not_a_meter"


class NotANumber(ValueError):
    """The text is no number that can be topped up.

    `count` says how many digits are missing (too short) or too many (too long), else 0. The text
    itself is not kept: errors are logged.
    """

    def __init__(self, reason: Reason, *, count: int = 0) -> None:
        super().__init__(f"{reason}: {count}" if count else str(reason))
        self.reason = reason
        self.count = count


def parse(text: str) -> str:
    """E.164 from `+62`, `62`, `0062`, `0` or a bare `8`, with spaces, dots, dashes, brackets, invisible marks.

    Raises NotANumber. Ten to thirteen digits counted with the leading 0; the numbering plan is phonenumbers'.
    """
    digits = _digits(re.sub(r"^\s*tel:", "", text, flags=re.IGNORECASE))
    # phonenumbers takes 00 for no prefix of Indonesia, so 0062 must be gone before it looks.
    subscriber = _COUNTRY.sub("", digits) if _COUNTRY.match(digits) else digits.removeprefix("0")
    if not subscriber.startswith("8"):
        raise NotANumber(Reason.TOO_SHORT, count=SHORTEST - 1) if not subscriber else NotANumber(Reason.NOT_MOBILE)
    _check_length(len(subscriber) + 1, shortest=SHORTEST, longest=LONGEST)
    number = phonenumbers.PhoneNumber(country_code=62, national_number=int(subscriber))
    if not phonenumbers.is_possible_number(number) or not _could_be_mobile(number):
        raise NotANumber(Reason.NOT_MOBILE)
    return f"+62{subscriber}"


def _could_be_mobile(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }


def parse_meter(text: str) -> str:
    """The 11 or 12 digits of a PLN meter or customer number. Raises NotANumber."""
    digits = _digits(text)
    if digits.startswith("+"):
        raise NotANumber(Reason.NOT_A_METER)
    _check_length(len(digits), shortest=_METER_SHORTEST, longest=_METER_LONGEST)
    return digits


def _digits(text: str) -> str:
    plain = text.replace("＋", "+")
    kept = [
        char for char in plain if unicodedata.category(char) not in _DROPPED_CATEGORIES and char not in _PUNCTUATION
    ]
    digits = "".join(str(unicodedata.decimal(char, char)) for char in kept)
    if digits in {"", "+"}:
        raise NotANumber(Reason.EMPTY)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise NotANumber(Reason.LETTERS)
    return digits


def _check_length(length: int, *, shortest: int, longest: int) -> None:
    if length < shortest:
        raise NotANumber(Reason.TOO_SHORT, count=shortest - length)
    if length > longest:
        raise NotANumber(Reason.TOO_LONG, count=length - longest)


def national(number: str) -> str:
    """`+6281234567890` -> `081234567890`; anything else is given back as it is."""
    return f"0{number[3:]}" if number.startswith("+62") else number


def grouped(number: str) -> str:
    """`+6281234567890` -> `0812-3456-7890`."""
    plain = national(number)
    return "-".join(part for part in (plain[:4], plain[4:8], plain[8:]) if part)


def masked(number: str) -> str:
    """`+6281234567890` -> `0812-••••-890`, for screens and papers that others see."""
    plain = national(number)
    return f"{plain[:4]}-••••-{plain[-3:]}"


def grouped_meter(meter: str) -> str:
    """`12345678901` -> `1234 5678 901`."""
    return " ".join(meter[start : start + 4] for start in range(0, len(meter), 4))
