"""A shop whose supplier is the simulator, which offers what a test wants; time passes when a test says so."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import Desk, desk
from transactions.models import MarkupRule, Price, Route, SupplierOffer, SyncEvent, SyncRun, SyncState, Task, Tier
from transactions.suppliers import connections
from transactions.suppliers.simulator import Simulator
from transactions.sync import runs


def line(sku: str = "TSEL10", price: int = 10_200, **fields: Any) -> dict[str, Any]:
    """One line of a list as the supplier writes it."""
    return {
        "product_name": f"Telkomsel {sku}",
        "category": "Pulsa",
        "brand": "TELKOMSEL",
        "type": "Umum",
        "seller_name": "UJI",
        "price": price,
        "buyer_sku_code": sku,
        "buyer_product_status": True,
        "seller_product_status": True,
        "unlimited_stock": True,
        "stock": 0,
        "multi": True,
        "start_cut_off": "0:0",
        "end_cut_off": "0:0",
        "desc": "",
        **fields,
    }


def many(count: int, **fields: Any) -> list[dict[str, Any]]:
    """TSEL10 and as many other codes."""
    return [line(), *(line(f"N{number}", 20_000 + number, **fields) for number in range(count))]


@dataclass
class Synced:
    """One shop, and the supplier that it syncs with."""

    here: Desk
    simulator: Simulator

    @property
    def shop(self) -> factories.Shop:
        return self.here.shop

    def offers(self, *lines: dict[str, Any]) -> None:
        """What the supplier's list says from now on."""
        self.says(json.dumps({"data": list(lines)}, separators=(",", ":")).encode())

    def says(self, body: bytes) -> None:
        """The same, byte for byte."""
        self.simulator.account("konter-a").listing = body

    def run(self, *lines: dict[str, Any]) -> SyncRun:
        """A run by the clock, long after the last; what the list says can be given."""
        if lines:
            self.offers(*lines)
        self.pass_time()
        return runs.run(self.shop.supplier)

    def pass_time(self) -> None:
        """Every rest is over, and so is every lease."""
        long_ago = timezone.now() - timedelta(hours=1)
        with tenancy.inside(self.shop.dealer.pk):
            SyncState.objects.update(asked_at=long_ago, next_at=long_ago, lease_until=None)

    def state(self) -> SyncState:
        with tenancy.inside(self.shop.dealer.pk):
            return SyncState.objects.get(supplier=self.shop.supplier)

    def route(self) -> Route:
        """The one route, as it stands."""
        with tenancy.inside(self.shop.dealer.pk):
            return Route.objects.get(supplier=self.shop.supplier)

    def set_route(self, **fields: Any) -> None:
        """Somebody, or time, has changed the route."""
        with tenancy.inside(self.shop.dealer.pk):
            Route.objects.filter(supplier=self.shop.supplier).update(**fields)

    def in_force(self) -> dict[str, int]:
        """Price by code of the list in force."""
        with tenancy.inside(self.shop.dealer.pk):
            return dict(SupplierOffer.objects.values_list("sku", "price"))

    def price(self, tier: Tier = Tier.RETAIL) -> int:
        with tenancy.inside(self.shop.dealer.pk):
            return Price.objects.get(product=self.shop.product, tier=tier).amount

    def told(self) -> list[tuple[str, str, int | None, int | None]]:
        """What happened to offers, first to last."""
        with tenancy.inside(self.shop.dealer.pk):
            rows = SyncEvent.objects.filter(supplier__isnull=False).order_by("version")
            return list(rows.values_list("kind", "sku", "old", "new"))

    def tasks(self) -> list[tuple[str, str]]:
        """Kind and subject of each open task."""
        with tenancy.inside(self.shop.dealer.pk):
            return list(Task.objects.filter(closed_at__isnull=True).values_list("kind", "subject"))


def synced(simulator: Simulator, *, rule: bool = True) -> Synced:
    """A shop that sells TSEL10 at 800 above cost, by rule, from the simulator."""
    here = desk()
    with tenancy.inside(here.shop.dealer.pk):
        here.shop.supplier.base_url = simulator.url
        here.shop.supplier.save(update_fields=["base_url"])
        connections.seal_secrets(here.shop.supplier, api_key=simulator.account("konter-a").api_key)
        if rule:
            MarkupRule.objects.create(dealer=here.shop.dealer, tier=Tier.RETAIL, fixed=800)
    return Synced(here, simulator)
