"""Keeps processes running and shows what they say; one thread, because children end with the thread that forked them.

Processes are kept in stages: a stage starts when the one before it is ready, and stops before it. One that dies is
reported and started again, after its whole group was killed: workers of a killed parent would go on serving.
"""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, Self

from portal.embedded import StartError
from portal.lib import parent
from portal.processes import Child, Process, kill, started_with, wait_until
from portal.screen import Lines, Screen

_FIRST_DELAY = 0.1
_LONGEST_DELAY = 5.0
_STEADY = 10.0
"""Seconds after which a process counts as healthy, and its next end as a new trouble."""
_TURN = 0.05


def _nothing() -> None:
    pass


class Stopped(Exception):
    """Somebody asked the supervisor to stop (Ctrl-C, SIGTERM)."""


@dataclass(kw_only=True)
class Kept:
    """A process that is to run all the time."""

    process: Process
    before_start: Callable[[], None] = _nothing
    """Clears the way before every start; may raise StartError, which counts as a failed start."""
    child: Child | None = None
    failures: int = 0
    due: float = 0.0
    """When to start again (monotonic seconds), while there is no child."""

    @property
    def name(self) -> str:
        """As shown on the screen."""
        return self.process.name


@dataclass
class _Output:
    name: str
    pipe: IO[bytes]
    lines: Lines = field(default_factory=Lines)


class Supervisor:
    """Starts, watches, restarts and stops; use it in a `with` block, from the main thread."""

    def __init__(self, screen: Screen) -> None:
        """Nothing happens before `with`."""
        self._screen = screen
        self._stages: list[list[Kept]] = []
        self._selector = selectors.DefaultSelector()
        self._signals = 0
        self._stopping = False
        self._earlier: dict[int, object] = {}
        self._waker, self._woken = socket.socketpair()
        self._own: set[int] = set()

    def __enter__(self) -> Self:
        parent.adopt_orphans(adopt=True)
        for end in (self._waker, self._woken):
            end.settimeout(0)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup asks for hang-ups to be ignored; a shell ignores Ctrl-C for what it starts in the background.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                self._earlier[number] = signal.signal(number, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stop()
        finally:
            parent.adopt_orphans(adopt=False)
            signal.set_wakeup_fd(-1)
            for number, handler in self._earlier.items():
                signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal returned
            self._selector.close()
            self._waker.close()
            self._woken.close()

    def say(self, text: str) -> None:
        """A line of the supervisor's own."""
        self._screen.line("konter", text)

    def keep(self, stage: Sequence[Kept]) -> None:
        """Start these processes and keep them running."""
        self._stages.append(list(stage))
        for kept in stage:
            self._start(kept)

    def once(self, process: Process, *, seconds: float) -> int:
        """Run a process to its end, showing what it says, and return its exit code (124: it took too long)."""
        child = self._spawn(process)
        try:
            ended = self.wait_for(child.has_ended, seconds=seconds)
        finally:
            self._bury(child)
        code = child.exit_code
        return code if ended and code is not None else 124

    def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Watch over everything until the condition holds; False when the time is over.

        Raises Stopped when somebody asks to stop.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            again = time.monotonic() + _TURN  # not at every line that a process prints
            while time.monotonic() < again:
                self._turn(again - time.monotonic())
        return True

    def watch(self) -> None:
        """Watch over everything until somebody asks to stop."""
        with contextlib.suppress(Stopped):
            while True:
                self._turn(_TURN)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _turn(self, seconds: float) -> None:
        if self._signals and not self._stopping:
            raise Stopped
        self._read(max(0.0, seconds))
        for kept in [kept for stage in self._stages for kept in stage]:
            self._look_after(kept)
        self._collect_adopted()

    def _look_after(self, kept: Kept) -> None:
        if kept.child is None:
            if time.monotonic() >= kept.due:
                self._start(kept)
        elif kept.child.has_ended():
            self._bury(kept.child)
            if time.monotonic() - kept.child.started > _STEADY:
                kept.failures = 0
            self._postpone(kept, f"ended ({kept.child.how_it_ended()})")
            kept.child = None

    def _start(self, kept: Kept) -> None:
        try:
            kept.before_start()
            kept.child = self._spawn(kept.process)
        except (OSError, StartError) as error:
            self._postpone(kept, f"did not start: {error}")
        else:
            self.say(f"{kept.name} started (process {kept.child.pid})")

    def _postpone(self, kept: Kept, what: str) -> None:
        delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2**kept.failures)
        kept.failures += 1
        kept.due = time.monotonic() + delay
        self.say(f"{kept.name} {what}; starts again in {delay:.1f} s")

    def _spawn(self, process: Process) -> Child:
        child = Child(process, output=subprocess.PIPE)
        self._own.add(child.pid)
        assert child.stdout is not None  # noqa: S101 asked for a pipe
        os.set_blocking(child.stdout.fileno(), False)
        self._selector.register(child.stdout, selectors.EVENT_READ, _Output(process.name, child.stdout))
        return child

    def _read(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if isinstance(key.data, _Output):
                self._show(key.data)
            else:
                self._woken.recv(64)

    def _bury(self, child: Child) -> None:
        """End its group, and show its last words before going on: they explain its end."""
        child.kill_group()
        self._own.discard(child.pid)
        self._read(0)

    def _show(self, output: _Output) -> None:
        try:
            data = os.read(output.pipe.fileno(), 65536)
        except BlockingIOError:
            return
        lines = output.lines.feed(data) if data else output.lines.rest()
        for line in lines:
            self._screen.line(output.name, line)
        if not data:
            self._selector.unregister(output.pipe)
            output.pipe.close()

    def _collect_adopted(self) -> None:
        """Collect ended grandchildren that became ours; our own children are collected where they are watched."""
        with contextlib.suppress(ChildProcessError):
            while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if found.si_pid in self._own:
                    return
                os.waitpid(found.si_pid, 0)

    def _stop(self) -> None:
        self._stopping = True
        for stage in reversed(self._stages):
            self._stop_stage([kept.child for kept in reversed(stage) if kept.child])
        self._stages = []
        # Whatever left its group still carries our mark.
        mine = {parent.SUPERVISED: str(os.getpid())}
        kill(started_with(mine), signal.SIGKILL)
        wait_until(lambda: self._nothing_left(mine), seconds=2)

    def _nothing_left(self, mine: dict[str, str]) -> bool:
        self._collect_adopted()
        return not started_with(mine)

    def _stop_stage(self, children: list[Child]) -> None:
        for child in children:
            child.ask_to_stop()
        asked, signals = time.monotonic(), self._signals
        waiting = list(children)
        while waiting:
            self._read(0.05)
            impatient = self._signals > signals
            for child in list(waiting):
                late = impatient or time.monotonic() - asked > child.process.grace
                if child.has_ended() or late:
                    how = child.how_it_ended() if child.has_ended() else "killed: it did not stop in time"
                    self._bury(child)
                    self.say(f"{child.process.name} stopped ({how})")
                    waiting.remove(child)
