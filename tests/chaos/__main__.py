"""`make chaos`: every scenario against one Konter of its own, one line each; exit code 1 when one fails.

`ONLY=text` runs the scenarios whose name holds the text.
"""

import os
import sys
import time

import psycopg2

from tests.chaos.buyers import GaveUp
from tests.chaos.portal import Portal
from tests.chaos.scenarios import SCENARIOS, Scenario


def main() -> int:
    """Start, do harm, prove, stop."""
    wanted = os.environ.get("ONLY", "")
    chosen = [scenario for scenario in SCENARIOS if wanted in scenario.name]
    with Portal() as portal:
        _say(f"a Konter of our own is ready after {portal.start():.1f} s, in {portal.home}")
        results = [_passes(portal, scenario) for scenario in chosen]
        if all(results):
            return 0
        portal.keeps_folder = True
        _say(f"what was printed, and the databases, are left in {portal.folder}")
        return 1


def _passes(portal: Portal, scenario: Scenario) -> bool:
    began = time.monotonic()
    try:
        said, passed = scenario.run(portal), True
    except (AssertionError, GaveUp, OSError, psycopg2.Error) as error:
        said, passed = f"{type(error).__name__}: {error}", False
    row = f"row {scenario.row}" if scenario.row else ""
    seconds = time.monotonic() - began
    _say(f"{'pass' if passed else 'FAIL'}  {row:<7} {scenario.name:<38} {seconds:>6.1f} s  {said}")
    return passed


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
