"""`manage.py seal`: seal every book's transfers up to ten minutes ago."""

from django.core.management.base import BaseCommand

from dealers.models import Dealer
from transactions import rollups


class Command(BaseCommand):
    """Chains a hash of what was booked since the last seal to that seal."""

    help = __doc__

    def handle(self, *_args: object, **_options: object) -> None:
        """One seal per dealer."""
        for dealer_id in Dealer.objects.order_by("pk").values_list("pk", flat=True):
            seal = rollups.seal(dealer_id)
            self.stdout.write(f"dealer {dealer_id}: seal {seal.number}, {seal.transfers} transfers, {seal.digest[:16]}")
