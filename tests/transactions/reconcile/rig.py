"""A shop whose supplier is the simulator, its day, and that supplier's statement of it."""

import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from dealers import days
from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import YES, Desk, desk
from transactions import fulfilment, states
from transactions.models import Attempt, Difference, Order, ReconcileDay, Resolution, StatementSource, Task, TaskKind
from transactions.reconcile import resolving, runs, uploads, writing
from transactions.reconcile.resolving import Word
from transactions.suppliers import connections
from transactions.suppliers.base import Outcome, StatementLine, Verdict
from transactions.suppliers.simulator import Simulator
from transactions.suppliers.simulator.statement import WIB


@dataclass
class Recap:
    """One desk, and the day that is compared."""

    here: Desk
    row: ReconcileDay

    @property
    def shop(self) -> factories.Shop:
        return self.here.shop

    def now(self) -> ReconcileDay:
        """The day as it stands."""
        with tenancy.inside(self.shop.dealer.pk):
            return ReconcileDay.objects.select_related("supplier", "partner").get(pk=self.row.pk)

    def bought(self, verdict: Verdict | None = YES) -> Attempt:
        """A sale about which the supplier said this."""
        return self.here.sent(self.shop.buy(), verdict)

    def line(self, attempt: Attempt, **fields: Any) -> StatementLine:
        """How their statement would have it if nothing were wrong."""
        with tenancy.inside(self.shop.dealer.pk):
            fresh = Attempt.objects.get(pk=attempt.pk)
        sold = fresh.outcome == Outcome.SUCCEEDED
        given = {"outcome": Outcome(fresh.outcome), "price": fresh.cost if sold else 0, "sn": fresh.sn}
        return StatementLine(reference=fresh.reference, **{**given, "sku": fresh.supplier_sku, **fields})

    def told(self, lines: Sequence[StatementLine], *, patient: bool = False) -> ReconcileDay:
        """They say this about the day, and it is compared; by default so late that nothing can be waited for."""
        with tenancy.inside(self.shop.dealer.pk):
            row = ReconcileDay.objects.select_for_update().get(pk=self.row.pk)
            runs.give(row, writing.kept(lines), source=StatementSource.UPLOAD)
            if not patient:
                ReconcileDay.objects.filter(pk=row.pk).update(rounds=runs.MOST_ROUNDS)
        return self.again()

    def again(self) -> ReconcileDay:
        """It is worked on once more."""
        return runs.work(self.shop.dealer, self.row.pk)

    def differences(self) -> list[Difference]:
        with tenancy.inside(self.shop.dealer.pk):
            rows = Difference.objects.select_related("day__supplier", "day__partner", "transfer", "incident")
            return list(rows.filter(day=self.row).order_by("pk"))

    def only(self) -> Difference:
        """The one difference."""
        (found,) = self.differences()
        return found

    def kinds(self) -> list[tuple[str, int, str]]:
        """Kind, rupiah and state of each difference."""
        return [(each.kind, each.amount, each.state) for each in self.differences()]

    def tasks(self) -> list[str]:
        """The open tasks about a day's differences."""
        with tenancy.inside(self.shop.dealer.pk):
            rows = Task.objects.filter(kind=TaskKind.DIFFERENCE, closed_at__isnull=True)
            return list(rows.values_list("subject", flat=True))

    def uploads(self, body: bytes) -> None:
        """Somebody uploads a file and confirms it, so late that nothing can be waited for."""
        who = self.here.person(Role.OWNER)
        uploads.keep(self.shop.dealer, self.row, body, name="laporan.csv", actor=who)
        with tenancy.inside(self.shop.dealer.pk):
            draft = uploads.draft(self.row)
        assert draft is not None
        uploads.use(self.shop.dealer, self.row, seen=draft.digest, actor=who)
        with tenancy.inside(self.shop.dealer.pk):
            ReconcileDay.objects.filter(pk=self.row.pk).update(rounds=runs.MOST_ROUNDS)


def recap(**fields: object) -> Recap:
    """A shop, and today opened for its supplier as if it were over."""
    here = desk(**fields)
    with tenancy.inside(here.shop.dealer.pk):
        row = ReconcileDay.objects.create(
            dealer=here.shop.dealer, supplier=here.shop.supplier, day=days.today(here.shop.dealer)
        )
        return Recap(here, row)


def at_simulator(simulator: Simulator, **fields: object) -> Recap:
    """The same, with the simulator as its supplier."""
    made = recap(**fields)
    with tenancy.inside(made.shop.dealer.pk):
        made.shop.supplier.base_url = simulator.url
        made.shop.supplier.save(update_fields=["base_url"])
        connections.seal_secrets(made.shop.supplier, api_key=simulator.account("konter-a").api_key)
    return made


def sell(made: Recap, ending: str = "") -> Order:
    """One sale at the simulator, to its end."""
    order = made.shop.buy(ending)
    with tenancy.inside(made.shop.dealer.pk):
        call = fulfilment.decide(states.lock(made.shop.dealer.pk, order.pk))
    assert call is not None
    fulfilment.record_answer(call.run())
    return order


def ask(simulator: Simulator, **query: object) -> bytes:
    """What the simulator states of its day, as CSV; with `disturbed`, what is wrong with it."""
    given = {"username": "konter-a", "date": timezone.now().astimezone(WIB).date().isoformat(), **query}
    with urllib.request.urlopen(f"{simulator.url.removesuffix('/v1')}/statement?{urlencode(given)}") as answer:
        body: bytes = answer.read()
        return body


def disturbed(simulator: Simulator, **query: object) -> set[str]:
    """The references that its noise disturbed beyond repair."""
    return {row["ref"] for row in json.loads(ask(simulator, disturbed="1", **query))}


def accepted(shop: factories.Shop, order: Order) -> None:
    """A day whose statement says one price higher, which was accepted, and has a sale that we do not know."""
    with tenancy.inside(shop.dealer.pk):
        attempt = Attempt.objects.get(order=order)
        row = ReconcileDay.objects.create(dealer=shop.dealer, supplier=shop.supplier, day=days.today(shop.dealer))
        said = [
            StatementLine(reference=attempt.reference, outcome=Outcome.SUCCEEDED, price=attempt.cost + 100),
            StatementLine(reference="X-1", outcome=Outcome.SUCCEEDED, price=500),
        ]
        runs.give(row, writing.kept(said), source=StatementSource.UPLOAD)
    runs.work(shop.dealer, row.pk)
    with tenancy.inside(shop.dealer.pk):
        found = Difference.objects.get(kind="price")
    word = Word(resolution=Resolution.ACCEPT, reason="harga naik", seen=resolving.stamp(found))
    resolving.resolve(shop.dealer, found.pk, word, actor=factories.member(shop.dealer))
