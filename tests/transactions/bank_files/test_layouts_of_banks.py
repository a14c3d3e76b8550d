"""The lists of the big banks say the same: who paid how much on which day."""

import codecs
import datetime as dt

import pytest

from tests.transactions.bank_files import samples
from transactions import bank_files
from transactions.bank_files import NoHeading, NotText, TooLong, Verdict, Why

TODAY = dt.date(2026, 11, 24)
CAME = [(dt.date(2026, 11, 23), 50_377, "BUDI SANTOSO"), (dt.date(2026, 11, 24), 1_250_412, "SITI AMINAH")]


def came(data: bytes) -> list[tuple[dt.date | None, int, str]]:
    lines = [line for line in bank_files.read(data, today=TODAY).lines if line.verdict == Verdict.IN]
    return [
        (line.day, line.amount, name) for line in lines for name in ("BUDI SANTOSO", "SITI AMINAH") if name in line.note
    ]


@pytest.mark.parametrize("name", samples.ALL)
def test_what_came_is_read_from_every_layout(name: str) -> None:
    data = samples.ALL[name].encode()
    assert came(data) == CAME
    found = bank_files.read(data, today=TODAY)
    assert found.out == 1
    assert [line for line in found.lines if line.verdict == Verdict.UNREAD] == []


@pytest.mark.parametrize("name", samples.ALL)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_no_encoding_and_no_newline_matters(name: str, encoding: str, newline: str) -> None:
    text = samples.ALL[name].replace("BIAYA", "BIAYA CAFÉ – “X”").replace("\n", newline)
    data = text.encode(encoding)
    assert came(data) == CAME
    assert encoding != "utf-8-sig" or data.startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize("name", samples.ALL)
def test_the_same_file_again_names_the_same_lines(name: str) -> None:
    first, again = (bank_files.read(samples.ALL[name].encode(), today=day) for day in (TODAY, TODAY))
    references = [line.reference for line in first.lines if line.verdict == Verdict.IN]
    assert references == [line.reference for line in again.lines if line.verdict == Verdict.IN]
    assert len(set(references)) == len(references) == 2


@pytest.mark.parametrize("name", samples.ALL)
def test_a_later_list_names_the_lines_of_the_earlier_one_as_before(name: str) -> None:
    """The evening's list is the noon's and what came since, which may say the very same."""
    noon = bank_files.read(samples.ALL[name].encode(), today=TODAY)
    lines = samples.ALL[name].splitlines()
    last = next(index for index, line in enumerate(lines) if "SITI AMINAH" in line)
    evening = bank_files.read("\n".join([*lines[: last + 1], *lines[last:]]).encode(), today=TODAY)
    known = {line.reference for line in noon.lines if line.verdict == Verdict.IN}
    later = {line.reference for line in evening.lines if line.verdict == Verdict.IN}
    assert known < later
    assert len(later) == 3


def test_the_order_of_the_lines_changes_no_name() -> None:
    heading, *rows = samples.SIGNED.splitlines()[1:]
    given = [heading, *rows, rows[0]]
    turned = [heading, rows[0], *rows[::-1]]
    found = [bank_files.read("\n".join(each).encode(), today=TODAY).lines for each in (given, turned)]
    assert {line.reference for line in found[0]} == {line.reference for line in found[1]}
    assert len({line.reference for line in found[0]}) == 3


def test_what_the_bank_has_not_booked_itself_is_pending() -> None:
    found = bank_files.read(samples.BCA.encode(), today=TODAY)
    assert [(line.amount, line.number) for line in found.lines if line.verdict == Verdict.PENDING] == [(75_000, 10)]


def test_the_banks_reference_is_kept_where_it_is_one() -> None:
    rows = ["24/11/2026,A,FT2611240001,10000,", "24/11/2026,B,900123,20000,", "24/11/2026,C,FT2611240003,30000,"]
    twice = ["24/11/2026,D,FT2611240009,40000,", "24/11/2026,E,FT2611240009,50000,"]
    text = "\n".join(["Tanggal,Keterangan,No. Referensi,Kredit,Debet", *rows, *twice])
    found = bank_files.read(text.encode(), today=TODAY).lines
    kept = [line.reference for line in found if not line.reference.startswith("csv:")]
    assert kept == ["FT2611240001", "FT2611240003"]
    assert len({line.reference for line in found}) == 5


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("11/24/2026;X;10.000;K", Why.DAY),
        ("kemarin;X;10.000;K", Why.DAY),
        ("31/11/2026;X;10.000;K", Why.DAY),
        ("24/11/2026;X;10.000,50;K", Why.CENTS),
        ("24/11/2026;X;1.00.000;K", Why.AMOUNT),
        ("24/11/2026;X;sepuluh;K", Why.AMOUNT),
        ("24/11/2026;X;0;K", Why.AMOUNT),
        ("24/11/2026;X;10.000;", Why.SIDE),
        ("24/07/2026;X;10.000;K", Why.OLD),
        ("30/11/2026;X;10.000;K", Why.FUTURE),
    ],
)
def test_what_cannot_be_read_says_why_and_stops_no_other_line(row: str, why: Why) -> None:
    text = f"Tanggal;Uraian;Nominal;Tipe\n{row}\n24/11/2026;Y;20.000;K\n"
    first, second = bank_files.read(text.encode(), today=TODAY).lines
    assert (first.verdict, first.why, first.number) == (Verdict.UNREAD, why, 2)
    assert (second.verdict, second.amount) == (Verdict.IN, 20_000)


def test_a_list_that_never_says_what_went_is_not_guessed() -> None:
    found = bank_files.read(b"Tanggal;Uraian;Nominal\n24/11/2026;X;10.000\n", today=TODAY)
    assert [line.why for line in found.lines] == [Why.SIDE]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "spreadsheet"),
        (b"%PDF-1.7", "pdf"),
        (b"a\0b", "binary"),
        (b"\x81\x8d\xff", "binary"),
        (codecs.BOM_UTF16_LE + b"a", "binary"),
    ],
)
def test_what_is_no_text_is_refused_by_its_kind(data: bytes, what: str) -> None:
    with pytest.raises(NotText) as refused:
        bank_files.read(data, today=TODAY)
    assert refused.value.what == what


@pytest.mark.parametrize(
    "text", ["halo", "a,b,c\n1,2,3\n", "Tanggal;Saldo\n24/11/2026;1\n", '"Tanggal,Jumlah\n24/11/2026']
)
def test_a_file_without_a_heading_is_refused(text: str) -> None:
    with pytest.raises(NoHeading):
        bank_files.read(text.encode(), today=TODAY)


def test_a_file_is_bounded_in_bytes_and_lines() -> None:
    heading = b"Tanggal;Uraian;Nominal;Tipe\n"
    with pytest.raises(TooLong):
        bank_files.read(heading + b"x" * bank_files.MOST_BYTES, today=TODAY)
    with pytest.raises(TooLong):
        bank_files.read(heading + b"24/11/2026;Y;20.000;K\n" * (bank_files.MOST_LINES + 1), today=TODAY)
