"""An uploaded statement: CSV as suppliers' sites and spreadsheets write it, read tolerantly and within bounds.

Lines that cannot be read are named one by one; what can be read two ways is not guessed.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from transactions.reconcile import spelling
from transactions.suppliers.base import Outcome, StatementLine

MOST_BYTES = 6 * 1024 * 1024
MOST_LINES = 50_000
MOST_NAMED = 50
"""Unreadable lines that are named; the rest is counted."""
_MOST_RUPIAH = 1_000_000_000
_LONGEST = {"reference": 80, "sku": 64, "destination": 32, "sn": 120}
_HEADS = {
    "reference": "ref reference refid reff reffid refclient referensi idref trxref noref",
    "sku": "sku kode kodeproduk productcode buyerskucode code kodebarang",
    "destination": "number nomor nomortujuan notujuan tujuan destination customerno msisdn nohp idpelanggan",
    "price": "price harga amount jumlah hargabeli debit debet nilai",
    "status": "status state hasil",
    "sn": "sn serial serialnumber snref nomorserial token noserial",
    "date": "date tanggal waktu time at datetime tanggalwaktu tgl createdat dibuat",
}
_COLUMNS = {head: column for column, heads in _HEADS.items() for head in heads.split()}
_NEEDED = ("reference", "price", "status")
_WORDS = {
    Outcome.SUCCEEDED: "sukses success succeeded succes berhasil ok done selesai delivered complete completed 00",
    Outcome.FAILED: "gagal failed fail failure error batal cancelled canceled expired refund refunded 02",
    Outcome.PENDING: "pending proses process processing diproses menunggu waiting paid inprocess 03",
}
_OUTCOMES = {word: outcome for outcome, words in _WORDS.items() for word in words.split()}
_PRICE = re.compile(r"(?:rp\.?)?-?(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,]\d{1,2}|,-)?", re.IGNORECASE)
_DATES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%Y-%m-%d",
    "%d-%m-%Y",
)


class Fault(StrEnum):
    """Why a file, or a line of it, cannot be used."""

    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    NO_HEAD = "no_head"
    EMPTY = "empty"
    REFERENCE = "reference"
    PRICE = "price"
    STATUS = "status"
    DATE = "date"
    LENGTH = "length"


class Unusable(Exception):
    """Nothing of the file can be used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be read: its number in the file, and what is wrong."""

    number: int
    fault: Fault
    text: str


@dataclass
class Upload:
    """What a file says, and where it could not be understood; `bad` are the first of `bad_count`."""

    lines: list[StatementLine] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    bad_count: int = 0


def read(body: bytes, *, zone: tzinfo) -> Upload:
    """The lines of a CSV; times that name no zone are `zone`'s. Raises `Unusable`."""
    if len(body) > MOST_BYTES:
        raise Unusable(Fault.TOO_LARGE)
    rows = _rows(_text(body))
    head = next(rows, None)
    columns = _columns(head[1]) if head else {}
    if not all(name in columns for name in _NEEDED):
        raise Unusable(Fault.NO_HEAD)
    found = Upload()
    for number, row in rows:
        if len(found.lines) + found.bad_count >= MOST_LINES:
            raise Unusable(Fault.TOO_LONG)
        _take(found, number, row, columns, zone)
    if not found.lines and not found.bad_count:
        raise Unusable(Fault.EMPTY)
    return found


def _text(body: bytes) -> str:
    encodings = ["utf-16"] if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unusable(Fault.NOT_TEXT)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, with the number of their line. Raises `Unusable`."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise Unusable(Fault.NOT_TEXT) from error


def _columns(head: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(head):
        column = _COLUMNS.get(re.sub(r"[^a-z0-9]", "", name.lower()))
        if column is not None:
            found.setdefault(column, place)
    return found


def _take(found: Upload, number: int, row: list[str], columns: Mapping[str, int], zone: tzinfo) -> None:
    cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
    try:
        found.lines.append(_line(cells, zone))
    except Unusable as no:
        found.bad_count += 1
        if len(found.bad) < MOST_NAMED:
            found.bad.append(BadLine(number, no.fault, ", ".join(row)[:120]))


def _line(cells: Mapping[str, str], zone: tzinfo) -> StatementLine:
    reference = spelling.plain(cells["reference"])
    if not reference:
        raise Unusable(Fault.REFERENCE)
    outcome = _OUTCOMES.get(re.sub(r"[^a-z0-9]", "", cells["status"].lower()))
    if outcome is None:
        raise Unusable(Fault.STATUS)
    said = {name: _said(cells.get(name, "")) for name in ("sku", "destination", "sn")}
    if any(len(text) > _LONGEST[name] for name, text in {**said, "reference": reference}.items()):
        raise Unusable(Fault.LENGTH)
    return StatementLine(
        reference=reference,
        outcome=outcome,
        price=_price(cells["price"]) if outcome != Outcome.FAILED else 0,
        at=_moment(cells.get("date", ""), zone),
        **said,
    )


def _said(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable()).strip().lstrip("'").strip()


def _price(text: str) -> int:
    found = _PRICE.fullmatch(spelling.plain(text))
    if not found:
        raise Unusable(Fault.PRICE)
    digits = re.sub(r"\D", "", found[1])
    if len(digits) > len(str(_MOST_RUPIAH)) or int(digits) > _MOST_RUPIAH:
        raise Unusable(Fault.PRICE)
    return int(digits)


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """The time that a line says; None where it says none. Raises `Unusable` for what is no time."""
    plain = re.sub(r"\s+", " ", text.strip().strip("'"))
    if not plain:
        return None
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        found = _written(plain.replace("/", "-").replace("T", " "))
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _written(text: str) -> datetime:
    for pattern in _DATES:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  the zone is added by whoever knows it
        except ValueError:
            continue
    raise Unusable(Fault.DATE)
