"""What lies in a backup's folder, written last: a folder without a manifest is no backup.

It holds no secret. Of the encryption keys it names the ids, so that a restore can say which key is missing
before anything is touched.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from portal.embedded.environment import write_private

NAME = "manifest.json"
FORMAT = 1


class NoBackup(Exception):
    """The backup cannot be made, or is none that can be restored; the message is a sentence."""


class Kind(StrEnum):
    """How the database was copied."""

    DUMP = "dump"
    BASE = "base"


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of the backup: bytes and sha256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What was backed up, when (UTC), by which version, and what the files must be."""

    kind: Kind
    started_at: datetime
    ended_at: datetime
    konter: str
    postgres: int
    """The server's major version."""
    system_identifier: str
    migrations: tuple[str, ...]
    """`app.name` of each that was applied."""
    keys: tuple[str, ...]
    """The ids of the encryption keys that were in use."""
    rows: Mapping[str, int]
    """Rows of each table in the snapshot; empty for a base backup, which ends at no snapshot of ours."""
    files: Mapping[str, File]

    @property
    def moment(self) -> datetime:
        """Everything that was committed before this is in it: of later things a base backup has some, a dump none."""
        return self.started_at

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files.values())


def write(folder: Path, manifest: Manifest) -> None:
    """Make the folder a backup."""
    content = {"format": FORMAT, **asdict(manifest)}
    content |= {name: getattr(manifest, name).isoformat() for name in ("started_at", "ended_at")}
    write_private(folder / NAME, json.dumps(content, indent=1))


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises NoBackup when there is none that this version understands."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise NoBackup(f"The backup in {folder} was made by another version of Konter; restore it with that one.")
        return Manifest(
            **{
                **content,
                "kind": Kind(content["kind"]),
                "started_at": datetime.fromisoformat(content["started_at"]),
                "ended_at": datetime.fromisoformat(content["ended_at"]),
                "migrations": tuple(content["migrations"]),
                "keys": tuple(content["keys"]),
                "files": {name: File(**file) for name, file in content["files"].items()},
            }
        )
    except FileNotFoundError as missing:
        raise NoBackup(f"{folder} holds no {NAME}: it is no backup, or one that was never completed.") from missing
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoBackup(f"{folder / NAME} cannot be read: {error}") from error


def verify(folder: Path, manifest: Manifest) -> None:
    """Read every file through. Raises NoBackup when one is missing, cut short or changed."""
    for name, wanted in manifest.files.items():
        path = folder / name
        if Path(name).name != name or not path.is_file():
            raise NoBackup(f"{path} is missing: the backup is not whole.")
        if describe(path) != wanted:
            raise NoBackup(f"{path} is not what the backup wrote (size or sha256 differ): use another backup.")


def describe(path: Path) -> File:
    """Size and hash of a file."""
    with path.open("rb") as file:
        return File(size=os.fstat(file.fileno()).st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def key_ids(keys: str) -> tuple[str, ...]:
    """The ids in `KONTER_ENCRYPTION_KEYS`."""
    return tuple(key.partition(":")[0].strip() for key in keys.split(",") if ":" in key)
