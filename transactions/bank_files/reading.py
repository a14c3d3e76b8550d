"""A whole file: each line of it is money that came, or says why it is not taken.

A line's reference is the bank's, where it is long enough to be one and stands once; else it is made of what the line
says and of how often the same was said on its day, so that the same file again names the same lines.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from transactions.bank_files import amounts, dates, layouts
from transactions.bank_files.amounts import NotAnAmount, Side
from transactions.bank_files.dates import NotADay
from transactions.bank_files.layouts import Layout, Role
from transactions.bank_files.text import decode
from transactions.models.methods import MADE_REFERENCE

MOST_BYTES = 1024 * 1024
MOST_LINES = 2_000
OLDEST = dt.timedelta(days=90)
_LONGEST_NOTE = 120
_REFERENCE = re.compile(r"[0-9A-Za-z./:_-]{10,60}")
"""A shorter one is a running number that the bank gives again on another day."""
_PENDING = {"PEND", "PENDING"}
_SUMS = ("saldo", "total", "mutasi", "kredit", "debet", "debit", "jumlah", "opening", "closing")


class TooLong(Exception):
    """More bytes or lines than are read at a time."""


class Verdict(StrEnum):
    """What a line is."""

    IN = "in"
    OUT = "out"
    PENDING = "pending"
    """Not booked by the bank itself yet."""
    UNREAD = "unread"


class Why(StrEnum):
    """Why a line could not be read."""

    DAY = "day"
    AMOUNT = "amount"
    CENTS = "cents"
    SIDE = "side"
    OLD = "old"
    FUTURE = "future"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its number in the file, and what it says; `raw` only where it could not be read."""

    number: int
    verdict: Verdict
    why: Why | None = None
    day: dt.date | None = None
    amount: int = 0
    note: str = ""
    reference: str = ""
    said: str = ""
    """What a reference is made of: the line's whole content."""
    raw: str = ""


@dataclass(frozen=True)
class Found:
    """What was read, without the lines of money that went; `out` says how many those were."""

    lines: list[Line]
    out: int


class _Unread(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


def read(data: bytes, *, today: dt.date) -> Found:
    """Every line below the heading. Raises `TooLong`, `text.NotText`, `layouts.NoHeading`."""
    if len(data) > MOST_BYTES:
        raise TooLong
    layout = layouts.find(decode(data))
    if len(layout.rows) > MOST_LINES:
        raise TooLong
    is_signed = _names_sides(layout)
    lines = [_line(layout, number, row, today, is_signed=is_signed) for number, row in layout.rows]
    taken = [line for line in lines if line is not None]
    kept = [line for line in taken if line.verdict != Verdict.OUT]
    return Found(_named(kept), len(taken) - len(kept))


def _line(layout: Layout, number: int, row: list[str], today: dt.date, *, is_signed: bool) -> Line | None:
    day_cell = layout.cell(row, Role.DAY) or layout.cell(row, Role.OTHER_DAY)
    raw = " · ".join(cell for cell in row if cell)[:_LONGEST_NOTE]
    if _is_no_movement(layout, row, day_cell):
        return None
    try:
        amount, side = _sum(layout, row, is_signed=is_signed)
        if side == Side.OUT:
            return Line(number=number, verdict=Verdict.OUT)
        if day_cell.upper() in _PENDING:
            return Line(number=number, verdict=Verdict.PENDING, amount=amount, note=_note(layout, row))
        day, clock = _day(day_cell, today)
    except _Unread as error:
        return Line(number=number, verdict=Verdict.UNREAD, why=error.why, raw=raw)
    clock = clock or layout.cell(row, Role.TIME)
    note = _note(layout, row)
    said = "|".join([day.isoformat(), clock, str(amount), note.upper()])
    reference = re.sub(r"\s+", "", layout.cell(row, Role.REFERENCE))
    return Line(
        number=number,
        verdict=Verdict.IN,
        day=day,
        amount=amount,
        note=note[:_LONGEST_NOTE],
        reference=reference,
        said=said,
    )


def _is_no_movement(layout: Layout, row: list[str], day_cell: str) -> bool:
    """A sum at the end, a note that goes on, an empty line of the table."""
    if any(day_cell.lower().startswith(word) for word in _SUMS):
        return True
    filled = [cell for role in (Role.AMOUNT, Role.CREDIT, Role.DEBIT) for cell in layout.cells(row, role)]
    return not filled


def _sum(layout: Layout, row: list[str], *, is_signed: bool) -> tuple[int, Side]:
    if layout.has(Role.CREDIT):
        came, went = (_or_nothing(layout.cell(row, role)) for role in (Role.CREDIT, Role.DEBIT))
        if bool(came) == bool(went):
            raise _Unread(Why.AMOUNT)
        return (came, Side.IN) if came else (went, Side.OUT)
    found = _parse(layout.cell(row, Role.AMOUNT))
    side = amounts.side(layout.cell(row, Role.SIDE)) or found.side or (Side.IN if is_signed else None)
    if side is None:
        raise _Unread(Why.SIDE)
    if not found.amount:
        raise _Unread(Why.AMOUNT)
    return found.amount, side


def _names_sides(layout: Layout) -> bool:
    """Whether a sum without a sign came: the list has no column for that, and writes a minus where money went."""
    if layout.has(Role.SIDE) or layout.has(Role.CREDIT):
        return False
    cells = (layout.cell(row, Role.AMOUNT) for _number, row in layout.rows)
    return any(cell.startswith(("-", "−", "(")) or cell.endswith("-") for cell in cells)


def _or_nothing(cell: str) -> int:
    try:
        return amounts.parse(cell).amount
    except NotAnAmount as error:
        if error.why == "empty":
            return 0
        raise _Unread(Why.CENTS if error.why == "cents" else Why.AMOUNT) from error


def _parse(cell: str) -> amounts.Sum:
    try:
        return amounts.parse(cell)
    except NotAnAmount as error:
        raise _Unread(Why.CENTS if error.why == "cents" else Why.AMOUNT) from error


def _day(cell: str, today: dt.date) -> tuple[dt.date, str]:
    try:
        day, clock = dates.parse(cell, today=today)
    except NotADay as error:
        raise _Unread(Why.DAY) from error
    if day > today + dt.timedelta(days=1):
        raise _Unread(Why.FUTURE)
    if today - day > OLDEST:
        raise _Unread(Why.OLD)
    return day, clock


def _note(layout: Layout, row: list[str]) -> str:
    text = " ".join(layout.cells(row, Role.NOTE))
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _named(lines: list[Line]) -> list[Line]:
    """Every line of money that came with its reference."""
    given = Counter(line.reference for line in lines if line.verdict == Verdict.IN)
    seen: Counter[str] = Counter()
    named = []
    for line in lines:
        if line.verdict != Verdict.IN or (given[line.reference] == 1 and _REFERENCE.fullmatch(line.reference)):
            named.append(line)
            continue
        said = f"{line.said}|{line.reference}"
        seen[said] += 1
        digest = hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest()
        named.append(replace(line, reference=f"{MADE_REFERENCE}{digest[:24]}"))
    return named
