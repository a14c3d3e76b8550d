"""Rupiah are written with dots, read without guessing, and rounded upwards only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib import money


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "Rp0"),
        (500, "Rp500"),
        (25_400, "Rp25.400"),
        (1_000_000, "Rp1.000.000"),
        (-500, "-Rp500"),
        (-25_400, "-Rp25.400"),
    ],
)
def test_an_amount_is_written_with_dots_and_the_sign_before_the_currency(amount: int, written: str) -> None:
    assert money.rupiah(amount) == written


@pytest.mark.parametrize(
    "text", ["25400", "25.400", "Rp 25.400", "rp25.400", "Rp. 25.400", " Rp25.400,00 ", "25.400,-", "Rp\u00a025.400"]
)
def test_the_usual_spellings_are_read(text: str) -> None:
    assert money.parse_rupiah(text) == 25_400


@pytest.mark.parametrize("text", ["-Rp500", "-500", "Rp-500"])
def test_a_negative_amount_is_read(text: str) -> None:
    assert money.parse_rupiah(text) == -500


@pytest.mark.parametrize(
    "text",
    ["25,400", "1.5", "25.40", "2.5400", "25.400,50", "1e5", "--5", "-Rp-5", "Rp", "USD 5", "٢٥", "5 juta", ".500"],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(money.NotMoney) as refusal:
        money.parse_rupiah(text)
    assert refusal.value.reason == "not_a_number"


def test_nothing_typed_is_told_apart_from_something_wrong() -> None:
    with pytest.raises(money.NotMoney) as refusal:
        money.parse_rupiah("  \u00a0")
    assert refusal.value.reason == "empty"


@pytest.mark.parametrize("text", [str(money.LARGEST + 1), "9" * 400, "Rp9.223.372.036.854.775.808"])
def test_an_amount_that_no_column_holds_is_refused(text: str) -> None:
    with pytest.raises(money.NotMoney) as refusal:
        money.parse_rupiah(text)
    assert refusal.value.reason == "too_large"


@given(st.integers(min_value=-money.LARGEST, max_value=money.LARGEST))
def test_every_written_amount_is_read_back(amount: int) -> None:
    assert money.parse_rupiah(money.rupiah(amount)) == amount


@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from([100, 500]))
def test_rounding_up_gives_the_nearest_multiple_that_is_not_below(amount: int, to: int) -> None:
    rounded = money.round_up(amount, to)
    assert rounded % to == 0
    assert 0 <= rounded - amount < to


@pytest.mark.parametrize("to", [0, -100])
def test_a_step_that_is_not_positive_is_refused(to: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        money.round_up(100, to)
