"""The only way out: one blocking HTTP/1.1 client for everything that Konter asks of others.

A name is resolved once, refused unless every address is public (or allowed by the settings), and
the very address that was checked is connected to; TLS still proves the name. No proxy, no redirect,
no cookie. The whole call has one deadline, so that a server sending a byte a second cannot hold a
thread, and the answer has one size limit after decoding. An error says which side of the first byte
it happened on: `NotSent` is certain, everything later is `Unanswered`.
"""

import json
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import h11

from portal.lib import outbound_pool
from portal.lib.outbound_pool import Connection, ForbiddenAddress, NotSent, TooLate, check

__all__ = [
    "ForbiddenAddress", "NotSent", "Options", "Response", "TooLate", "Unanswered", "check", "get", "post_json", "send",
]  # fmt: skip

ANSWER_LIMIT = 256 * 1024
_KEPT_OF_A_BROKEN_ANSWER = 8 * 1024
_USER_AGENT = "Konter/1"
_GARBAGE = (OSError, h11.RemoteProtocolError, zlib.error, EOFError)


class Unanswered(Exception):
    """The request may have arrived; no usable answer came. `status` and `body` hold what did come."""

    def __init__(self, why: str, *, status: int | None = None, body: bytes = b"") -> None:
        super().__init__(why)
        self.status = status
        self.body = body[:_KEPT_OF_A_BROKEN_ANSWER]


@dataclass(frozen=True, kw_only=True)
class Response:
    """A complete answer, decoded; header names in lower case, the last of a repeated one wins."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Options:
    """`total_seconds` bounds the whole call; `not_after` is a `time.monotonic()` for the first byte."""

    total_seconds: float = 30.0
    not_after: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    answer_limit: int = ANSWER_LIMIT


@dataclass
class _Arriving:
    """What has come so far, so that a broken answer can still be shown to somebody."""

    limit: int
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    inflate: Any = None

    def begin(self, event: h11.Response) -> None:
        self.status = event.status_code
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
        coding = self.headers.get("content-encoding", "identity").lower()
        if coding in {"gzip", "x-gzip", "deflate"}:
            self.inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header
        elif coding not in {"identity", ""}:
            raise Unanswered(f"unknown content coding {coding[:40]!r}")

    def add(self, data: bytes) -> None:
        room = self.limit - len(self.body) + 1
        # The decoder itself stops at the limit: a bomb is never unpacked.
        self.body += self.inflate.decompress(data, room) if self.inflate else data[:room]
        if len(self.body) > self.limit:
            raise Unanswered(f"the answer is larger than {self.limit} bytes")

    def end(self) -> Response:
        if self.inflate and not self.inflate.eof and self.body:
            raise Unanswered("the compressed answer is cut off")
        return Response(status=self.status or 0, headers=self.headers, body=bytes(self.body))


def post_json(
    url: str,
    payload: Any,
    *,
    total_seconds: float = 30.0,
    not_after: float | None = None,
    headers: Mapping[str, str] | None = None,
    answer_limit: int = ANSWER_LIMIT,
) -> Response:
    """POST compact UTF-8 JSON and return the whole answer, whatever its status.

    Raises NotSent (TooLate, ForbiddenAddress) when certainly no byte of the request left, and
    Unanswered for everything after that: silence, a cut, an answer that is too large or malformed.
    """
    try:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError as bad:
        raise NotSent(f"not JSON: {bad}") from bad
    sent = {"content-type": "application/json", **(headers or {})}
    options = Options(total_seconds=total_seconds, not_after=not_after, headers=sent, answer_limit=answer_limit)
    return _call("POST", url, body, options)


def post(url: str, body: bytes, options: Options) -> Response:
    """POST these very bytes, for callers that sign them. Raises as `post_json`."""
    return _call("POST", url, body, options)


def send(method: str, url: str, body: bytes, options: Options) -> Response:
    """Any method with these very bytes, for callers that sign what they ask as well. Raises as `post_json`."""
    return _call(method, url, body, options)


def get(
    url: str,
    *,
    total_seconds: float = 30.0,
    headers: Mapping[str, str] | None = None,
    answer_limit: int = ANSWER_LIMIT,
) -> Response:
    """GET and return the whole answer, whatever its status; a redirect is an answer too. Raises as `post_json`."""
    return _call(
        "GET", url, b"", Options(total_seconds=total_seconds, headers=headers or {}, answer_limit=answer_limit)
    )


def _call(method: str, url: str, body: bytes, options: Options) -> Response:
    deadline = time.monotonic() + options.total_seconds
    request = _request(method, url, body, options.headers)
    connection = outbound_pool.take(url, deadline=deadline, not_after=options.not_after)
    arriving = _Arriving(limit=options.answer_limit)
    try:
        connection.start(request, body, not_after=options.not_after, deadline=deadline)
        response = _receive(connection, arriving, deadline)
    except Unanswered as broken:
        raise Unanswered(str(broken), status=arriving.status, body=bytes(arriving.body)) from broken
    except _GARBAGE as broken:
        why = f"{type(broken).__name__}: {broken}"[:200]
        raise Unanswered(why, status=arriving.status, body=bytes(arriving.body)) from broken
    finally:
        outbound_pool.give_back(connection)
    return response


def _request(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> h11.Request:
    try:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [("host", parts.netloc.rpartition("@")[2]), ("user-agent", _USER_AGENT), ("accept-encoding", "gzip")]
        own = {name.lower() for name in headers}
        lines = [line for line in lines if line[0] not in own] + list(headers.items())
        if method != "GET":
            lines.append(("content-length", str(len(body))))
        return h11.Request(method=method, target=target, headers=lines)
    except (ValueError, h11.LocalProtocolError) as bad:
        raise NotSent(f"not a request that HTTP can carry: {bad}") from bad


def _receive(connection: Connection, arriving: _Arriving, deadline: float) -> Response:
    while True:
        event = connection.next_event(deadline)
        if isinstance(event, h11.Response):
            arriving.begin(event)
        elif isinstance(event, h11.Data):
            arriving.add(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            return arriving.end()
        elif isinstance(event, h11.ConnectionClosed):
            raise Unanswered("the connection was closed before an answer")
