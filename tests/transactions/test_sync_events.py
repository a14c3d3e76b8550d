"""The change feed: numbered per dealer in the order of commits, whoever changed something."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from portal.lib import tenancy
from tests import factories
from tests.transactions import sync_rig as rig
from tests.transactions.sync_rig import Synced
from transactions import pricing
from transactions.models import EventKind, Product, Route, Supplier, SyncEvent, Tier
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True)
Feed = list[tuple[str, str, str, int | None, int | None]]


@pytest.fixture
def here(simulator: Simulator) -> Synced:
    made = rig.synced(simulator)
    made.run(*rig.many(9))
    return made


def mark(here: Synced) -> int:
    with tenancy.inside(here.shop.dealer.pk):
        return SyncEvent.objects.latest("version").version if SyncEvent.objects.exists() else 0


def since(here: Synced, version: int) -> Feed:
    """What a partner would read about products."""
    with tenancy.inside(here.shop.dealer.pk):
        rows = SyncEvent.objects.filter(product__isnull=False, version__gt=version).order_by("version")
        return list(rows.values_list("kind", "sku", "tier", "old", "new"))


def test_each_kind_of_change_of_an_offer_is_told_once(here: Synced) -> None:
    here.run(
        rig.line(price=10_300),
        rig.line("N0", 19_000),
        rig.line("N1", 20_001, seller_product_status=False),
        *rig.many(9)[4:],
        rig.line("BARU", 7_000),
    )
    here.run(rig.line(price=10_300), rig.line("N0", 19_000), *rig.many(9)[2:], rig.line("BARU", 7_000))
    assert sorted(here.told()) == sorted(
        [
            (EventKind.PRICE_UP, "TSEL10", 10_200, 10_300),
            (EventKind.PRICE_DOWN, "N0", 20_000, 19_000),
            (EventKind.CLOSED, "N1", 20_001, 20_001),
            (EventKind.GONE, "N2", 20_002, None),
            (EventKind.NEW, "BARU", None, 7_000),
            (EventKind.OPENED, "N1", 20_001, 20_001),
            (EventKind.NEW, "N2", None, 20_002),
        ]
    )


def test_a_first_list_is_no_news(here: Synced) -> None:
    assert here.told() == []


def test_prices_that_follow_a_list_are_told_with_their_tier(here: Synced) -> None:
    before = mark(here)
    here.run(rig.line(price=10_410), *rig.many(9)[1:])
    assert since(here, before) == [(EventKind.PRICE_UP, "TSEL10", Tier.RETAIL, 11_000, 11_300)]


def test_a_price_by_hand_is_told_too(here: Synced) -> None:
    before = mark(here)
    with tenancy.inside(here.shop.dealer.pk):
        pricing.set_price(here.shop.product, tier=Tier.PARTNER, amount=10_450, actor=None)
    assert since(here, before) == [(EventKind.PRICE_DOWN, "TSEL10", Tier.PARTNER, 10_500, 10_450)]


@pytest.mark.parametrize("what", ["product", "route", "supplier"])
def test_a_product_that_closes_whatever_closed_it_is_told(here: Synced, what: str) -> None:
    before = mark(here)
    models = {"product": Product, "route": Route, "supplier": Supplier}
    for is_open in (False, True):
        with tenancy.inside(here.shop.dealer.pk):
            models[what].objects.update(is_open=is_open)  # type: ignore[attr-defined]  # each is a model
    assert [kind for kind, *_ in since(here, before)] == [EventKind.CLOSED, EventKind.OPENED]


def test_one_route_of_two_that_closes_tells_nothing_of_the_product(here: Synced) -> None:
    other = factories.supplier(here.shop.dealer, "kedua")
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.create(
            dealer=here.shop.dealer, product=here.shop.product, supplier=other, supplier_sku="X", cost=10_300
        )
    before = mark(here)
    here.run(rig.line(seller_product_status=False), *rig.many(9)[1:])
    kinds = [(kind, sku) for kind, sku, *_ in since(here, before)]
    assert (EventKind.CLOSED, "TSEL10") not in kinds


def test_what_was_taken_back_is_not_told(here: Synced) -> None:
    before = mark(here)
    with tenancy.inside(here.shop.dealer.pk), transaction.atomic():
        pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=12_000, actor=None)
        transaction.set_rollback(True)
    assert since(here, before) == []


def test_each_dealer_has_numbers_of_its_own_without_gaps(here: Synced) -> None:
    for price in (10_300, 10_400, 10_500):
        here.run(rig.line(price=price), *rig.many(9)[1:])
    factories.shop()
    with tenancy.inside(here.shop.dealer.pk):
        versions = list(SyncEvent.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))


@contextmanager
def another(here: Synced, written: Event, goes: Event) -> Iterator[None]:
    """Somebody else changes a price and commits only when told to."""

    def change() -> None:
        with tenancy.inside(here.shop.dealer.pk):
            pricing.set_price(here.shop.product, tier=Tier.PARTNER, amount=10_400, actor=None)
            written.set()
            goes.wait(10)
        connection.close()

    thread = Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        goes.set()
        thread.join(10)


def test_whoever_commits_later_has_the_higher_number(here: Synced) -> None:
    written, goes = Event(), Event()
    with another(here, written, goes):
        assert written.wait(10)
        with tenancy.inside(here.shop.dealer.pk):  # begun later, committed earlier
            pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=12_000, actor=None)
        read_up_to = mark(here)
        assert since(here, read_up_to - 1)[0][2] == Tier.RETAIL
    assert [tier for _kind, _sku, tier, *_ in since(here, read_up_to)] == [Tier.PARTNER]


@pytest.mark.parametrize("statement", ["UPDATE sync_event SET new = 1", "DELETE FROM sync_event"])
def test_what_was_told_is_never_changed(here: Synced, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        tenancy.inside(here.shop.dealer.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
