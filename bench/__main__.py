"""Run every measure, print `name value unit` for each, and write bench/out/latest.json.

`ONLY=sync` runs one. A mark that is missed is printed as it is; the exit code tells only whether all could run.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import rig

OUT = Path(__file__).resolve().parent / "out" / "latest.json"
MEASURES = ("sync", "reconcile")


def main() -> int:
    """Measure what was asked for."""
    only = os.environ.get("ONLY", "")
    wanted = [name for name in MEASURES if only in {"", name}]
    if not wanted:
        print(f"no such measure: {only} (there are: {', '.join(MEASURES)})", file=sys.stderr)
        return 2
    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count()}
    with rig.database():
        found |= _settings()
        for name in wanted:
            found |= _measure(name)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"written to {OUT}")
    return 0


def _settings() -> dict[str, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit'), version()")
        fsync, commit, version = cursor.fetchone()
    return {"fsync": fsync, "synchronous_commit": commit, "postgresql": version}


def _measure(name: str) -> dict[str, Any]:
    from importlib import import_module

    measure = import_module(f"bench.{name}")
    facts: dict[str, Any] = measure.measure()
    for line in measure.lines(facts):
        print(line, flush=True)
    return facts


if __name__ == "__main__":
    sys.exit(main())
