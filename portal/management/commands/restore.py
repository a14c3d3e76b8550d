"""`manage.py restore FOLDER`: a backup becomes the database, after its books have been proven."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.backups import restoring
from portal.backups.manifest import NoBackup
from portal.embedded import StartError


class Command(BaseCommand):
    """Verifies, restores, migrates, rebuilds the roll-ups, audits; says the minutes of each step."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where, and what may be put aside."""
        parser.add_argument("folder", type=Path, help="what `manage.py backup` made (or a file in it)")
        parser.add_argument("--replace", action="store_true", help="put the database that is there aside")
        parser.add_argument(
            "--without-keys", action="store_true", help="although the encryption keys of that time are lost"
        )

    def handle(self, *_args: object, folder: Path, replace: bool, without_keys: bool, **_options: Any) -> None:
        """Exit status 1 with a sentence when anything is wrong; what was there is untouched then."""
        began = time.monotonic()
        wanted = restoring.Wanted(folder=folder.absolute(), replace=replace, without_keys=without_keys, say=self._say)
        try:
            taken = restoring.restore(wanted, os.environ, settings.KONTER_HOME)
        except (NoBackup, StartError) as error:
            raise CommandError(str(error)) from error
        self._say(f"{(time.monotonic() - began) / 60:6.2f} min  in all")
        self._say(
            f"Restored as of {taken.moment:%Y-%m-%d %H:%M:%S %Z}. What was sold, paid or refunded after that is in no "
            "book now: read docs/backup.md before you start the portal."
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
