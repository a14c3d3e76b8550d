"""Grandchildren of the supervisor end with their parent, and only they."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.lib.parent import SUPERVISED
from portal.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, time
from portal.lib.parent import die_with_parent
reading, writing = os.pipe()
pid = os.fork()
if pid == 0:
    die_with_parent()
    os.write(writing, b"x")
    time.sleep(600)
os.read(reading, 1)
print(pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("survives", [False, True])
def test_a_worker_ends_with_its_parent_only_under_the_supervisor(survives: bool) -> None:
    supervisor = "" if survives else str(os.getpid())
    parent = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, SUPERVISED: supervisor},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    try:
        assert wait_until(lambda: not _runs(worker), seconds=0.5 if survives else 5) is not survives
    finally:
        if _runs(worker):
            os.kill(worker, signal.SIGKILL)
        parent.stdout.close()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
