"""Single cells of a bank's list: sums and days, read in one way or not at all."""

import datetime as dt

import pytest

from transactions.bank_files import amounts, dates
from transactions.bank_files.amounts import NotAnAmount, Side
from transactions.bank_files.dates import NotADay

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "amount", "side"),
    [
        ("50377", 50_377, None),
        ("50377.00", 50_377, None),
        ("50377,00", 50_377, None),
        ("50377.0", 50_377, None),
        ("1.250.000,00", 1_250_000, None),
        ("1,250,000.00", 1_250_000, None),
        ("1.250.000", 1_250_000, None),
        ("1,250,000", 1_250_000, None),
        ("1.250", 1_250, None),
        ("1,250", 1_250, None),
        ("0.00", 0, None),
        ("Rp 25.400,00", 25_400, None),
        ("IDR 25,400.00", 25_400, None),
        ("50,377.00 CR", 50_377, Side.IN),
        ("50.377,00 K", 50_377, Side.IN),
        ("15,000.00 DB", 15_000, Side.OUT),
        ("15.000 D", 15_000, Side.OUT),
        ("+25.000", 25_000, Side.IN),
        ("-25.000", 25_000, Side.OUT),
        ("Rp -25.000", 25_000, Side.OUT),
        ("25.000-", 25_000, Side.OUT),
        ("(25.000,00)", 25_000, Side.OUT),
        ("\u00a01 250 000,00", 1_250_000, None),
    ],
)
def test_a_sum_is_read_whatever_its_signs(text: str, amount: int, side: Side | None) -> None:
    found = amounts.parse(text)
    assert (found.amount, found.side) == (amount, side)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("-", "empty"),
        ("12.35", "cents"),
        ("1.250.000,50", "cents"),
        ("1,25,000", "number"),
        ("1.250,000", "number"),
        ("1.25.000,00", "number"),
        ("1250.0000", "number"),
        ("25.000 XX", "number"),
        ("1e6", "number"),
        ("٢٥", "number"),
        ("9" * 20, "number"),
    ],
)
def test_what_is_no_sum_in_whole_rupiah_says_why(text: str, why: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        amounts.parse(text)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("24/11/2026", dt.date(2026, 11, 24), ""),
        ("4/1/26", dt.date(2026, 1, 4), ""),
        ("24-11-2026", dt.date(2026, 11, 24), ""),
        ("24.11.2026", dt.date(2026, 11, 24), ""),
        ("24-Nov-26", dt.date(2026, 11, 24), ""),
        ("24 November 2026", dt.date(2026, 11, 24), ""),
        ("17 Agustus 2026", dt.date(2026, 8, 17), ""),
        ("17 Agt 2026", dt.date(2026, 8, 17), ""),
        ("1 Mei 2026", dt.date(2026, 5, 1), ""),
        ("2 Okt 2026", dt.date(2026, 10, 2), ""),
        ("2026-11-24", dt.date(2026, 11, 24), ""),
        ("20261124", dt.date(2026, 11, 24), ""),
        ("2026-11-24T10:15:22", dt.date(2026, 11, 24), "10:15:22"),
        ("24/11/2026 10:15:22", dt.date(2026, 11, 24), "10:15:22"),
        ("24-Nov-26 10.15.22", dt.date(2026, 11, 24), "10.15.22"),
        ("24/11", dt.date(2026, 11, 24), ""),
        ("25/11", dt.date(2026, 11, 25), ""),
        ("31/12", dt.date(2025, 12, 31), ""),
    ],
)
def test_a_day_is_read_with_or_without_its_year(text: str, day: dt.date, rest: str) -> None:
    assert dates.parse(text, today=TODAY) == (day, rest)


@pytest.mark.parametrize("text", ["", "PEND", "11/24/2026", "31/02/2026", "24 Foo 2026", "24", "2026", "0/0/0"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(NotADay):
        dates.parse(text, today=TODAY)
