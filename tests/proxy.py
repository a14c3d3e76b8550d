"""A TCP proxy between the portal and what it rests on, for tests in which the line itself fails.

It passes bytes on to a TCP address or a unix socket until it is told to hold them, to cut a connection at a
chosen byte, or to reset all of them. One thread with an event loop of its own does everything and ends with it;
a fault is in force when the call that asked for it returns.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

T = TypeVar("T")

Side = Literal["request", "answer"]
Target = tuple[str, int] | Path
Watch = Callable[[bytes], int | None]
"""Sees each piece of one direction of one connection; how many of its bytes may still pass, None: all, and go on."""

_PIECE = 64 * 1024
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing sends RST."""


class Proxy:
    """`with Proxy(("127.0.0.1", 5432)) as line: line.port`; faults last until `heal`, a cut until it has happened."""

    def __init__(self, target: Target, *, port: int = 0) -> None:
        """`target` is a host and a port, or the path of a unix socket; `port` 0 takes any that is free."""
        self.host, self.port = "127.0.0.1", port
        self.connections = 0
        """How many were accepted so far."""
        self.has_cut = threading.Event()
        """Set when a cut that was asked for has happened."""
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._links: dict[_Link, asyncio.Task[None]] = {}
        self._delay = 0.0
        self._cut: _Cut | None = None
        self._resets = False
        self._flows = asyncio.Event()

    def delay(self, seconds: float) -> None:
        """Hold each piece this long, in both directions."""
        self._call(lambda: setattr(self, "_delay", seconds))

    def cut_after(self, count: int, *, of: Side = "answer") -> None:
        """End the first connection on which `count` more bytes have passed in this direction, right there."""
        self._arm(_Cut(of, lambda: _counting(count)))

    def cut_at(self, *patterns: bytes, forwarded: bool = True) -> None:
        """End the first connection whose client sends these, one behind the other.

        With `forwarded` the last one still reaches the server, whose answer is lost; otherwise it never arrives.
        """
        self._arm(_Cut("request", lambda: _Looking(patterns, forwarded=forwarded)))

    def blackhole(self) -> None:
        """Accept, and pass nothing on in any direction; what came meanwhile passes when the line is healed."""
        self._call(self._flows.clear)

    def reset(self) -> None:
        """Reset (RST) every connection, and each new one as soon as it is accepted."""
        self._call(self._reset_all)

    def heal(self) -> None:
        """No fault any more. What was cut or reset stays so."""
        self._call(self._heal)

    def _arm(self, cut: "_Cut") -> None:
        def arm() -> None:
            self.has_cut.clear()
            self._cut = cut

        self._call(arm)

    def _reset_all(self) -> None:
        self._resets = True
        for link in self._links:
            link.reset()

    def _heal(self) -> None:
        self._delay, self._cut, self._resets = 0.0, None, False
        self._flows.set()

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._run(self._listen())
        except BaseException:
            self._end_loop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._run(self._end())
        self._end_loop()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _call(self, act: Callable[[], object]) -> None:
        async def once() -> None:
            act()

        self._run(once())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        self._server.close()
        for link in self._links:
            link.abort()
        for task in (serving := list(self._links.values())):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        link = _Link(self, reader, writer)
        if self._resets:
            link.reset()
            return
        self._links[link] = self._loop.create_task(self._serve(link))

    async def _serve(self, link: "_Link") -> None:
        try:
            await link.run()
        except OSError:  # one of the two ends went away: that is what lines do
            link.abort()
        finally:
            self._links.pop(link)


class _Link:
    """One client's connection, and the one to the server that belongs to it."""

    def __init__(self, line: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._line = line
        self._client = (reader, writer)
        self._writers = [writer]
        self._is_cut = False

    async def run(self) -> None:
        """Pass bytes in both directions until both have ended. Raises OSError when an end breaks."""
        line = self._line
        await line._flows.wait()
        if isinstance(line._target, Path):
            server = await asyncio.open_unix_connection(str(line._target))
        else:
            server = await asyncio.open_connection(*line._target)
        self._writers.append(server[1])
        try:
            await asyncio.gather(
                self._pump("request", self._client[0], server[1]), self._pump("answer", server[0], self._client[1])
            )
        finally:
            for writer in self._writers:
                writer.close()

    async def _pump(self, side: Side, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        line, armed = self._line, None
        watch: Watch = _everything
        while piece := await source.read(_PIECE):
            if line._delay:
                await asyncio.sleep(line._delay)
            await line._flows.wait()
            if self._is_cut:
                continue  # nobody listens any more; the server may still say what it has to say
            if line._cut is not armed:
                armed = line._cut
                watch = armed.watch() if armed is not None and armed.side == side else _everything
            passes = watch(piece)
            sink.write(piece[:passes])
            if passes is not None:
                self._cut_off(sink if side == "request" else None)
                return
            await sink.drain()
        if sink.can_write_eof() and not sink.is_closing():
            sink.write_eof()

    def _cut_off(self, to_server: asyncio.StreamWriter | None) -> None:
        """The client is gone at once; the server sees the end behind what was passed on, and its answer is lost."""
        self._line._cut, self._is_cut = None, True
        self._client[1].close()
        if to_server is not None:
            to_server.write_eof()
        else:
            self._writers[-1].close()
        self._line.has_cut.set()

    def reset(self) -> None:
        """RST to both ends; a unix socket knows none and is closed."""
        for writer in self._writers:
            sock = writer.get_extra_info("socket")
            if sock is not None and sock.family == socket.AF_INET:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.abort()

    def abort(self) -> None:
        """Close both ends without a further byte."""
        for writer in self._writers:
            writer.transport.abort()


class _Cut:
    """A cut that waits for its moment; each connection is watched by a watch of its own."""

    def __init__(self, side: Side, watch: Callable[[], Watch]) -> None:
        self.side, self.watch = side, watch


def _everything(_piece: bytes) -> int | None:
    return None


def _counting(count: int) -> Watch:
    left = count

    def watch(piece: bytes) -> int | None:
        nonlocal left
        if len(piece) >= left:
            return left
        left -= len(piece)
        return None

    return watch


class _Looking:
    """Finds patterns one behind the other, also where a pattern begins in one piece and ends in another."""

    def __init__(self, patterns: tuple[bytes, ...], *, forwarded: bool) -> None:
        self._patterns, self._forwarded = list(patterns), forwarded
        self._seen = b""

    def __call__(self, piece: bytes) -> int | None:
        text = self._seen + piece
        while (at := text.find(self._patterns[0])) >= 0:
            pattern = self._patterns.pop(0)
            if not self._patterns:
                return len(piece) if self._forwarded else max(0, at - len(text) + len(piece))
            text = text[at + len(pattern) :]
        self._seen = text[-(len(self._patterns[0]) - 1) :] if len(self._patterns[0]) > 1 else b""
        return None
