"""Static files are collected again when they changed, and only then."""

from pathlib import Path

import pytest

from portal import collected


@pytest.fixture
def base(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    for name in ("requirements.txt", "portal/settings.py", "static/site.css", "dealers/static/desk.css"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("a")
    return project


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/static").mkdir(parents=True)
    (tmp_path / "home/static/staticfiles.json").write_text("{}")
    return tmp_path / "home"


def test_what_was_collected_is_current(base: Path, home: Path) -> None:
    collected.remember(home, collected.fingerprint(base))
    assert collected.is_current(home, collected.fingerprint(base))


def test_nothing_collected_is_not_current(base: Path, home: Path) -> None:
    assert not collected.is_current(home, collected.fingerprint(base))


@pytest.mark.parametrize(
    "name", ["requirements.txt", "portal/settings.py", "static/site.css", "dealers/static/desk.css", "static/new.css"]
)
def test_a_change_in_any_source_makes_it_old(base: Path, home: Path, name: str) -> None:
    collected.remember(home, collected.fingerprint(base))
    (base / name).write_text("ab")
    assert not collected.is_current(home, collected.fingerprint(base))


def test_collected_files_that_were_removed_are_not_current(base: Path, home: Path) -> None:
    collected.remember(home, collected.fingerprint(base))
    (home / "static/staticfiles.json").unlink()
    assert not collected.is_current(home, collected.fingerprint(base))
