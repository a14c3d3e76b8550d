"""One run at a time per supplier, within its limits; whoever dies in the middle leaves the old list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.lib import tenancy, vault
from tests import factories
from tests.transactions import sync_rig as rig
from tests.transactions.sync_rig import Synced
from transactions import tasks
from transactions.models import RunState, Supplier, SyncRun, SyncState, TaskKind
from transactions.suppliers import connections
from transactions.suppliers.base import Fetched, Offer, SupplierUnavailable, Trouble
from transactions.suppliers.simulator import Simulator
from transactions.sync import runs, writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(simulator: Simulator) -> Synced:
    made = rig.synced(simulator)
    made.offers(*rig.many(9))
    return made


def last(here: Synced) -> SyncRun:
    with tenancy.inside(here.shop.dealer.pk):
        return SyncRun.objects.latest("pk")


def test_a_second_run_beside_the_first_is_refused(here: Synced) -> None:
    runs._begin(here.shop.supplier, None)
    with pytest.raises(runs.Busy):
        runs.run(here.shop.supplier)


def test_the_supplier_is_not_asked_again_within_its_limit(here: Synced, simulator: Simulator) -> None:
    runs.run(here.shop.supplier)
    with pytest.raises(runs.TooSoon) as refused:
        runs.run(here.shop.supplier)
    assert simulator.account("konter-a").lists_asked == 1
    assert timedelta(minutes=4) < refused.value.until - timezone.now() <= timedelta(minutes=5)


def test_the_limit_holds_after_a_failure_too(here: Synced) -> None:
    here.says(b"")
    with pytest.raises(SupplierUnavailable):
        runs.run(here.shop.supplier)
    with pytest.raises(runs.TooSoon):
        runs.run(here.shop.supplier)


def test_one_that_died_is_found_by_the_next_when_its_lease_is_over(here: Synced) -> None:
    dead = runs._begin(here.shop.supplier, None).run
    assert here.run().state == RunState.APPLIED
    with tenancy.inside(here.shop.dealer.pk):
        dead.refresh_from_db()
    assert (dead.state, dead.trouble) == (RunState.FAILED, runs.INTERRUPTED)


def test_one_that_was_taken_for_dead_writes_nothing_any_more(here: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    here.run()
    fetch = runs._fetch

    def slow(supplier: Supplier, etag: str) -> Fetched:
        monkeypatch.setattr(runs, "_fetch", fetch)
        fetched = fetch(supplier, etag)
        here.run(*rig.many(8))  # the other one, while this one still waits for its answer
        return fetched

    monkeypatch.setattr(runs, "_fetch", slow)
    here.offers(rig.line(price=10_999), *rig.many(9)[1:])
    here.pass_time()
    assert runs.run(here.shop.supplier).state == RunState.FAILED
    assert here.in_force()["TSEL10"] == 10_200
    assert len(here.in_force()) == 9


def test_a_crash_while_writing_leaves_everything_as_it_was(here: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    here.run()
    before = here.in_force()

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(writing, "tell", crash)
    here.offers(rig.line(price=10_410), *rig.many(9)[1:])
    here.pass_time()
    with pytest.raises(ZeroDivisionError):
        runs.run(here.shop.supplier)
    assert (here.in_force(), here.route().cost, here.price()) == (before, 10_200, 11_000)
    monkeypatch.undo()


def test_a_failure_says_why_and_the_old_list_stays(here: Synced) -> None:
    here.run()
    with tenancy.inside(here.shop.dealer.pk):
        connections.seal_secrets(here.shop.supplier, api_key="salah")
    with pytest.raises(SupplierUnavailable):
        here.run()
    assert (last(here).state, last(here).trouble) == (RunState.FAILED, Trouble.KEY)
    assert len(here.in_force()) == 10


def test_a_key_that_cannot_be_opened_is_a_failed_run(here: Synced) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Supplier.objects.filter(pk=here.shop.supplier.pk).update(api_key="v1.nonsense")
        here.shop.supplier.refresh_from_db()
    with pytest.raises(vault.CannotOpen):
        here.run()
    assert last(here).trouble == runs.UNREADABLE_KEY


def test_failures_in_a_row_make_it_rarer_and_end_in_a_task(here: Synced) -> None:
    here.says(b"")
    rests = []
    for _run in range(runs.TELL_AFTER):
        with pytest.raises(SupplierUnavailable):
            here.run()
        rests.append(here.state().next_at - timezone.now())
    assert rests[0] < rests[2] <= runs.SLOWEST * 1.1
    assert here.tasks() == [(TaskKind.LIST, "konter-a")]


def test_a_success_after_failures_ends_the_task_and_the_waiting(here: Synced) -> None:
    here.says(b"")
    for _run in range(runs.TELL_AFTER):
        with pytest.raises(SupplierUnavailable):
            here.run()
    here.run(*rig.many(9))
    assert (here.tasks(), here.state().failures) == ([], 0)


def test_the_next_turn_is_about_ten_minutes_away(here: Synced) -> None:
    here.run()
    rest = here.state().next_at - timezone.now()
    assert runs.EVERY * 0.85 < rest < runs.EVERY * 1.15


class Peer:
    """A supplier that says when nothing has changed."""

    marks: list[str]

    def __init__(self) -> None:
        self.marks, self.offer = [], factories.offer("P1", price=5_300)

    def price_list_unless(self, etag: str) -> Fetched:
        self.marks.append(etag)
        return Fetched(offers=None if etag == "v1" else [self.offer], etag="v1")

    def price_list(self) -> list[Offer]:
        raise AssertionError("it is asked under a condition")


def test_a_supplier_that_can_is_asked_under_the_condition_that_it_has_changed(
    here: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = Peer()
    monkeypatch.setattr(connections, "connect", lambda _supplier: peer)
    assert [here.run().state, here.run().state] == [RunState.APPLIED, RunState.SAME]
    assert peer.marks == ["", "v1"]
    assert here.in_force() == {"P1": 5_300}


def test_the_clock_asks_suppliers_whose_turn_it_is_and_that_are_in_use(here: Synced) -> None:
    dealer = here.shop.dealer
    other = factories.supplier(dealer, "kedua")
    with tenancy.inside(dealer.pk):
        assert {s.code for s in runs.due(dealer.pk)} == {"konter-a", "kedua"}
        Supplier.objects.filter(pk=other.pk).update(is_open=False)
        assert [s.code for s in runs.due(dealer.pk)] == ["konter-a"]
    runs.run(here.shop.supplier)
    with tenancy.inside(dealer.pk):
        assert runs.due(dealer.pk) == []


def test_the_task_runs_it_once_however_often_it_is_sent(here: Synced, simulator: Simulator) -> None:
    for _message in range(3):
        tasks.price_list(here.shop.dealer.pk, here.shop.supplier.pk)
    assert simulator.account("konter-a").lists_asked == 1
    assert len(here.in_force()) == 10


def test_a_supplier_that_does_not_answer_does_not_break_the_task(here: Synced) -> None:
    here.says(b"<html>")
    tasks.price_list(here.shop.dealer.pk, here.shop.supplier.pk)
    assert last(here).state == RunState.FAILED


def test_old_runs_that_brought_nothing_are_forgotten_and_those_with_events_kept(here: Synced) -> None:
    here.run()
    told = here.run(rig.line(price=10_300), *rig.many(9)[1:])
    here.run()
    with tenancy.inside(here.shop.dealer.pk):
        SyncRun.objects.update(started_at=timezone.now() - timedelta(days=31))
        runs.forget(here.shop.dealer.pk, older_than=timedelta(days=30))
        kept = list(SyncRun.objects.values_list("pk", "state"))
    assert (told.pk, RunState.APPLIED) in kept
    assert RunState.SAME not in {state for _pk, state in kept}


@pytest.mark.django_db(transaction=True)
def test_while_one_begins_another_does_not_wait_but_is_refused(here: Synced) -> None:
    runs.run(here.shop.supplier)
    here.pass_time()
    from threading import Thread

    from django.db import connection

    refused: list[type[Exception]] = []

    def other() -> None:
        try:
            runs.run(here.shop.supplier)
        except runs.Busy as busy:
            refused.append(type(busy))
        finally:
            connection.close()

    with tenancy.inside(here.shop.dealer.pk):
        SyncState.objects.select_for_update().get(supplier=here.shop.supplier)
        thread = Thread(target=other)
        thread.start()
        thread.join(10)
    assert refused == [runs.Busy]
