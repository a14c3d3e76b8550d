"""The supervisor with small real processes: it restarts what dies, shows what is said, and leaves nothing."""

import os
import re
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.lib.parent import SUPERVISED
from portal.processes import Process, started_with, wait_until
from portal.screen import Screen
from portal.supervisor import Kept, Supervisor


class Shown:
    """A pipe in place of the terminal."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.text = ""

    def __contains__(self, line: str) -> bool:
        while select.select([self.reading], [], [], 0)[0]:
            self.text += os.read(self.reading, 65536).decode()
        return line in self.text


@pytest.fixture
def shown() -> Iterator[Shown]:
    pipe = Shown()
    yield pipe
    os.close(pipe.reading)
    os.close(pipe.writing)


@pytest.fixture
def screen(shown: Shown) -> Screen:
    return Screen(shown.writing)


def kept(name: str, program: str, *arguments: str, grace: float = 5.0) -> Kept:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", SUPERVISED: str(os.getpid())}
    process = Process(name=name, argv=[sys.executable, "-c", program, *arguments], environment=environment, grace=grace)
    return Kept(process=process)


SLEEP = "import time; print('up'); time.sleep(600)"
PARENT_AND_WORKER = """
import os, sys, time
if os.fork() == 0:
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
time.sleep(600)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(600)"
RUNAWAY = """
import os, time
if os.fork() == 0:
    os.setsid()
    print("away")
time.sleep(600)
"""


def test_what_a_process_prints_is_shown_by_line_with_its_name(screen: Screen, shown: Shown) -> None:
    program = "import sys, time; print('one\\ntwo'); print('three', file=sys.stderr); time.sleep(600)"
    with Supervisor(screen) as supervisor:
        supervisor.keep([kept("talker", program)])
        assert supervisor.wait_for(lambda: "three" in shown, seconds=10)
    assert re.findall(r"^talker +\| (\w+)$", shown.text, re.MULTILINE) == ["one", "two", "three"]


def test_a_process_that_is_killed_is_reported_and_started_again(screen: Screen, shown: Shown) -> None:
    sleeper = kept("sleeper", SLEEP)
    with Supervisor(screen) as supervisor:
        supervisor.keep([sleeper])
        assert sleeper.child is not None
        first = sleeper.child.pid
        os.kill(first, signal.SIGKILL)
        assert supervisor.wait_for(lambda: bool(sleeper.child and sleeper.child.pid != first), seconds=10)
        assert "sleeper ended (SIGKILL); starts again in 0.1 s" in shown


def test_a_process_that_keeps_failing_is_started_less_and_less_often(screen: Screen, shown: Shown) -> None:
    with Supervisor(screen) as supervisor:
        supervisor.keep([kept("broken", "raise SystemExit(3)")])
        assert supervisor.wait_for(lambda: "in 0.8 s" in shown, seconds=20)
    assert re.findall(r"broken ended \(exit code 3\); starts again in ([\d.]+) s", shown.text)[:4] == [
        "0.1",
        "0.2",
        "0.4",
        "0.8",
    ]


def test_a_worker_does_not_outlive_its_killed_parent(screen: Screen, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    server = kept("server", PARENT_AND_WORKER, str(pids))

    def workers() -> list[int]:
        return [int(line) for line in pids.read_text().split()] if pids.exists() else []

    with Supervisor(screen) as supervisor:
        supervisor.keep([server])
        assert supervisor.wait_for(lambda: len(workers()) == 1, seconds=10)
        assert server.child is not None
        os.kill(server.child.pid, signal.SIGKILL)
        assert supervisor.wait_for(lambda: len(workers()) == 2, seconds=10)
        assert not Path(f"/proc/{workers()[0]}").exists()


def test_stages_stop_in_reverse_order(screen: Screen, shown: Shown) -> None:
    with Supervisor(screen) as supervisor:
        supervisor.keep([kept("first", SLEEP)])
        supervisor.keep([kept("second", SLEEP)])
    assert "first stopped" in shown
    assert shown.text.index("second stopped") < shown.text.index("first stopped")


def test_a_process_that_ignores_the_request_to_stop_is_killed(screen: Screen, shown: Shown) -> None:
    with Supervisor(screen) as supervisor:
        supervisor.keep([kept("stubborn", STUBBORN, grace=0.3)])
        assert supervisor.wait_for(lambda: "| up" in shown, seconds=10)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert "stubborn stopped (killed: it did not stop in time)" in shown


def test_a_grandchild_that_left_the_group_is_found_at_the_end(screen: Screen, shown: Shown) -> None:
    with Supervisor(screen) as supervisor:
        supervisor.keep([kept("daemon", RUNAWAY)])
        assert supervisor.wait_for(lambda: "away" in shown, seconds=10)
    assert wait_until(lambda: not started_with({SUPERVISED: str(os.getpid())}), seconds=2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_watch_and_everything_with_it(screen: Screen, shown: Shown, number: signal.Signals) -> None:
    program = f"import os, time; os.kill(os.getppid(), {int(number)}); time.sleep(600)"
    with Supervisor(screen) as supervisor:
        supervisor.keep([kept("killer", program)])
        supervisor.watch()
    assert "killer stopped" in shown


def test_a_preparation_that_fails_gives_its_exit_code(screen: Screen, shown: Shown) -> None:
    with Supervisor(screen) as supervisor:
        step = kept("step", "print('no'); raise SystemExit(4)").process
        assert supervisor.once(step, seconds=10) == 4
    assert "step       | no" in shown


def test_a_preparation_that_takes_too_long_is_ended(screen: Screen) -> None:
    with Supervisor(screen) as supervisor:
        assert supervisor.once(kept("step", SLEEP).process, seconds=0.2) == 124


def test_a_terminal_that_nobody_reads_does_not_stop_anything() -> None:
    reading, writing = os.pipe()
    screen = Screen(writing)
    for number in range(5000):
        screen.line("loud", f"{number} {'x' * 100}")
    while select.select([reading], [], [], 0)[0]:
        os.read(reading, 65536)
    screen.line("loud", "the end")
    assert re.search(r"\d+ lines were not shown\nloud +\| the end\n$", os.read(reading, 65536).decode())
    os.close(reading)
    os.close(writing)
