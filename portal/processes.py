"""Programs as children: each in a process group of its own, each ending when we end.

`Process` says what to run, `Child` is one that runs. `/proc` answers the questions that a parent
cannot: which processes of an earlier, killed run are still alive.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from portal.lib import parent


@dataclass(frozen=True)
class Account:
    """A user of this machine that a program may run as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Process:
    """What to run, how to ask it to stop, and for how many seconds to wait before SIGKILL."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path = Path("/")
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace: float = 5.0
    private_files: bool = False


class Child:
    """A running `Process`. Start it from the main thread: it ends when the thread that forked it ends."""

    def __init__(self, process: Process, *, output: int | IO[bytes]) -> None:
        """Start the program, its standard output and error going to `output`.

        Raises OSError when it cannot be started.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"{process.name} must be started from the main thread")
        parent.prepare()
        account = process.account
        self.process = process
        self.started = time.monotonic()
        # The user is changed before preexec_fn runs, so the request for the death signal survives.
        self._popen = subprocess.Popen(
            process.argv,
            env=dict(process.environment),
            cwd=process.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077 if process.private_files else -1,
            preexec_fn=partial(parent.end_with, os.getpid(), process.death_signal),  # noqa: PLW1509 no threads here
        )

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._popen.pid

    @property
    def stdout(self) -> IO[bytes] | None:
        """The reading end of its output, if `output` was a pipe."""
        return self._popen.stdout

    def has_ended(self) -> bool:
        """Whether the leader has ended; collects it."""
        return self._popen.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, the exit code, or minus the signal that ended it."""
        return self._popen.returncode

    def how_it_ended(self) -> str:
        """`exit code 3` or `SIGKILL`."""
        code = self.exit_code
        if code is None:
            return "still running"
        if code >= 0:
            return f"exit code {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    def ask_to_stop(self) -> None:
        """Send the leader its stop signal, unless it has ended."""
        if not self.has_ended():
            self._popen.send_signal(self.process.stop_signal)

    def kill_group(self) -> None:
        """SIGKILL whatever is left of its process group and collect what became ours."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._popen.returncode is None:
            self._popen.wait()
        self.collect_group()

    def collect_group(self) -> None:
        """Collect ended members of the group that were adopted; call when the leader has been collected."""
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-self.pid, os.WNOHANG)[0]:
                pass

    def stop(self) -> None:
        """Ask, wait for the grace period, then kill; returns when nothing of its group is left."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(self.process.grace)
        self.kill_group()


def run(process: Process, *, timeout: float) -> tuple[int, str]:
    """Run a program to its end (seconds) and return its exit code and what it printed."""
    child = Child(process, output=subprocess.PIPE)
    try:
        printed, _ = child._popen.communicate(timeout=timeout)  # noqa: SLF001 our own class
    except subprocess.TimeoutExpired:
        return 124, f"{process.name} did not end within {timeout:g} s"
    finally:
        child.kill_group()
    return child.exit_code or 0, printed.decode(errors="replace")


def every_pid() -> Iterator[int]:
    """The ids of all processes that this user can see."""
    with contextlib.suppress(OSError):
        yield from [int(entry) for entry in os.listdir("/proc") if entry.isdecimal()]  # noqa: PTH208 names only


def working_in(folder: Path) -> list[int]:
    """Processes whose working directory is exactly this folder (ended ones have none)."""
    place, found = os.path.realpath(folder), []
    for pid in every_pid():
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/cwd") == place:  # noqa: PTH115 compares text
                found.append(pid)
    return found


def started_with(variables: Mapping[str, str]) -> list[int]:
    """Processes, ourselves excepted, in whose environment every variable has the given value ("" = any value)."""
    found = []
    for pid in every_pid():
        with contextlib.suppress(OSError):
            entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            if pid != os.getpid() and all(_holds(entries, name, value) for name, value in variables.items()):
                found.append(pid)
    return found


def _holds(entries: list[bytes], name: str, value: str) -> bool:
    wanted = f"{name}={value}".encode()
    return any(entry == wanted if value else entry.startswith(wanted) for entry in entries)


def kill(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each; those that have ended or are not ours are skipped."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Look every 20 ms until the condition holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
