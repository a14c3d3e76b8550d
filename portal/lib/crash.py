"""Named places at which a process can be told to die, so that tests can prove nothing depends on luck.

`KONTER_CRASH_AT=name[:n[:how]]` ends the process the n-th time (default: the first) that it
passes `point(name)`: `kill` (SIGKILL, the default), `stop` (SIGSTOP) or `exit`.
"""

import os
import signal
from collections import Counter

from django.conf import settings

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Die here if this is the place and the turn that was asked for; otherwise cost nothing."""
    if not settings.CRASH_AT or not settings.CRASH_AT.startswith(name):
        return
    wanted, _, rest = settings.CRASH_AT.partition(":")
    turn, _, how = rest.partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    if _passed[name] != int(turn or 1):
        return
    if how == "exit":
        os._exit(70)
    os.kill(os.getpid(), signal.SIGSTOP if how == "stop" else signal.SIGKILL)
