"""A process that does not outlive the one that started it.

Linux tells a process when its parent has ended (`prctl(PR_SET_PDEATHSIG)`). The supervisor asks for this
between fork and exec; web workers and pool children, which it did not start itself, ask for it as they begin.
Two traps: "parent" means the *thread* that forked, and a change of user id forgets the request.
"""

import ctypes
import os
import signal
import sys
from functools import cache

SUPERVISED = "KONTER_SUPERVISED"
"""Environment variable that holds the supervisor's process id in everything it starts."""

_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux" and _libc().prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")


def end_with(parent: int, death_signal: int) -> None:
    """Have the kernel send `death_signal` to this process when `parent` ends; for use between fork and exec."""
    # A shell that starts a program in the background leaves these ignored, and exec keeps what is ignored.
    for ignored in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_DFL)
    _prctl(_SET_PARENT_DEATH_SIGNAL, death_signal)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)


def die_with_parent() -> None:
    """End (SIGKILL) when the process that forked this one ends; does nothing outside the supervisor.

    For web workers and Celery's children: a `kill -9` of their parent would leave them serving.
    """
    supervisor = os.environ.get(SUPERVISED, "")
    if not supervisor.isdecimal():
        return
    parent = os.getppid()
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent or not is_alive(int(supervisor)):
        os.kill(os.getpid(), signal.SIGKILL)


def stop_with_parent() -> None:
    """Have this process receive SIGTERM when the one that started it (make) is killed."""
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def adopt_orphans(*, adopt: bool) -> None:
    """Become (or cease to be) the parent of every descendant whose own parent ends, so that none is lost from sight."""
    _prctl(_SET_CHILD_SUBREAPER, int(adopt))


def prepare() -> None:
    """Load what `end_with` needs before the first fork: a child between fork and exec should not import."""
    _libc()


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
