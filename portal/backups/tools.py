"""PostgreSQL's own programs: which one fits a server, and how to run it without showing a password.

The wheel has them in version 18. Those installed on the machine come first when they are of the server's own version:
what pg_restore 18 says at the beginning of a restore is not understood by a server older than 17.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from psycopg2 import extensions

from portal.backups.manifest import NoBackup
from portal.embedded.postgres import installed
from portal.processes import Process, run

HOURS = 6 * 3600.0
"""Seconds that a copy of everything may take."""
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def find(program: str, *, major: int) -> Path:
    """The program for a server of this major version."""
    ours = installed() / "bin" / program
    on_path = shutil.which(program)
    places = [Path(f"/usr/lib/postgresql/{major}/bin/{program}"), *([Path(on_path)] if on_path else []), ours]
    for place in places:
        if place.exists() and _major(place) == major:
            return place
    return ours


def call(program: Path, *arguments: str, dsn: str, environment: Mapping[str, str] | None = None) -> None:
    """Run it against a database until it ends, its files being ours alone. Raises NoBackup with what it said."""
    words = extensions.parse_dsn(dsn)
    password = words.pop("password", "")
    process = Process(
        name=program.name,
        argv=[str(program), "--no-password", f"--dbname={extensions.make_dsn(**words)}", *arguments],
        environment={"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": password, **(environment or {})},
        private_files=True,
    )
    code, printed = run(process, timeout=HOURS)
    if code != 0:
        raise NoBackup(f"{program.name} failed with exit code {code}:\n{printed.strip()[-2000:]}")


def _major(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    found = _VERSION.search(said)
    return int(found[1]) if found else 0
