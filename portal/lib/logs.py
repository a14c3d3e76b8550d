"""Log lines that can be searched, cannot be forged and give nobody away.

JSON in production, one readable line in development; the same path for structlog and for the
standard library, so Django's, Celery's and granian's own lines are masked too. Phone and meter
numbers keep their ends, secrets disappear, control characters are escaped: whoever types a line
break into a form cannot write a log line of their own.
"""

import logging
import re
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_LONGEST = 16_000
_DEEPEST = 5

_GAP = r"(?:[\s.\-()+\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff]|%20|%2D|%2E|%2d|%2e){0,3}"
_PHONE = re.compile(rf"(?<!\d)(?:\+?62|0062|0){_GAP}0?{_GAP}8(?:{_GAP}\d){{8,11}}(?!\d)|(?<![\d.,])8\d{{8,11}}(?![\d])")
_METER = re.compile(
    r"(?:(?<=%[0-9A-Fa-f]{2})|(?<![A-Za-z0-9.,])(?<![0-9a-f]{4}-))"
    r"(?:\d{4}[ -]\d{4}[ -]\d{3,4}|\d{11,12})(?![A-Za-z0-9])"
)

_SECRET_WORDS = frozenset(
    {"password", "passwd", "pass", "sandi", "secret", "token", "csrfmiddlewaretoken", "sign", "signature"}
    | {"authorization", "cookie", "apikey", "pin", "otp", "t"}
)
_NAMES = (
    r"password|passwd|sandi|secret|api[_-]?key|csrfmiddlewaretoken|token|signature|sign|"
    r"proxy-authorization|authorization|set-cookie|cookie|pin|otp"
)
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:(?:Bearer|Basic)\s+)?[^\s"'&,;}\])]+)"""
_ASSIGNED = re.compile(rf"""(?i)(?<![a-z])((?:{_NAMES})s?\d*(?:[_-]\w+)?["']?\s*(?:=>|[:=])\s*){_VALUE}""")
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://[^\s:/@]*:)[^\s/@]+@"), rf"\1{HIDDEN}@"),
    (_ASSIGNED, rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(Bearer|Basic)\s+(?!\[hidden\])[\w.~+/=-]{6,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?<![\w-])(t=)[^&\s\"'#]+"), rf"\1{HIDDEN}"),
    # The same inside an address that is itself a parameter: `?next=/o/…/?t=…`, quoted.
    (re.compile(r"(?<=%3F|%26)(t%3D)[^&\s\"'#%]+"), rf"\1{HIDDEN}"),
    (re.compile(r"whsec_[\w+/=-]+"), HIDDEN),
    # Django's password-reset token: base-36 seconds, a dash, 32 hexadecimal digits.
    (re.compile(r"(?<![\w-])[0-9a-z]{1,13}-[0-9a-f]{32}(?![\w-])"), HIDDEN),
)
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_CONTROL |= {9: " ", 10: "\\n", 13: "\\r", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def mask(text: str) -> str:
    """The text without secrets, and with phone and meter numbers reduced to their ends (`0812****890`)."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    text = _PHONE.sub(lambda found: _ends(found.group(), first=4), text)
    return _METER.sub(lambda found: _ends(found.group(), first=0), text)


def _ends(number: str, *, first: int) -> str:
    digits = re.sub(r"%[0-9A-Fa-f]{2}|\D", "", number)
    return f"{digits[:first]}****{digits[-3:]}"


def _is_secret(key: str) -> bool:
    words = [word.lower().rstrip("0123456789") for word in _CAMEL.split(key)]
    secret = any(word in _SECRET_WORDS or word.removesuffix("s") in _SECRET_WORDS for word in words)
    return secret or "apikey" in "".join(words)


def _clean(value: object, depth: int = 0) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        # Shorter numbers are amounts; nobody keeps a phone number as an int on purpose.
        return _PHONE.sub(lambda found: _ends(found.group(), first=4), str(value)) if value >= 10**9 else value
    if depth < _DEEPEST:
        if isinstance(value, Mapping):
            return _clean_pairs(value, depth + 1)
        if isinstance(value, list | tuple | set | frozenset):
            return [_clean(item, depth + 1) for item in value]
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return mask(text[:_LONGEST])


def _clean_pairs(pairs: Mapping[Any, Any], depth: int = 0) -> dict[str, Any]:
    return {str(key): HIDDEN if _is_secret(str(key)) else _clean(value, depth) for key, value in pairs.items()}


def _masked(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    # What we wrote ourselves is no personal data, and must stay comparable.
    ours = {key: event.pop(key) for key in ("timestamp", "level", "logger", "request_id") if key in event}
    words = {"event": event.pop("event", "")}
    return ours | _clean_pairs({**words, **event})


def _readable(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    head = " ".join(str(event.pop(key, "-")) for key in ("timestamp", "level"))
    logger, words, exception = event.pop("logger", "-"), event.pop("event", ""), event.pop("exception", "")
    pairs = " ".join(f"{key}={value}" for key, value in event.items())
    line = f"{head} {logger}: {words} {pairs}".rstrip().translate(_CONTROL)
    # The bar keeps a traceback readable and shows that its lines are no log lines.
    tail = "".join(f"\n    | {row.translate(_CONTROL)}" for row in str(exception).splitlines())
    return line + tail


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever `sys.stderr` is now, not to what it was when logging was configured."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def configure(*, json: bool) -> None:
    """Route structlog and the standard library to one masked stream on stderr; may be called again."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = structlog.processors.JSONRenderer() if json else _readable
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                _masked,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Stderr)] + [handler]
    root.setLevel(logging.INFO)
    _quieten()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _quieten() -> None:
    for name in ("httpx", "httpcore", "urllib3", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("django.request").addFilter(_is_news)
    # granian brings handlers of its own, which would write paths with their secrets unmasked.
    for name in ("_granian", "granian.access"):
        own = logging.getLogger(name)
        own.handlers.clear()
        own.propagate = True


def _is_news(record: logging.LogRecord) -> bool:
    """Bad weather of the database (503) is told by whoever answered it, in one line and without a traceback."""
    return getattr(record, "status_code", None) != 503


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("konter").critical("uncaught %s", kind.__name__, exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
