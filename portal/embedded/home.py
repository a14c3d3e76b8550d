"""`$KONTER_HOME`: one folder, one supervisor, and a place short enough for sockets.

The lock is a flock on a file in the home itself, so a killed holder frees it and no other user is shut out.
A unix socket's path may have 107 bytes: longer ones are cut silently, so deep homes (and homes that PostgreSQL's
account cannot enter) get a short private temporary folder, recorded in the home and used again after a crash.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO

from portal.embedded.account import can_enter
from portal.embedded.environment import StartError, write_private
from portal.processes import Account

LONGEST_SOCKET_PATH = 107
_LONGEST_SOCKET_NAME = "/postgres/.s.PGSQL.5432.lock"
_SHORT = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 a private folder is made inside


class Home:
    """The folder in which the embedded services keep their data."""

    def __init__(self, path: Path) -> None:
        """Nothing is touched before `open`."""
        self.path = path
        self.sockets = path / "sockets"
        self._record = path / "sockets.path"
        self._lock: IO[str] | None = None

    def open(self, guest: Account | None = None) -> None:
        """Create the folder, take its lock, and find a place for sockets that `guest` can enter too.

        Raises StartError when the folder cannot be used or another supervisor uses it.
        """
        try:
            self._create()
            self._take_lock()
            self.sockets = self._socket_folder(guest)
        except OSError as error:
            raise StartError(
                f"KONTER_HOME {self.path} cannot be used by {_user_name()}: {error.strerror} ({error.filename}). "
                "Give that user the folder, or set KONTER_HOME to another one."
            ) from error

    @property
    def is_open(self) -> bool:
        """Whether its lock is ours."""
        return self._lock is not None

    def close(self) -> None:
        """Remove the sockets and free the lock."""
        if self._lock is None:
            return
        shutil.rmtree(self.sockets, ignore_errors=True)
        self._record.unlink(missing_ok=True)
        self._lock.close()
        self._lock = None

    def _create(self) -> None:
        if not self.path.exists():
            self.path.mkdir(parents=True)
            # The account that PostgreSQL runs as for root must be able to pass through.
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        list(self.path.iterdir())
        probe = self.path / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()

    def _take_lock(self) -> None:
        file = (self.path / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise StartError(
                f"Konter already runs in {self.path} (process {holder}). Stop it first, or set KONTER_HOME and PORT."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._lock = file

    def _socket_folder(self, guest: Account | None) -> Path:
        inside = self.path / "sockets"
        if fits(inside) and can_enter(guest, self.path):
            return self._prepared(inside)
        with contextlib.suppress(OSError):
            known = Path(self._record.read_text(encoding="utf-8"))
            if _is_ours(known) and belongs_to(known, self.path) and fits(known):
                return self._prepared(known)
        for place in (tempfile.gettempdir(), *_SHORT):
            with contextlib.suppress(OSError):
                made = Path(tempfile.mkdtemp(prefix="konter-", dir=place))
                if fits(made) and can_enter(guest, self._prepared(made)):
                    mark(made, self.path)
                    write_private(self._record, str(made))
                    return made
                made.rmdir()
        raise StartError("No temporary folder with a path short enough for a socket was found; set TMPDIR to /tmp.")

    @staticmethod
    def _prepared(folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        return folder


def fits(folder: Path) -> bool:
    """Whether every socket of ours has room under this folder."""
    return len(os.fsencode(folder)) + len(_LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_PATH


def mark(folder: Path, home: Path) -> None:
    """Note in a folder elsewhere which home it belongs to."""
    write_private(folder / "home", f"{home}\n{home.stat().st_ino}")


def belongs_to(folder: Path, home: Path) -> bool:
    """Whether a folder elsewhere was made for this home, which may have been moved since; never for a copy of it.

    Raises OSError when the folder is gone.
    """
    path, _, inode = (folder / "home").read_text(encoding="utf-8").partition("\n")
    return path == str(home) or inode == str(home.stat().st_ino)


def _is_ours(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"
