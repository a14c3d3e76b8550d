"""What lies in deploy/ says the same as the code: variables, programs, options."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.management import get_commands

from portal import plan

BASE = Path(plan.__file__).resolve().parent.parent
DEPLOY = BASE / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
CODE = "/srv/konter/current"
_READ = re.compile(r"""(?:env\.\w+|_required|_database)\(\s*"([A-Z][A-Z_]+)\"""")
_LINE = re.compile(r"([A-Z_]+)='([^']*)'")


def _example(name: str) -> dict[str, str]:
    lines = (DEPLOY / f"{name}.env.example").read_text().splitlines()
    found = [_LINE.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert None not in found, "systemd and a shell read values alike only in single quotes"
    return {match[1]: match[2] for match in found if match}


def test_the_example_names_every_variable_that_the_settings_read() -> None:
    read = set(_READ.findall((BASE / "portal/settings.py").read_text())) - {"NO_SUCH_VARIABLE"}
    assert {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "KONTER_TRUSTED_PROXIES"} <= read
    assert set(_example("konter")) == read


def test_the_example_says_what_each_variable_is() -> None:
    lines = (DEPLOY / "konter.env.example").read_text().splitlines()
    silent = [line for before, line in zip(["", *lines], lines, strict=False) if "='" in line and before[:1] != "#"]
    assert silent == []


def test_what_serves_is_given_no_password_of_the_owner_or_the_auditor() -> None:
    serves, owner = _example("konter"), _example("owner")
    assert set(owner) == {"DATABASE_OWNER_URL", "DATABASE_AUDIT_URL"}
    for name in owner:
        assert ":PASSWORD@" not in serves[name]
        assert ":PASSWORD@" in owner[name]


def test_the_example_holds_no_secret() -> None:
    given = _example("konter")
    assert {given[name] for name in ("SECRET_KEY", "KONTER_ENCRYPTION_KEYS", "METRICS_TOKEN")} == {""}


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_starts_a_program_that_is_there(unit: Path) -> None:
    argv = _command(unit)
    program = Path(argv[0].replace(f"{CODE}/.venv/bin", str(Path(sys.executable).parent)))
    assert program.exists()
    if argv[1] == "manage.py":
        assert argv[2] in get_commands()


def test_the_web_unit_serves_as_make_run_does() -> None:
    here = _options(_command(DEPLOY / "systemd/konter-web@.service"))
    there = _options(plan.programs(plan.read_plan({"KONTER_HOME": "/nowhere"}), {})[1].argv)
    own = {"--host", "--port", "--workers-kill-timeout", "--respawn-interval"}
    assert {name: value for name, value in here.items() if name not in own} == {
        name: value for name, value in there.items() if name not in own
    }
    assert here["--host"] == "127.0.0.1"  # or X-Forwarded-Proto could come from anybody


def _command(unit: Path) -> list[str]:
    (line,) = re.findall(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)
    return shlex.split(line)


def _options(argv: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, following in zip(argv, [*argv[1:], "--"], strict=True):
        if word.startswith("--"):
            found[word] = "" if following.startswith("--") else following
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace(f"{CODE}/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / unit.name).write_text(text)
    names = [unit.name.replace("@.", "@8101.") for unit in UNITS]
    verified = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{name}" for name in names)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder like /srv/konter/current whose Python says what it was given, and whose setpriv only notes itself."""
    for folder in ("deploy", "etc", "bin", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(DEPLOY / "manage", tmp_path / "deploy")
    (tmp_path / "etc/konter.env").write_text("A='1 < 2 & $HOME'\nDATABASE_OWNER_URL='without'\n")
    _program(tmp_path / ".venv/bin/python", 'printf "%s|" "$PWD" "$A" "$DATABASE_OWNER_URL" "$@"')
    _program(tmp_path / "bin/setpriv", 'while [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"')
    return tmp_path


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _manage(folder: Path, *arguments: str) -> list[str]:
    environment = {"PATH": f"{folder}/bin:/usr/bin:/bin", "KONTER_ETC": str(folder / "etc")}
    argv = [str(folder / "deploy/manage"), *arguments]
    ran = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True, timeout=30)
    return ran.stdout.split("|")[:-1]


def test_commands_by_hand_get_the_environment_of_the_services(installed: Path) -> None:
    said = _manage(installed, "open_dealer", "toko", "--name", "Toko Baru")
    assert said[:3] == [str(installed), "1 < 2 & $HOME", "without"]
    assert said[3:] == ["manage.py", "open_dealer", "toko", "--name", "Toko Baru"]


def test_commands_by_hand_get_the_owners_address_where_it_may_be_read(installed: Path) -> None:
    (installed / "etc/owner.env").write_text("DATABASE_OWNER_URL='with a password'\n")
    assert _manage(installed, "migrate")[2] == "with a password"
