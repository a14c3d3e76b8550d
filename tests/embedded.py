"""A pytest plugin that gives the run its own PostgreSQL and Redis, of the kind that `make run` uses.

Loaded by `-p tests.embedded`, because settings read the environment before any conftest is imported. Everything
lies in a temporary folder and ends with pytest, also when pytest is killed. In a run of several processes
(`-n auto`) each of them has servers of its own, and the one that deals out the tests has none.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from portal.embedded.services import Services

_PREFIX = "konter-tests-"
_services: Services | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Start before pytest-django, whose own hook is not a wrapper, imports the settings."""
    if _deals_out(early_config):
        os.environ.update(KONTER_DEMO="1", KONTER_HOME=".konter-none")
    else:
        _start()
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """As many processes as there are cores to run on."""
    return len(os.sched_getaffinity(0))


def pytest_unconfigure() -> None:
    """Stop when the run is over."""
    _stop()


def superuser_url() -> str:
    """Where the database of this process is, for whom no wall stands; no test connects by it."""
    assert _services is not None and _services.postgres is not None
    return _services.postgres.url("postgres")


def _deals_out(config: pytest.Config) -> bool:
    """Whether this process only gives the tests to others, so that it needs settings but no servers."""
    asked = config.known_args_namespace
    if "PYTEST_XDIST_WORKER" in os.environ or asked.collectonly or asked.usepdb:
        return False
    return bool(getattr(asked, "numprocesses", None))


def _start() -> None:
    global _services  # noqa: PLW0603 one per process, as the environment is
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    _services = Services(folder / "home", durable=False)
    atexit.register(_stop)
    _services.start()
    for name in [name for name in os.environ if name.startswith(("KONTER_", "PG", "AXES_"))]:
        del os.environ[name]
    os.environ.update(_services.environment())
    os.environ.update(
        ALLOWED_HOSTS="localhost,127.0.0.1,testserver,.konter.test",
        KONTER_HOME=str(folder / "home"),
        KONTER_DEMO="0",
        CACHE_URL="locmem://konter",
        METRICS_TOKEN="metrics-token-of-the-tests",
    )
    for name in ("HOST", "PORT", "TLS_PORT", "SIMULATOR_PORT", "EMAIL_URL", "SENTRY_DSN"):
        os.environ.pop(name, None)


def _stop() -> None:
    global _services
    if _services is not None:
        services, _services = _services, None
        services.stop()
        shutil.rmtree(services.home.path.parent, ignore_errors=True)


def _remove_leftovers() -> None:
    """Folders of killed runs: ours, older than any test of a run beside this one, and locked by nobody."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            found = folder.lstat()
            if found.st_uid == os.geteuid() and time.time() - found.st_mtime > 3600 and _is_free(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_free(folder: Path) -> bool:
    lock = folder / "home" / "lock"
    if not lock.exists():
        return True
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
