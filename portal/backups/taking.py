"""Taking a backup: into a folder with another name, which becomes the backup by being renamed at the end."""

import contextlib
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg2 import extensions

from portal.backups import database, manifest, tools
from portal.backups.manifest import Kind, Manifest, NoBackup

DUMP = "konter.dump"
BASE = "base.tar.gz"
WAL = "pg_wal.tar.gz"
_PROJECT = Path(__file__).resolve().parent.parent.parent / "pyproject.toml"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the database is. `superuser` is the embedded server's own; "" where the server is somebody else's."""

    auditor: str
    superuser: str
    keys: str
    """`KONTER_ENCRYPTION_KEYS`, of which only the ids are written down."""


@dataclass
class _Seen:
    """What was learned of the database, in the snapshot that is dumped if it is a dump."""

    started_at: datetime
    major: int
    identifier: str
    migrations: tuple[str, ...]
    rows: dict[str, int]
    snapshot: str


def take(source: Source, *, kind: Kind, folder: Path) -> Path:
    """Back up into a new folder below `folder`, while the portal sells; the new folder.

    Raises NoBackup with a sentence; nothing is left then.
    """
    if kind == Kind.BASE and not source.superuser:
        raise NoBackup("A base backup is for the embedded database; of your own server take it with pg_basebackup.")
    folder.mkdir(parents=True, exist_ok=True)
    name = f"konter-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{kind}"
    if (folder / name).exists():
        raise NoBackup(f"{folder / name} is there already: another backup was taken in the same second.")
    draft = folder / f".{name}.draft-{os.getpid()}"
    draft.mkdir(mode=0o700)
    try:
        seen = (_dump if kind == Kind.DUMP else _copy)(source, draft)
        _seal(draft, kind, seen, source.keys)
        draft.rename(folder / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _sync(folder)
    return folder / name


def _dump(source: Source, draft: Path) -> _Seen:
    with _watched(source.auditor) as seen:
        program = tools.find("pg_dump", major=seen.major)
        tools.call(
            program,
            "--format=custom",
            f"--snapshot={seen.snapshot}",
            "--exclude-schema=replaced_*",
            f"--file={draft / DUMP}",
            dsn=source.auditor,
        )
        return seen


def _copy(source: Source, draft: Path) -> _Seen:
    with _watched(source.auditor, counted=False) as seen:
        pass
    program = tools.find("pg_basebackup", major=seen.major)
    tools.call(
        program,
        *("--format=tar", "--gzip", "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256"),
        f"--pgdata={draft}",
        dsn=source.superuser,
    )
    return seen


@contextlib.contextmanager
def _watched(auditor: str, *, counted: bool = True) -> Iterator[_Seen]:
    """One snapshot, kept open: rows are counted in it and the dump is made from it."""
    with database.connected(auditor) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), now()")
        snapshot, now = cursor.fetchone() or ("", datetime.now(UTC))
        yield _look(cursor, snapshot, now, database.rows if counted else _uncounted)


def _uncounted(_cursor: extensions.cursor) -> dict[str, int]:
    return {}


def _look(
    cursor: extensions.cursor, snapshot: str, now: datetime, count: Callable[[extensions.cursor], dict[str, int]]
) -> _Seen:
    applied = database.migrations(cursor)
    if not applied:
        raise NoBackup("There is nothing of Konter's in this database: nothing to back up.")
    major, identifier = database.identity(cursor)
    return _Seen(
        started_at=now,
        major=major,
        identifier=identifier,
        migrations=applied,
        rows=count(cursor),
        snapshot=snapshot,
    )


def _seal(draft: Path, kind: Kind, seen: _Seen, keys: str) -> None:
    """Every file on the disk and readable by us alone, then the manifest."""
    files = {}
    for path in sorted(draft.iterdir()):
        path.chmod(0o600)
        _sync(path)
        files[path.name] = manifest.describe(path)
    written = Manifest(
        kind=kind,
        started_at=seen.started_at,
        ended_at=datetime.now(UTC),
        konter=tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"],
        postgres=seen.major,
        system_identifier=seen.identifier,
        migrations=seen.migrations,
        keys=manifest.key_ids(keys),
        rows=seen.rows,
        files=files,
    )
    manifest.write(draft, written)
    _sync(draft)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
