"""`manage.py up`: everything that Konter needs, in one process tree. This is what `make run` runs."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal import running
from portal.lib import parent


class Command(BaseCommand):
    """Starts PostgreSQL, Redis, web, dispatcher, worker and simulator, and stops them together."""

    help = "Start everything (PostgreSQL and Redis too, unless their URLs are set) until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch, for make."""
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="stop when the program that started this one is killed"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Run until asked to stop; exit code 1 with a sentence when it cannot start."""
        if options["stop_with_parent"]:
            parent.stop_with_parent()
        sys.exit(running.run(os.environ))
