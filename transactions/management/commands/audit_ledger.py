"""`manage.py audit_ledger`: prove every invariant of money and orders, or say which is broken."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from transactions import audit
from transactions.audit import Result, Scope


class Command(BaseCommand):
    """Reads everything as the auditor, writes nothing; exit status 1 when an invariant does not hold."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to look, and how much of it."""
        parser.add_argument("--database", default="audit", help="the auditor's connection")
        parser.add_argument("--closed", action="store_true", help="only the last day, by roll-ups: for every minute")
        parser.add_argument(
            "--simulator",
            help="address of the simulator's own record of deliveries; the demo looks at its own, where it answers",
        )
        parser.add_argument(
            "--as-of",
            type=datetime.fromisoformat,
            help="measure by this time what has waited too long: for a restored database that nobody has served since",
        )

    def handle(self, *_args: object, database: str, closed: bool, simulator: str | None, **options: Any) -> None:
        """Print one line per invariant and the counts; end with status 1 on a violation."""
        own = f"http://127.0.0.1:{settings.SIMULATOR_PORT}/log" if settings.DEMO else ""
        scope = Scope(
            using=database,
            closed=closed,
            simulator=own if simulator is None else simulator,
            must_read=bool(simulator),
            as_of=options["as_of"],
        )
        try:
            report = audit.run(scope)
        except audit.NoBook as error:
            raise CommandError(
                f"{error}: the database is empty, or DATABASE_AUDIT_URL names a role that may not see it"
            ) from error
        except audit.NoRecord as error:
            raise CommandError(f"the simulator's record cannot be read: {error}") from error
        for result in report.results:
            self._line(result)
        self.stdout.write(", ".join(f"{count} {name}" for name, count in report.counts.items()))
        if report.broken:
            numbers = ", ".join(str(result.number) for result in report.broken)
            self.stderr.write(f"broken: invariant {numbers}; first: {report.broken[0].examples[0]}")
            sys.exit(1)
        self.stdout.write("every invariant holds")

    def _line(self, result: Result) -> None:
        state = f"skipped ({result.skipped})" if result.skipped else f"{result.count} violations"
        self.stdout.write(f"{result.number:>2} {state:<14} {result.sentence}")
        for example in result.examples:
            self.stdout.write(f"     dealer {example.dealer_id} {example.reference}: {example.finding}")
