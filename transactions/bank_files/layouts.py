"""Where the columns of a bank's list stand: found by the words of its heading, whatever the separator.

Words are those of the lists of BCA, Mandiri, BRI and BNI (retail and business), and others of their kind.
"""

import csv
import io
import re
from dataclasses import dataclass
from enum import Enum, auto

_SEPARATORS = (",", ";", "\t", "|")
_HEADING_WITHIN = 40
"""Lines about the account that may stand before the heading."""
_LONGEST_CELL = 10_000


class NoHeading(Exception):
    """No line names at least the day and the sum of what came."""


class Role(Enum):
    """What stands in a column."""

    DAY = auto()
    OTHER_DAY = auto()
    TIME = auto()
    NOTE = auto()
    REFERENCE = auto()
    AMOUNT = auto()
    CREDIT = auto()
    DEBIT = auto()
    SIDE = auto()


_WORDS: dict[Role, str] = {
    Role.DAY: "tanggal|tanggal transaksi|tanggal mutasi|tanggal posting|tanggal waktu|tanggal dan waktu|tgl|"
    "tgl transaksi|tgl trans|tgl tran|date|transaction date|trans date|post date|posting date|postdate|date time",
    Role.OTHER_DAY: "val date|value date|valuta|effective date|tgl efektif|tanggal efektif|tgl valuta",
    Role.TIME: "jam|jam tran|waktu|time|jam transaksi",
    Role.NOTE: "keterangan|keterangan transaksi|keterangan tambahan|uraian|uraian transaksi|deskripsi|"
    "deskripsi transaksi|description|transaction description|remarks|remark|additionaldesc|additional desc|desk tran|"
    "berita|transaksi|detail|detail transaksi|rincian transaksi|nama pengirim|pengirim",
    Role.REFERENCE: "reference no|reference number|reference|referensi|no referensi|nomor referensi|no ref|ref no|ref|"
    "journal|journal no|no journal|no jurnal|jurnal|transaction id|id transaksi",
    Role.AMOUNT: "jumlah|nominal|nominal transaksi|amount|transaction amount|jumlah transaksi|mutasi|nilai",
    Role.CREDIT: "kredit|credit|credit amount|mutasi kredit|jumlah kredit|cr|dana masuk|uang masuk|masuk",
    Role.DEBIT: "debit|debet|debit amount|mutasi debet|mutasi debit|jumlah debet|jumlah debit|db|dana keluar|"
    "uang keluar|keluar",
    Role.SIDE: "db cr|cr db|db kr|d k|d c|dk|dc|tipe|type|jenis|jenis transaksi|jenis mutasi",
}
_ROLES = {word: role for role, words in _WORDS.items() for word in words.split("|")}


@dataclass(frozen=True)
class Layout:
    """The table below its heading: rows with the number of their line, and the columns of each role."""

    columns: dict[Role, list[int]]
    rows: list[tuple[int, list[str]]]

    def cell(self, row: list[str], role: Role) -> str:
        """The first filled cell of a role, "" when there is none."""
        return next((text for at in self.columns.get(role, []) if (text := _at(row, at))), "")

    def cells(self, row: list[str], role: Role) -> list[str]:
        """Every filled cell of a role."""
        return [text for at in self.columns.get(role, []) if (text := _at(row, at))]

    def has(self, role: Role) -> bool:
        """Whether the list has such a column."""
        return role in self.columns


def find(text: str) -> Layout:
    """The layout that names the most columns. Raises `NoHeading`."""
    found = [each for sign in _SEPARATORS if (each := _by(text, sign)) is not None]
    if not found:
        raise NoHeading
    return max(found, key=lambda each: len(each.columns))


def _by(text: str, separator: str) -> Layout | None:
    rows = _rows(text, separator)
    for index, (_line, cells) in enumerate(rows[:_HEADING_WITHIN]):
        columns = _columns(cells)
        if columns.keys() & {Role.DAY, Role.OTHER_DAY} and columns.keys() & {Role.AMOUNT, Role.CREDIT}:
            return Layout(columns, rows[index + 1 :])
    return None


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="")
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    try:
        rows = [(reader.line_num, [_clean(cell) for cell in cells]) for cells in reader]
    except csv.Error:  # a quote that never ends, say: not this separator's file
        return []
    return [(number, cells) for number, cells in rows if any(cells)]


def _clean(cell: str) -> str:
    """Without the marks by which banks keep spreadsheets from reading a number: `'0123`, `="0123"`."""
    text = re.sub(r"\s+", " ", cell[:_LONGEST_CELL]).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.lstrip("'").strip()


def _columns(cells: list[str]) -> dict[Role, list[int]]:
    columns: dict[Role, list[int]] = {}
    for at, cell in enumerate(cells):
        role = _role(cell)
        if role is not None:
            columns.setdefault(role, []).append(at)
    # One list names the column after the sum not at all, and writes CR and DB there.
    behind = columns[Role.AMOUNT][-1] + 1 if Role.AMOUNT in columns else 0
    if Role.SIDE not in columns and 0 < behind < len(cells) and not cells[behind]:
        columns[Role.SIDE] = [behind]
    return columns


def _role(cell: str) -> Role | None:
    words = re.sub(r"[^a-z]+", " ", cell.lower()).split()
    return _ROLES.get(" ".join(word for word in words if word not in {"idr", "rp"}))


def _at(row: list[str], at: int) -> str:
    return row[at] if at < len(row) else ""
