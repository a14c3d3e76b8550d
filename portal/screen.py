"""What the person at the terminal sees: one line per event, each with the name of the process that said it.

A terminal or pipe that nobody reads must not stop the shop: lines that do not fit are dropped and counted.
"""

import contextlib
import os
import select

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 95)
_PIECE = 4096
"""Bytes that a pipe takes without blocking once it reports room (PIPE_BUF)."""


class Screen:
    """Writes whole lines to a file descriptor, without ever waiting for its reader."""

    def __init__(self, descriptor: int, *, width: int = 10) -> None:
        """`width` is the longest name of a process, in characters."""
        self._descriptor = descriptor
        self._width = width
        self._coloured = os.isatty(descriptor) and "NO_COLOR" not in os.environ
        self._colours: dict[str, int] = {}
        self._dropped = 0

    def line(self, name: str, text: str) -> None:
        """Show one line said by a process."""
        if self._dropped and self._write(f"{self._prefix('konter')}… {self._dropped} lines were not shown\n"):
            self._dropped = 0
        if self._dropped or not self._write(f"{self._prefix(name)}{text}\n"):
            self._dropped += 1

    def _prefix(self, name: str) -> str:
        padded = f"{name:<{self._width}} | "
        if not self._coloured:
            return padded
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        return f"\x1b[{colour}m{padded}\x1b[0m"

    def _write(self, text: str) -> bool:
        data = text.encode(errors="replace")[:_PIECE]
        data = data if data.endswith(b"\n") else data[:-1] + b"\n"
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        with contextlib.suppress(OSError):  # closed by its reader: nobody is there to be told
            if not poll.poll(0):
                return False
            os.write(self._descriptor, data)
        return True


class Lines:
    """Cuts what a process prints into lines; a line longer than 8 KiB is shown in parts."""

    def __init__(self) -> None:
        """Empty."""
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that are complete now."""
        *complete, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > 8192:
            complete.append(self._rest)
            self._rest = b""
        return [_text(line) for line in complete]

    def rest(self) -> list[str]:
        """What came after the last line break, when no more will come."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")
