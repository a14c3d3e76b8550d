"""A small HTTP/1.1 server: keep-alive, JSON bodies with a length, one request at a time per connection.

A handler answers with a `Reply` at once, or with a coroutine when time must pass first. A reply may
misbehave: say nothing, be cut, arrive byte by byte.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

_HEAD_LIMIT = 16 * 1024
_BODY_LIMIT = 1024 * 1024
_PHRASES = {200: b"OK", 302: b"Found", 400: b"Bad Request", 404: b"Not Found", 500: b"Internal Server Error"}


@dataclass(frozen=True)
class Request:
    """What came; header names in lower case."""

    method: str
    path: str
    query: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What goes back. `cut_after` closes the connection after so many bytes of the whole answer (0: before
    the first); `silent` says nothing until the caller leaves; `byte_seconds` is the pause after each byte,
    from byte number `slow_from` on."""

    status: int = 200
    body: bytes = b""
    kind: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    cut_after: int | None = None
    silent: bool = False
    byte_seconds: float = 0.0
    slow_head: bool = False

    def wire(self) -> tuple[bytes, bytes]:
        """Head and body as they are sent."""
        lines = [b"HTTP/1.1 %d %s" % (self.status, _PHRASES.get(self.status, b"Other")), b"Content-Type: " + self.kind]
        lines.append(b"Content-Length: %d" % len(self.body))
        lines += [name + b": " + value for name, value in self.headers]
        return b"\r\n".join(lines) + b"\r\n\r\n", self.body


Handler = Callable[[Request, Callable[[Callable[[], None]], None]], Reply | Coroutine[Any, Any, Reply]]


@dataclass(eq=False)
class Connection(asyncio.Protocol):
    """One client. `at_end` callbacks of a request run when its answer is out or the client is gone."""

    handler: Handler
    open_connections: set["Connection"]
    _transport: asyncio.Transport | None = None
    _came: bytearray = field(default_factory=bytearray)
    _task: asyncio.Task[None] | None = None
    _at_end: list[Callable[[], None]] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- for the type checker
        self._transport = transport
        self.open_connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        self.open_connections.discard(self)
        if self._task:
            self._task.cancel()
        self._finish()

    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._task is None:
            self._serve()

    def abort(self) -> None:
        if self._transport:
            self._transport.abort()

    def _serve(self) -> None:
        while self._task is None and (request := self._next_request()):
            answer = self.handler(request, self._at_end.append)
            if isinstance(answer, Reply) and not self._is_slow(answer):
                self._send(answer)
            else:
                self._task = asyncio.ensure_future(self._later(answer))

    @staticmethod
    def _is_slow(reply: Reply) -> bool:
        return reply.silent or reply.byte_seconds > 0

    def _next_request(self) -> Request | None:
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            if len(self._came) > _HEAD_LIMIT:
                self.abort()
            return None
        lines = bytes(self._came[:end]).decode("latin-1").split("\r\n")
        try:
            method, target, _ = lines[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            length = int(headers.get("content-length", "0"))
        except ValueError:
            self.abort()
            return None
        if "transfer-encoding" in headers or not 0 <= length <= _BODY_LIMIT:
            self.abort()
            return None
        total = end + 4 + length
        if len(self._came) < total:
            return None
        body = bytes(self._came[end + 4 : total])
        del self._came[:total]
        path, _, query = target.partition("?")
        return Request(method, path, query, body)

    def _send(self, reply: Reply) -> None:
        head, body = reply.wire()
        if self._transport is None or self._transport.is_closing():
            pass
        elif reply.cut_after is None:
            self._transport.write(head + body)
        else:
            self._transport.write((head + body)[: reply.cut_after])
            self._transport.close()
        self._finish()

    async def _later(self, answer: Reply | Coroutine[Any, Any, Reply]) -> None:
        reply = answer if isinstance(answer, Reply) else await answer
        if self._is_slow(reply):
            await self._dawdle(reply)
        else:
            self._send(reply)
        self._task = None
        self._serve()

    async def _dawdle(self, reply: Reply) -> None:
        head, body = reply.wire()
        if reply.silent:
            await asyncio.get_running_loop().create_future()  # until the caller leaves
        quick, slow = (b"", head + body) if reply.slow_head else (head, body)
        if self._transport:
            self._transport.write(quick)
            for byte in slow:
                self._transport.write(bytes([byte]))
                await asyncio.sleep(reply.byte_seconds)
        self._finish()

    def _finish(self) -> None:
        callbacks, self._at_end = self._at_end, []
        for callback in callbacks:
            with contextlib.suppress(RuntimeError):
                callback()
