"""A PostgreSQL of the bench's own, durable as in production, and Django connected to it as `konter_app`."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.embedded.services import Services

_OURS = ("KONTER_", "PG", "DATABASE_", "REDIS_", "CACHE_")


@contextmanager
def database() -> Iterator[None]:
    """Start, migrate, and take everything away again. Call once, before anything of Django is imported."""
    folder = Path(tempfile.mkdtemp(prefix="konter-bench-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as somebody else and must get through
    try:
        with Services(folder / "home", redis=False, durable=True) as services:
            for name in [name for name in os.environ if name.startswith(_OURS)]:
                del os.environ[name]
            os.environ.update(services.environment())
            os.environ.update(
                KONTER_HOME=str(folder / "home"),
                KONTER_DEMO="0",
                ALLOWED_HOSTS="localhost",
                KONTER_PROBE_ALLOW_NETWORKS="127.0.0.0/8",
                DJANGO_SETTINGS_MODULE="portal.settings",
            )
            _migrate()
            yield
            _let_go()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", interactive=False, verbosity=0)


def _let_go() -> None:
    from django.db import connections

    connections.close_all()
