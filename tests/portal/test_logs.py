"""Nobody's number and no secret reaches the log, and nobody but us writes its lines."""

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from portal.lib import logs

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    before = logging.getLogger().handlers[:], structlog.get_config(), sys.excepthook, threading.excepthook
    logs.configure(json=True)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logging.getLogger().handlers = before[0]
    structlog.configure(**before[1])
    sys.excepthook, threading.excepthook = before[2:]
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    "number",
    [
        "081234567890",
        "+6281234567890",
        "6281234567890",
        "006281234567890",
        "81234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "+62 812.3456.7890",
        "(0812) 3456 7890",
        "0811234567",
        "0895123456789",
        "%2B6281234567890",
        "0812%203456%207890",
        "0812\u200b34567890",
        "0812\u20113456\u20117890",
        "12345678901",
        "123456789012",
        "1234 5678 901",
        "1234-5678-9012",
    ],
)
@pytest.mark.parametrize("around", ["{}", "to {} now", "destination={}&sku=TSEL10", '{{"destination": "{}"}}', "<{}>"])
def test_a_number_keeps_only_its_ends(number: str, around: str) -> None:
    masked = logs.mask(around.format(number))
    assert number not in masked
    assert "****" in masked
    assert sum(char.isdigit() for char in masked.replace("TSEL10", "").replace("%2B", "")) <= 7


@pytest.mark.parametrize(
    "text",
    [
        "Rp25.400 of 1.000.000.000",
        "1763949600 and 1763949600123",
        "2026-11-24T03:56:12.123456Z",
        "took 0.12345678901 s",
        "K7M3Q9XA2BC TSEL10 rc 00",
        "123e4567-e89b-12d3-a456-426614174000",
        "SN 12345678901234567890",
        "127.0.0.1:8000 GET /k/berkah-cell/ 200",
    ],
)
def test_what_is_no_number_of_a_person_stays(text: str) -> None:
    assert logs.mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "/o/K7M3Q9XA2BC/?t=geheim123",
        "/o/K7M3Q9XA2BC/?a=1&t=geheim123&b=2",
        "/akun/masuk/?next=%2Fo%2FK7M3Q9XA2BC%2Frefund%2F1%2F%3Ft%3Dgeheim123%26way%3Dwallet",
        "password=geheim123",
        "{'password': 'geheim123 met spatie'}",
        '{"api_key": "geheim123", "x": 1}',
        '{"sign":"geheim123"}',
        "apiKey: geheim123",
        "digiflazz_secret=geheim123",
        "SECRET_KEY = 'geheim123'",
        "Authorization: Bearer geheim123",
        "Authorization: Basic geheim123==",
        "sent with Bearer geheim123",
        "postgresql://konter:geheim123@localhost/konter",
        "redis://:geheim123@localhost/0",
        "pin=geheim123&dest=1",
        "whsec_geheim123",
        "csrfmiddlewaretoken=geheim123",
        "new_password1=geheim123",
        "Cookie: geheim123",
    ],
)
def test_a_secret_disappears_from_a_text(text: str) -> None:
    masked = logs.mask(text)
    assert "geheim123" not in masked
    assert "spatie" not in masked
    assert logs.HIDDEN in masked


def test_a_password_reset_link_is_worth_nothing_in_the_log() -> None:
    assert "czv2jx" not in logs.mask("/akun/atur-ulang/MQ/czv2jx-0123456789abcdef0123456789abcdef/")


@pytest.mark.parametrize(
    "text", ["the design=new", "assigned=5", "signal: 9", "tokenised words", "the secret of success"]
)
def test_words_that_only_look_like_secrets_stay(text: str) -> None:
    assert logs.mask(text) == text


@pytest.mark.parametrize(
    "key",
    ["password", "api_key", "apiKey", "buyer_secret", "token", "Authorization", "sign", "t", "new_password1", "tokens"],
)
def test_a_secret_key_hides_its_value_at_any_depth(lines: Lines, key: str) -> None:
    structlog.get_logger("test").info("event", **{key: "geheim123"}, nested=[{key: {"deep": "geheim123"}}])
    (line,) = lines()
    assert line[key] == logs.HIDDEN
    assert "geheim123" not in str(line)


