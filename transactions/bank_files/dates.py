"""One cell with a day: `24/11/2026`, `24-Nov-26`, `24 November 2026 10:15`, `2026-11-24`, or `24/11` without a year.

The day stands before the month, as everywhere in Indonesia; English and Indonesian names of months are known.
"""

import datetime as dt
import re

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan",
            "feb peb",
            "mar",
            "apr",
            "mei may",
            "jun",
            "jul",
            "agu ags agt aug",
            "sep",
            "okt oct",
            "nov nop",
            "des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})[-/. ]+(?P<month>\d{1,2}|[A-Za-z]{3,9})(?:[-/. ]+(?P<year>\d{4}|\d{2}))?(?P<rest>(?:[\sT,]+.*)?)",
    re.DOTALL,
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.]?(?P<month>\d{2})[-/.]?(?P<day>\d{2})(?P<rest>(?:[\sT,]+.*)?)", re.DOTALL
)


class NotADay(Exception):
    """No day that can be read in one way."""


def parse(text: str, *, today: dt.date) -> tuple[dt.date, str]:
    """The day in a cell, and what stands behind it (a time). Without a year it is the last such day until tomorrow.

    Raises `NotADay`.
    """
    found = _YEAR_FIRST.fullmatch(text.strip()) or _DAY_FIRST.fullmatch(text.strip())
    if found is None:
        raise NotADay(text)
    month, day, rest = _month(found["month"]), int(found["day"]), found["rest"].strip(" ,T")
    if found["year"]:
        year = int(found["year"])
        return _date(year if year > 99 else 2000 + year, month, day), rest
    this = _date(today.year, month, day) if (month, day) != (2, 29) else None
    if this is None or this > today + dt.timedelta(days=1):
        return _date(today.year - 1, month, day), rest
    return this, rest


def _month(text: str) -> int:
    number = int(text) if text.isdecimal() else _MONTHS.get(text[:3].lower(), 0)
    if not number:
        raise NotADay(text)
    return number


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise NotADay(f"{year}-{month}-{day}") from error
