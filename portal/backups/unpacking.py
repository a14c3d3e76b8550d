"""A base backup becomes a data directory: unpacked, checked by PostgreSQL's own list, owned by whoever runs it."""

import json
import shutil
import tarfile
from pathlib import Path

from portal.backups.manifest import File, NoBackup, describe
from portal.backups.taking import BASE, WAL
from portal.embedded.postgres import Postgres


def unpack(folder: Path, server: Postgres, *, major: int) -> None:
    """Make the server's data directory from the files of the backup. Raises NoBackup when they are not whole.

    The server must be of the same major version: a later one does not read these files.
    """
    ours = server.version()
    if ours != major:
        raise NoBackup(f"The base backup is of PostgreSQL {major}, and Konter brings {ours}: restore a dump instead.")
    server.make_room()
    data = server.data
    data.mkdir(mode=0o700)
    _extract(folder / BASE, data)
    _extract(folder / WAL, data / "pg_wal")
    shutil.copy(folder / "backup_manifest", data / "backup_manifest")
    _check(data)
    server.own(data)


def _extract(archive: Path, into: Path) -> None:
    try:
        with tarfile.open(archive) as files:
            files.extractall(into, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise NoBackup(f"{archive} cannot be unpacked: {error}") from error


def _check(data: Path) -> None:
    """Every file as PostgreSQL read it, by its own list; the wheel's pg_verifybackup crashes, hence by hand."""
    listed = json.loads((data / "backup_manifest").read_text(encoding="utf-8"))["Files"]
    for entry in listed:
        path = data / (entry.get("Path") or bytes.fromhex(entry["Encoded-Path"]).decode(errors="surrogateescape"))
        found = describe(path) if path.is_file() else None
        if found != File(size=entry["Size"], sha256=entry["Checksum"]):
            raise NoBackup(f"{path.name} is not as PostgreSQL wrote it: the base backup is not whole.")
