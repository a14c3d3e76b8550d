"""An upload is read as suppliers' sites and spreadsheets write it, and refused where it could be misread."""

from zoneinfo import ZoneInfo

import pytest

from transactions.reconcile import files
from transactions.reconcile.files import Fault, Unusable
from transactions.suppliers.base import Outcome

WIB = ZoneInfo("Asia/Jakarta")
PLAIN = "ref_id,sku,number,price,status,sn,date\nK1-1,tsel10,081234567890,10200,Sukses,0031,2026-11-23 10:00:00\n"


def read(text: str, encoding: str = "utf-8") -> files.Upload:
    return files.read(text.encode(encoding), zone=WIB)


def test_a_plain_file() -> None:
    (line,) = read(PLAIN).lines
    assert (line.reference, line.sku, line.destination) == ("K1-1", "tsel10", "081234567890")
    assert (line.price, line.outcome, line.sn) == (10_200, Outcome.SUCCEEDED, "0031")
    assert line.at is not None
    assert line.at.isoformat() == "2026-11-23T10:00:00+07:00"


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Ref ID;Harga;Status", "K1-1;10.200;Berhasil"),
        ("REFERENCE\tPrice\tstate", "K1-1\tRp 10.200\tOK"),
        ("reff_id|Harga Beli|Status", "K1-1|10,200|done"),
        ('"ref","price","status"', 'K1-1,"10,200.00",SUCCESS'),
    ],
)
def test_heads_and_delimiters_of_all_kinds(head: str, row: str) -> None:
    (line,) = read(f"\n{head}\n{row}\n\n").lines
    assert (line.reference, line.price, line.outcome) == ("K1-1", 10_200, Outcome.SUCCEEDED)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_of_spreadsheets(encoding: str) -> None:
    assert len(read(PLAIN, encoding).lines) == 1


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("GAGAL", Outcome.FAILED), ("Refund", Outcome.FAILED), ("proses", Outcome.PENDING), ("00", Outcome.SUCCEEDED)],
)
def test_states_in_many_words(word: str, outcome: Outcome) -> None:
    (line,) = read(f"ref,price,status\nK1-1,100,{word}\n").lines
    assert line.outcome == outcome


def test_a_failed_line_needs_no_price() -> None:
    (line,) = read("ref,price,status\nK1-1,,Gagal\n").lines
    assert line.price == 0


@pytest.mark.parametrize(
    "text", ["23/11/2026 10:00", "2026-11-23T03:00:00Z", "23-11-2026 10:00:00", "2026-11-23 10:00"]
)
def test_times_in_many_ways(text: str) -> None:
    (line,) = read(f"ref,price,status,waktu\nK1-1,1,ok,{text}\n").lines
    assert line.at is not None
    assert line.at.astimezone(WIB).strftime("%Y-%m-%d %H:%M") == "2026-11-23 10:00"


def test_lines_that_cannot_be_read_are_named_and_the_others_kept() -> None:
    rows = ["K1-1,100,ok,", ",100,ok,", "K2-1,seratus,ok,", "K3-1,100,entah,", "K4-1,100,ok,besok", "TOTAL,100,,"]
    found = read("ref,price,status,date\n" + "\n".join(rows))
    assert [line.reference for line in found.lines] == ["K1-1"]
    assert [(bad.number, bad.fault) for bad in found.bad] == [
        (3, Fault.REFERENCE),
        (4, Fault.PRICE),
        (5, Fault.STATUS),
        (6, Fault.DATE),
        (7, Fault.STATUS),
    ]


def test_unreadable_lines_are_counted_beyond_those_that_are_named() -> None:
    found = read("ref,price,status\n" + "x,?,ok\n" * 200)
    assert (len(found.bad), found.bad_count) == (files.MOST_NAMED, 200)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"nomor,harga\n1,2\n", Fault.NO_HEAD),
        (b"", Fault.NO_HEAD),
        (b"ref,price,status\n", Fault.EMPTY),
        (b"ref,price,status\n\0\0", Fault.NOT_TEXT),
        (b"x" * (files.MOST_BYTES + 1), Fault.TOO_LARGE),
        (b"ref,price,status\n" + b"a,1,ok\n" * (files.MOST_LINES + 1), Fault.TOO_LONG),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_file_of_which_nothing_can_be_used(body: bytes, fault: Fault) -> None:
    with pytest.raises(Unusable) as refused:
        files.read(body, zone=WIB)
    assert refused.value.fault == fault