def test_values_of_every_kind_are_masked(lines: Lines) -> None:
    class Named:
        def __str__(self) -> str:
            return "budi 081234567890"

    structlog.get_logger("test").info(
        "for 081234567890",
        text="081234567890",
        number=6281234567890,
        raw=b"081234567890",
        thing=Named(),
        many=("081234567890", {"081234567890"}),
        amount=850_000_000,
    )
    (line,) = lines()
    assert "34567" not in json.dumps(line)
    assert line["amount"] == 850_000_000


def _fail(words: str) -> None:
    raise ValueError(words)


def test_an_exception_is_one_masked_line(lines: Lines) -> None:
    try:
        _fail("no such number 081234567890, password=geheim123\n{}")
    except ValueError:
        structlog.get_logger("test").exception("it broke")
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/o/X/?t=geheim123")
    for line in lines():
        assert "ValueError" in line["exception"]
        assert "34567" not in str(line)
        assert "geheim123" not in str(line)


def test_the_standard_library_is_masked_and_carries_the_request_id(lines: Lines) -> None:
    structlog.contextvars.bind_contextvars(request_id="12345678901aaaaaaaaa081234567890")
    logging.getLogger("django.request").warning("Not Found: %s", "/o/X/?t=geheim123")
    logging.getLogger("granian.access").info('"%(path)s?%(qs)s"', {"path": "/o/X/", "qs": "t=geheim123"})
    logging.getLogger("celery").info("to %s", "081234567890")
    shown = lines()
    assert len(shown) == 3
    assert {line["request_id"] for line in shown} == {"12345678901aaaaaaaaa081234567890"}
    assert "geheim123" not in str(shown)
    assert "081234567890" not in str([line["event"] for line in shown])


def test_granian_cannot_keep_handlers_that_mask_nothing(lines: Lines) -> None:
    logger = logging.getLogger("granian.access")
    logger.addHandler(logging.StreamHandler())
    logger.propagate = False
    logs.configure(json=True)
    assert logger.handlers == []
    assert logger.propagate


def test_times_are_utc(lines: Lines) -> None:
    structlog.get_logger("test").info("now")
    (line,) = lines()
    assert line["timestamp"].endswith("Z")
    assert (line["level"], line["logger"], line["event"]) == ("info", "test", "now")


FORGED = "budi\n2026-11-24T00:00:00Z info bank: paid\r\x1b[31m\x00\u2028red"


def test_a_line_break_in_json_forges_no_line(lines: Lines) -> None:
    structlog.get_logger("test").info("name " + FORGED, name=FORGED)
    logging.getLogger("other").info("name %s", FORGED)
    assert [line["event"][:9] for line in lines()] == ["name budi", "name budi"]


def test_a_line_break_in_development_forges_no_line(lines: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=False)
    structlog.get_logger("test").info("name " + FORGED, name=FORGED)
    logging.getLogger("other").info("name %s", FORGED)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 2
    assert "\x1b" not in written
    assert "\x00" not in written


def test_a_line_break_in_an_exception_is_marked_as_part_of_it(lines: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=False)
    try:
        _fail(FORGED)
    except ValueError:
        structlog.get_logger("test").exception("it broke")
    first, *rest = capsys.readouterr().err.splitlines()
    assert first.endswith("error test: it broke")
    assert rest
    assert all(line.startswith("    | ") for line in rest)


def test_what_nobody_caught_is_masked_too(lines: Lines) -> None:
    error = ValueError("for 081234567890")
    logs._uncaught(ValueError, error, None)
    (line,) = lines()
    assert line["level"] == "critical"
    assert "34567" not in str(line)


def test_configuring_twice_writes_once(lines: Lines) -> None:
    logs.configure(json=True)
    structlog.get_logger("test").info("once")
    assert len(lines()) == 1
