"""`manage.py rollup`: bring every book's roll-ups up to date."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from dealers.models import Dealer
from transactions import rollups


class Command(BaseCommand):
    """Adds what has closed since the last time."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--rebuild`: from the first transfer on, as after a restore."""
        parser.add_argument("--rebuild", action="store_true", help="forget the sums and count everything again")

    def handle(self, *_args: object, rebuild: bool, **_options: object) -> None:
        """One short transaction per dealer."""
        dealers = list(Dealer.objects.order_by("pk").values_list("pk", flat=True))
        for dealer_id in dealers:
            rollups.roll_up(dealer_id, rebuild=rebuild)
        self.stdout.write(f"{len(dealers)} books rolled up")
