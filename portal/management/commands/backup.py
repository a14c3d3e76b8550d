"""`manage.py backup [FOLDER]`: the whole database into a new folder, while selling goes on."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.backups import manifest, places, taking
from portal.backups.manifest import Kind, NoBackup
from portal.embedded import StartError


class Command(BaseCommand):
    """Takes a dump, or with `--base` the files of the embedded server."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and how."""
        parser.add_argument(
            "folder", nargs="?", type=Path, help="where backups lie, each in a folder of its own ($KONTER_HOME/backups)"
        )
        parser.add_argument("--base", action="store_true", help="copy the embedded server's files instead of a dump")

    def handle(self, *_args: object, folder: Path | None, base: bool, **_options: Any) -> None:
        """Say where it is, how large, how long it took, and what is not in it."""
        began = time.monotonic()
        home, kind = settings.KONTER_HOME, Kind.BASE if base else Kind.DUMP
        try:
            with places.source(os.environ, home) as source:
                made = taking.take(source, kind=kind, folder=(folder or home / "backups").absolute())
        except (NoBackup, StartError) as error:
            raise CommandError(str(error)) from error
        taken = manifest.read(made)
        self.stdout.write(f"{made}")
        self.stdout.write(
            f"{taken.size / 1e6:.1f} MB in {(time.monotonic() - began) / 60:.2f} minutes; holds everything up to "
            f"{taken.moment:%Y-%m-%d %H:%M:%S %Z}"
        )
        kept = f"{home / 'secrets.json'}" if places.is_embedded(os.environ) else "/etc/konter"
        self.stdout.write(
            f"The keys ({', '.join(taken.keys) or 'none known'}) are not in it: keep a copy of {kept} somewhere else."
        )
