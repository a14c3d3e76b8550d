"""Money, numbers, times and serial numbers look the same on every screen."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.templatetags import words

MOMENT = dt.datetime(2026, 5, 24, 2, 41, 12, tzinfo=dt.UTC)


def _shown(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ value|rupiah }}", 25_400, "Rp25.400"),
        ("{{ value|rupiah }}", -500, "-Rp500"),
        ("{{ value|rupiah }}", None, ""),
        ("{{ value|rupiah }}", 0, "Rp0"),
        ("{{ value|nominal }}", 25_000, "25.000"),
        ("{{ value|phone }}", "+6281234567890", "0812-3456-7890"),
        ("{{ value|phone }}", "12345678901", "1234 5678 901"),
        ("{{ value|phone }}", "player.77(2)", "player.77(2)"),
        ("{{ value|phone_masked }}", "+6281234567890", "0812-••••-890"),
        ("{{ value|phone_masked }}", "12345678901", "••••901"),
        ("{{ value|phone_masked }}", None, ""),
        ("{{ value|sn }}", "00315555666677778890", "0031 5555 6666 7777 8890"),
        ("{{ value|sn }}", "12345678901234567890/BUDI/R1/900", "1234 5678 9012 3456 7890/BUDI/R1/900"),
        ("{{ value|sn }}", "R1.2", "R1.2"),
        ("{{ value|span }}", 5.0, "5 detik"),
        ("{{ value|span }}", 90, "90 detik"),
        ("{{ value|span }}", 1_800, "30 menit"),
        ("{{ value|span }}", 86_400, "24 jam"),
        ("{{ value|sn }}", None, ""),
    ],
)
def test_a_value_is_written_the_one_way(source: str, value: object, shown: str) -> None:
    assert _shown(source, value=value) == shown


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Jakarta", "09.41 WIB"),
        ("Asia/Pontianak", "09.41 WIB"),
        ("Asia/Makassar", "10.41 WITA"),
        ("Asia/Jayapura", "11.41 WIT"),
        ("WITA", "10.41 WITA"),
        ("WIT", "11.41 WIT"),
        (ZoneInfo("Asia/Jayapura"), "11.41 WIT"),
        (None, "09.41 WIB"),
        ("", "09.41 WIB"),
    ],
)
def test_a_clock_shows_the_zone_of_the_dealer(zone: object, shown: str) -> None:
    assert _shown("{{ moment|clock:zone }}", moment=MOMENT, zone=zone) == shown


def test_proof_of_delivery_shows_seconds() -> None:
    assert _shown("{{ moment|clock_seconds:'WIB' }}", moment=MOMENT) == "09.41.12 WIB"


@pytest.mark.parametrize(("language", "shown"), [("id", "24 Mei 2026"), ("en", "24 May 2026")])
def test_a_day_is_written_in_the_language_of_the_page(language: str, shown: str) -> None:
    with translation.override(language):
        assert _shown("{{ moment|day }}", moment=MOMENT) == shown
        assert _shown("{{ moment|day }}", moment=dt.date(2026, 5, 24)) == shown


def test_a_day_begins_when_it_begins_at_the_dealer() -> None:
    late = dt.datetime(2026, 5, 24, 15, 30, tzinfo=dt.UTC)
    assert _shown("{{ moment|day:'Asia/Jayapura' }}", moment=late) == "25 Mei 2026"
    assert _shown("{{ moment|day:'Asia/Jakarta' }}", moment=late) == "24 Mei 2026"


def test_no_moment_shows_nothing() -> None:
    assert _shown("{{ moment|clock:'WIB' }}{{ moment|clock_seconds }}{{ moment|day }}", moment=None) == ""


@pytest.mark.parametrize(
    ("hundredths", "shown"), [(150, "1,5 %"), (100, "1 %"), (-50, "-0,5 %"), (-125, "-1,25 %"), (0, "0 %")]
)
def test_a_percentage_keeps_its_sign(hundredths: int, shown: str) -> None:
    assert words.percent(hundredths) == shown
