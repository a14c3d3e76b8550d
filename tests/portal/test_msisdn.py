"""Phone and meter numbers are read in every spelling, and refused with the reason that a form shows."""

import pytest

from portal.lib import msisdn
from portal.lib.msisdn import NotANumber, Reason


@pytest.mark.parametrize(
    "text",
    [
        "+6281234567890",
        "6281234567890",
        "006281234567890",
        "081234567890",
        "81234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "0812.3456.7890",
        "(0812) 3456-7890",
        "+62 (0)812-3456-7890",
        "+62 0812 3456 7890",
        "0062 812 3456 7890",
        "tel:+62-812-3456-7890",
        "\u202a+62 812\u20113456\u20117890\u202c",
        "\u200e0812\u00a03456\u00a07890",
        "0812\u200b34567890\ufeff",
        "０８１２３４５６７８９０",
        "＋６２（８１２）３４５６－７８９０",
        "٠٨١٢٣٤٥٦٧٨٩٠",
        "0812\u20143456\u20147890",
        "\t0812/3456/7890\n",
    ],
)
def test_every_spelling_is_the_same_number(text: str) -> None:
    assert msisdn.parse(text) == "+6281234567890"


@pytest.mark.parametrize(("text", "length"), [("0811234567", 10), ("0895123456789", 13)])
def test_ten_to_thirteen_digits_are_a_number(text: str, length: int) -> None:
    assert len(text) == length
    assert msisdn.parse(text) == f"+62{text[1:]}"


def _refusal(text: str) -> NotANumber:
    with pytest.raises(NotANumber) as refusal:
        msisdn.parse(text)
    return refusal.value


@pytest.mark.parametrize(
    ("text", "missing"), [("081", 7), ("081234567", 1), ("+62812345", 3), ("8", 8), ("0", 9), ("+62", 9)]
)
def test_a_short_number_says_how_many_digits_are_missing(text: str, missing: int) -> None:
    assert (_refusal(text).reason, _refusal(text).count) == (Reason.TOO_SHORT, missing)


@pytest.mark.parametrize(("text", "extra"), [("08123456789012", 1), ("+628123456789012345", 4)])
def test_a_long_number_says_how_many_digits_are_too_many(text: str, extra: int) -> None:
    assert (_refusal(text).reason, _refusal(text).count) == (Reason.TOO_LONG, extra)


@pytest.mark.parametrize(
    "text", ["02112345678", "+622112345678", "08001234567", "+14155552671", "0712345678", "999", "+6581234567"]
)
def test_a_number_that_is_no_indonesian_mobile_number_is_refused(text: str) -> None:
    assert _refusal(text).reason == Reason.NOT_MOBILE


@pytest.mark.parametrize("text", ["", "  ", "+", "\u200b", "()-"])
def test_nothing_typed_is_told_apart(text: str) -> None:
    assert _refusal(text).reason == Reason.EMPTY


@pytest.mark.parametrize("text", ["0812abc", "budi", "0812+3456", "0812345678;", "O81234567890", "0812²345678"])
def test_letters_and_signs_are_refused(text: str) -> None:
    assert _refusal(text).reason == Reason.LETTERS


def test_a_refusal_does_not_repeat_the_number() -> None:
    assert "2112345678" not in repr(_refusal("02112345678")) + str(_refusal("02112345678"))


def test_a_number_is_shown_in_groups_and_masked_for_others() -> None:
    assert msisdn.national("+6281234567890") == "081234567890"
    assert msisdn.grouped("+6281234567890") == "0812-3456-7890"
    assert msisdn.grouped("+62811234567") == "0811-2345-67"
    assert msisdn.masked("+6281234567890") == "0812-••••-890"


@pytest.mark.parametrize("text", ["12345678901", "1234 5678 901", "1234-5678-901", "1234.5678.901"])
def test_a_meter_number_is_read_in_every_spelling(text: str) -> None:
    assert msisdn.parse_meter(text) == "12345678901"


def test_a_meter_number_is_shown_in_fours() -> None:
    assert msisdn.grouped_meter("12345678901") == "1234 5678 901"
    assert msisdn.grouped_meter("123456789012") == "1234 5678 9012"


@pytest.mark.parametrize(
    ("text", "reason", "count"),
    [
        ("1234567890", Reason.TOO_SHORT, 1),
        ("1234567890123", Reason.TOO_LONG, 1),
        ("", Reason.EMPTY, 0),
        ("1234567890a", Reason.LETTERS, 0),
        ("+12345678901", Reason.NOT_A_METER, 0),
    ],
)
def test_a_meter_number_of_another_length_is_refused(text: str, reason: Reason, count: int) -> None:
    with pytest.raises(NotANumber) as refusal:
        msisdn.parse_meter(text)
    assert (refusal.value.reason, refusal.value.count) == (reason, count)
