"""`manage.py demo`: the demo's dealers, people, products and money, into an empty database.

With `--reset` everything that the demo made is removed first (as konter_owner; refused outside the
demo). What is shown afterwards is computed from these rows like from any others.
"""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from dealers.models import Dealer
from portal import demo


class Command(BaseCommand):
    """Fills an empty database with the demo."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--reset` empties the database first."""
        parser.add_argument("--reset", action="store_true")

    def handle(self, *_args: object, reset: bool, **_options: object) -> None:
        """Load, unless there are dealers already. Raises CommandError outside the demo."""
        if not settings.DEMO:
            raise CommandError("The demo data is only for the demo: KONTER_DEMO is not 1. Nothing was changed.")
        if reset:
            _empty()
        if Dealer.objects.exists():
            self.stdout.write("demo data is there already")
            return
        demo.load()
        self.stdout.write("demo data loaded")


def _empty() -> None:
    """Remove every row but the brands, their prefixes and what Django keeps for itself."""
    kept = {"brand", "prefix", "django_migrations", "django_content_type", "auth_permission"}
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall() if name not in kept)
        quoted = ", ".join(connections["owner"].ops.quote_name(name) for name in tables)
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'never_truncated'")
        guarded = [name for (name,) in cursor.fetchall()]
        for name in guarded:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER never_truncated")
        cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE")
        for name in guarded:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER never_truncated")
