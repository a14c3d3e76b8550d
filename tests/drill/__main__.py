"""`make drill`: a Konter of its own loses its database twice while it sells, and comes back from both kinds of backup.

Both backups are taken under load. Then everything is killed with `kill -9` and the database's folder is deleted. What
was acknowledged before a backup began must be there after its restore, the books must be clean, what was under way must
end with at most one delivery, and the shop must sell. The simulator is not restored: it remembers, as a supplier would.
"""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg2

from portal.processes import wait_until, working_in
from tests.chaos import proof
from tests.chaos.buyers import Bought, Crowd, GaveUp
from tests.chaos.portal import Portal

RATE = 6.0
"""Purchases begun a second."""
SECONDS = 30.0
"""Selling lasts at least so long."""
SOME = 15
"""Orders that are acknowledged before the first backup, and after the last."""
QUIET_SECONDS = 60.0
"""For which orders under way may go on before it is proven; some numbers never get a verdict from the simulator."""
PATIENCE = 180.0
"""Seconds within which so many are, on a slow machine too."""


@dataclass
class Drill:
    """The Konter, who buys there, and how long each step took."""

    portal: Portal
    crowd: Crowd
    took: list[tuple[str, float]] = field(default_factory=list)

    def say(self, what: str, began: float, more: str = "") -> None:
        """A line with the minutes since `began` (monotonic)."""
        seconds = time.monotonic() - began
        self.took.append((what, seconds))
        _print(f"{seconds / 60:6.2f} min  {what}{': ' + more if more else ''}")

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that must succeed."""
        ran = self.portal.manage(*arguments, seconds=600)
        assert ran.returncode == 0, f"{arguments[0]} failed:\n{ran.stdout}{ran.stderr}"
        return ran


def main() -> int:
    """Sell, back up, destroy, restore, twice; exit code 1 when anything is not as it must be."""
    with Portal() as portal:
        drill = Drill(portal, Crowd(host="127.0.0.1", port=portal.port))
        try:
            _run(drill)
        except (AssertionError, GaveUp, OSError, psycopg2.Error, subprocess.TimeoutExpired) as error:
            _print(f"FAIL  {type(error).__name__}: {error}")
            portal.keeps_folder = True
            _print(f"what was printed, and the databases, are left in {portal.folder}")
            return 1
    _print(f"{sum(seconds for _, seconds in drill.took) / 60:6.2f} min  in all: both backups brought the shop back")
    return 0


def _run(drill: Drill) -> None:
    portal, crowd = drill.portal, drill.crowd
    began = time.monotonic()
    portal.start(seconds=300)
    drill.say("a Konter of our own is ready", began, str(portal.home))
    over = threading.Event()
    selling = threading.Thread(target=_keep_selling, args=(crowd, over))
    began = time.monotonic()
    selling.start()
    try:
        _sells_some(crowd)
        by_dump, dump = _backup(drill)
        by_base, base = _backup(drill, "--base")
        _sells_some(crowd)
        time.sleep(max(0.0, began + SECONDS - time.monotonic()))
        assert not crowd.wrong, f"answers that nobody should get: {crowd.wrong[:5]}"
        assert len(by_base) > len(by_dump), "it did not sell during the first backup"
        _destroy(drill)  # in the middle of selling
    finally:
        over.set()
    _come_back(drill, dump, by_dump, "dump")
    selling.join()  # whoever still had the form open has bought by now, or given up
    _destroy(drill)
    _come_back(drill, base, by_base, "base backup")
    began = time.monotonic()
    left = portal.stop()
    assert not left, f"processes that live on after Ctrl-C: {left}"
    drill.say("stopped, and nothing lives on", began)


def _keep_selling(crowd: Crowd, over: threading.Event) -> None:
    while not over.is_set():
        crowd.keep_buying(a_second=RATE, seconds=5, buyers=12)


def _sells_some(crowd: Crowd) -> None:
    known = len(crowd.bought)
    assert wait_until(lambda: len(crowd.bought) >= known + SOME, seconds=PATIENCE), "it sells too little"


def _backup(drill: Drill, *arguments: str) -> tuple[Sequence[Bought], str]:
    """What had been acknowledged when it began, and where it lies."""
    known, began = list(drill.crowd.bought), time.monotonic()
    said = drill.manage("backup", *arguments).stdout.splitlines()
    drill.say(f"{' '.join(('backup', *arguments))} while selling", began, f"{len(known)} orders before it; {said[1]}")
    return known, said[0]


def _destroy(drill: Drill) -> None:
    began, lost = time.monotonic(), len(drill.crowd.bought)
    drill.portal.kill_everything()
    cluster = drill.portal.home / "cluster"
    assert wait_until(lambda: not working_in(cluster / "data"), seconds=30), "PostgreSQL outlives its supervisor"
    shutil.rmtree(cluster)
    drill.say("destroyed", began, f"everything killed, the database deleted; {lost} orders had been acknowledged")


def _come_back(drill: Drill, backup: str, told: Sequence[Bought], name: str) -> None:
    """Restore, serve, let what was under way end, prove, sell."""
    began = time.monotonic()
    for line in drill.manage("restore", backup).stdout.splitlines():
        _print(f"            {line.strip()}")
    drill.say(f"restored from the {name}, roll-ups rebuilt, audit clean", began)
    began = time.monotonic()
    drill.portal.start(seconds=300)
    drill.say("the portal answers again", began)
    began = time.monotonic()
    proof.quiet(drill.portal, seconds=QUIET_SECONDS)
    found = proof.prove(drill.portal, told, restored=True)
    assert not found.faults, "\n".join(found.faults[:12])
    drill.say(
        "proven",
        began,
        f"all {len(told)} orders of before are there, {found.captured} of {found.orders} delivered and captured, "
        f"none delivered twice, {found.undecided} at suppliers that have not said, audit clean",
    )
    began = time.monotonic()
    sold = [Crowd(host=drill.crowd.host, port=drill.crowd.port).buy() for _ in range(3)]
    assert all(one.is_paid for one in sold), "it does not sell"
    drill.say("sells again", began, f"{len(sold)} orders")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
