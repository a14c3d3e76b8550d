"""Whether the static files were already collected: compressing them all again takes most of a restart.

What counts is everything they are made of: our own files by size and time, the packages by `requirements.txt`,
and the settings that name the storage.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent


def fingerprint(base: Path = BASE) -> str:
    """A short text that changes when a collected file could."""
    found = hashlib.sha256(sys.version.encode())
    for source in (base / "requirements.txt", base / "portal" / "settings.py"):
        found.update(source.read_bytes())
    for path in _files(base):
        status = path.stat()
        found.update(f"{path.relative_to(base)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()


def is_current(home: Path, wanted: str) -> bool:
    """Whether `home/static` was collected from files with this fingerprint."""
    try:
        return (home / "static" / "staticfiles.json").exists() and _note(home).read_text(encoding="utf-8") == wanted
    except OSError:
        return False


def remember(home: Path, collected: str) -> None:
    """Note the fingerprint taken before a collection that succeeded."""
    _note(home).write_text(collected, encoding="utf-8")


def _note(home: Path) -> Path:
    return home / "static.collected"


def _files(base: Path) -> Iterator[Path]:
    folders = [base / "static", *sorted(base.glob("*/static"))]
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.is_file())
