"""A whole Konter of its own for the chaos scenarios: started as `make run` starts it, and its process table.

Everything is found in `/proc`, as somebody with a `kill` would find it; the supervisor is not asked.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from portal import running
from portal.embedded.environment import read_environment
from portal.processes import every_pid, wait_until

BASE = Path(__file__).resolve().parent.parent.parent


class Victim(StrEnum):
    """What can be killed, by the name that the process table shows."""

    WEB_PARENT = "web parent"
    WEB_WORKER = "web worker"
    DISPATCHER = "dispatcher"
    CELERY = "Celery worker"
    REDIS = "Redis"
    POSTGRES = "PostgreSQL"
    BACKEND = "a process of PostgreSQL's"


class Portal:
    """One running Konter with the demo's data, in a temporary home, on ports of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="konter-chaos-"))
        self.folder.chmod(0o711)  # as root, PostgreSQL runs as somebody else and must get through
        self.home = self.folder / "home"
        self.port, self.tls_port, self.simulator_port, self.spare_port = free_ports(4)
        self.simulator = f"http://127.0.0.1:{self.simulator_port}/log"
        self._printed = (self.folder / "printed").open("ab")
        self._up: subprocess.Popen[bytes] | None = None
        self.keeps_folder = False
        """Whether its home and what it printed are left for somebody to look at."""

    @property
    def environment(self) -> dict[str, str]:
        """What every program of this Konter is given; nothing of the caller's Konter gets in."""
        ours = ("KONTER_", "PG", "DATABASE_", "REDIS_", "CACHE_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {
            "KONTER_HOME": str(self.home),
            "PORT": str(self.port),
            "TLS_PORT": str(self.tls_port),
            "SIMULATOR_PORT": str(self.simulator_port),
            "KONTER_DEMO": "1",
        }

    @property
    def told(self) -> dict[str, str]:
        """What the embedded services say of themselves: the URLs of the database among it."""
        return read_environment(self.home)

    def start(self, *, seconds: float = 120) -> float:
        """Start everything in a process group of its own; the seconds until it was ready.

        Raises AssertionError when it is not ready in time.
        """
        began = time.monotonic()
        self._up = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=BASE,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        self.wait_until_ready(seconds=seconds)
        return time.monotonic() - began

    def wait_until_ready(self, *, seconds: float = 60) -> None:
        """Wait for /healthz/ready. Raises AssertionError with the last lines that were printed."""
        if not wait_until(self.is_ready, seconds=seconds):
            raise AssertionError(f"not ready within {seconds:g} s:\n{self.printed()[-2000:]}")

    def is_ready(self) -> bool:
        """Whether the web process says that it can work."""
        return running.is_ready("127.0.0.1", self.port)

    def printed(self) -> str:
        """Everything that all its programs wrote."""
        return (self.folder / "printed").read_text(errors="replace")

    def manage(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py beside it."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    @contextlib.contextmanager
    def beside(self, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
        """One more program of this Konter, such as a second dispatcher that is told where to crash."""
        program = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=BASE,
            env={**self.environment, **self.told, **variables},
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            yield program
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)  # the workers of a web process, too
            program.wait()

    def table(self) -> dict[Victim, list[int]]:
        """The processes of this Konter that can be killed, by kind; a kind that is down has none."""
        found: dict[Victim, list[int]] = {victim: [] for victim in Victim}
        for pid in every_pid():
            row = _Row.read(pid)
            victim = row.victim(self.home) if row else None
            if victim:
                found[victim].append(pid)
        return found

    def kill(self, victim: Victim, *, number: signal.Signals = signal.SIGKILL) -> int | None:
        """Send a signal to one process of this kind, any if there are several; its id, None when there is none."""
        pids = self.table()[victim]
        if not pids:
            return None
        pid = random.choice(pids)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        return pid

    @contextlib.contextmanager
    def frozen(self, victim: Victim) -> Iterator[None]:
        """While this lasts, every process of the kind stands still (SIGSTOP)."""
        pids = self.table()[victim]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def kill_everything(self) -> None:
        """`kill -9` of the supervisor's whole process group: what a power cut leaves."""
        assert self._up is not None
        os.killpg(self._up.pid, signal.SIGKILL)
        self._up.wait()

    def stop(self) -> list[int]:
        """Ctrl-C; the ids of the processes that live on, which should be none."""
        if self._up is not None and self._up.poll() is None:
            self._up.send_signal(signal.SIGINT)
            try:
                self._up.wait(15)
            except subprocess.TimeoutExpired:
                self.kill_everything()
        return [pid for pid in every_pid() if (row := _Row.read(pid)) and row.belongs_to(self.home)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self._printed.close()
        if not self.keeps_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class _Row:
    """One line of the process table: command, parent, environment, folder."""

    command: list[str]
    parent: int
    environment: set[str]
    folder: str

    @classmethod
    def read(cls, pid: int) -> "_Row | None":
        place = Path("/proc") / str(pid)
        try:
            command = (place / "cmdline").read_bytes().decode(errors="replace").split("\0")
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            environment = set((place / "environ").read_bytes().decode(errors="replace").split("\0"))
            return cls(command, parent, environment, str((place / "cwd").readlink()))
        except OSError:  # it has ended, or is somebody else's
            return None

    def belongs_to(self, home: Path) -> bool:
        return f"KONTER_HOME={home}" in self.environment or self.folder.startswith(f"{home}/")

    def victim(self, home: Path) -> Victim | None:
        if f"KONTER_HOME={home}" not in self.environment:
            return self._service(home)
        line = " ".join(self.command)
        if " granian " in line:
            above = _Row.read(self.parent)
            return Victim.WEB_WORKER if above and above.command == self.command else Victim.WEB_PARENT
        if "manage.py dispatcher" in line:
            return Victim.DISPATCHER
        return Victim.CELERY if " celery " in line else None

    def _service(self, home: Path) -> Victim | None:
        line = " ".join(self.command)
        if "redis-server" in self.command[0] and f"{home}/" in line:
            return Victim.REDIS
        if self.folder.startswith(f"{home}/") and "postgres" in self.command[0]:
            return Victim.POSTGRES if "postgres -D" in line else Victim.BACKEND
        return None


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; below the range from which the kernel takes ports of outgoing connections."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
    return found
