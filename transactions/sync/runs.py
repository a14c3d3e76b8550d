"""One run: the supplier is asked, and what it says is put in force, held, or refused.

The row of `SyncState` is the lock. A run takes a lease on it, asks with no transaction open, and writes everything
in one transaction that begins by looking whether the lease is still its own: whoever dies in between leaves the
old list. Nothing here needs Redis.
"""

import random
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.utils import timezone

from dealers.models import User
from portal.lib import crash, retry, tenancy, vault
from transactions import pricing, todo
from transactions.models import Doubt, EventKind, RunState, Supplier, SyncRun, SyncState, Task, TaskKind
from transactions.suppliers import connections
from transactions.suppliers.base import Fetched, ListsConditionally, Offer, SupplierUnavailable, Trouble
from transactions.suppliers.registry import LIST_RESTS
from transactions.sync import doubts, lists, routes, writing
from transactions.sync.lists import Checked, Diff
from transactions.sync.routes import Bought

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=10)
"""How often a supplier is asked by the clock, give or take a tenth."""
SLOWEST = timedelta(hours=1)
"""How rarely one that does not answer is asked."""
LEASE = timedelta(minutes=3)
"""A run that has not ended by then is taken to be dead."""
TELL_AFTER = 6
"""Runs in a row that failed before a person is asked to look."""
LOOK_WITHIN = timedelta(hours=4)
INTERRUPTED = "interrupted"
TOO_LONG = "too_long"
UNREADABLE_KEY = "sealed"


class Busy(Exception):
    """Another run of this supplier is under way."""


class TooSoon(Exception):
    """The supplier's own limit: it may not be asked before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until:%H:%M}")
        self.until = until


class NothingHeld(Exception):
    """No list waits for a decision, or another one than was seen."""


@dataclass(frozen=True)
class _Begun:
    run: SyncRun
    etag: str


def due(dealer_id: int) -> list[Supplier]:
    """The suppliers in use whose list is to be asked for by the clock now. Inside the dealer's transaction."""
    resting = SyncState.objects.filter(dealer_id=dealer_id, next_at__gt=timezone.now()).values("supplier")
    return list(Supplier.objects.filter(dealer_id=dealer_id, is_open=True).exclude(pk__in=resting))


def run(supplier: Supplier, *, actor: User | None = None) -> SyncRun:
    """Ask for the list and take it over; the run as it ended. No transaction may be open.

    `actor` is who asks by hand, None for the clock. Raises `Busy`, `TooSoon`, `SupplierUnavailable`,
    `vault.CannotOpen`; the last two leave a failed run behind.
    """
    begun = _begin(supplier, actor)
    try:
        fetched = _fetch(supplier, begun.etag)
    except SupplierUnavailable as silent:
        _fail(begun.run, str(silent.trouble))
        raise
    except vault.CannotOpen:
        _fail(begun.run, UNREADABLE_KEY)
        raise
    crash.point("sync_fetched")
    begun.run.fetched_at = timezone.now()
    try:
        checked = None if fetched.offers is None else lists.check(fetched.offers)
    except lists.TooLong:
        _fail(begun.run, TOO_LONG)
        return begun.run
    return retry.on_conflict(lambda: _conclude(supplier, begun.run, checked, fetched.etag))


def _begin(supplier: Supplier, actor: User | None) -> _Begun:
    with tenancy.inside(supplier.dealer_id):
        now = timezone.now()
        own = {"dealer_id": supplier.dealer_id, "supplier": supplier}
        SyncState.objects.bulk_create([SyncState(**own)], ignore_conflicts=True)
        state = SyncState.objects.select_for_update(skip_locked=True, no_key=True).filter(**own).first()
        if state is None or (state.lease_until is not None and state.lease_until > now):
            raise Busy
        rest = LIST_RESTS.get(supplier.connector, timedelta())
        if state.asked_at is not None and state.asked_at + rest > now:
            raise TooSoon(state.asked_at + rest)
        dead = {"state": RunState.FAILED, "trouble": INTERRUPTED, "ended_at": now}
        SyncRun.objects.filter(**own, state=RunState.RUNNING).update(**dead)
        begun = SyncRun.objects.create(**own, actor=actor, started_at=now)
        state.run, state.lease_until, state.asked_at = begun, now + LEASE, now
        state.next_at = now + _spread(EVERY)
        state.save(update_fields=["run", "lease_until", "asked_at", "next_at"])
        return _Begun(begun, state.etag)


def _spread(pause: timedelta) -> timedelta:
    return pause * random.uniform(0.9, 1.1)  # noqa: S311  so that not all suppliers are asked at once


def _fetch(supplier: Supplier, etag: str) -> Fetched:
    connector = connections.connect(supplier)
    if isinstance(connector, ListsConditionally):
        return connector.price_list_unless(etag)
    return Fetched(offers=connector.price_list(), etag="")


def _fail(run: SyncRun, trouble: str) -> None:
    """The run brought nothing; the next one comes later the longer this goes on."""
    with tenancy.inside(run.dealer_id):
        state = _locked(run.supplier_id, run.dealer_id)
        if state.run_id != run.pk:
            return
        state.failures += 1
        rest = max(_spread(min(EVERY * 2 ** min(state.failures - 1, 4), SLOWEST)), _limit(run, trouble))
        state.next_at = timezone.now() + rest
        _end(state, run, RunState.FAILED, trouble=trouble)
        if state.failures >= TELL_AFTER:
            todo.ask(run.dealer_id, TaskKind.LIST, run.supplier.code, within=LOOK_WITHIN)
    log.warning("price list not fetched", supplier=run.supplier.code, dealer=run.dealer_id, trouble=trouble)


def _limit(run: SyncRun, trouble: str) -> timedelta:
    rest = LIST_RESTS.get(run.supplier.connector, timedelta())
    return rest if trouble == Trouble.TOO_OFTEN else timedelta()


def _locked(supplier_id: int, dealer_id: int) -> SyncState:
    rows = SyncState.objects.select_for_update(no_key=True)
    return rows.get(dealer_id=dealer_id, supplier_id=supplier_id)


def _end(state: SyncState, run: SyncRun, as_: RunState, **facts: Any) -> None:
    """The run is over, and the lease with it."""
    run.state, run.ended_at = as_, timezone.now()
    for name, value in facts.items():
        setattr(run, name, value)
    run.save(update_fields=["state", "ended_at", "fetched_at", *facts])
    if state.run_id == run.pk:  # not the lease of a run that is under way while a person decides about this one
        state.run = state.lease_until = None
    state.save(update_fields=["run", "lease_until", "next_at", "failures", "synced_at", "etag", "discarded"])


def _conclude(supplier: Supplier, run: SyncRun, checked: Checked | None, etag: str) -> SyncRun:
    with tenancy.inside(supplier.dealer_id):
        state = _locked(supplier.pk, supplier.dealer_id)
        if state.run_id != run.pk:  # taken for dead; another run is at work
            run.refresh_from_db()
            return run
        state.failures, state.etag = 0, etag
        if checked is None:
            state.synced_at = run.fetched_at
            _end(state, run, RunState.SAME)
            return run
        diff = writing.differences(supplier.dealer_id, supplier.pk, checked)
        bought = routes.of(supplier)
        doubt = doubts.of(diff, costs={route.key: route.cost for route in bought})
        if doubt is not None:
            _hold(state, run, checked, doubt, diff)
        else:
            _put_in_force(state, run, checked, diff, bought)
        return run


def _hold(state: SyncState, run: SyncRun, checked: Checked, doubt: Doubt, diff: Diff) -> None:
    """Keep the list for a person, in place of the one held before; one that was discarded is not asked about again."""
    state.etag = ""  # what is not in force must not count as known
    facts = {"rows": len(checked.offers), "refused": checked.refused, "digest": checked.digest, "doubt": doubt}
    facts |= _figures(writing.events(diff))
    _let_go_of_held(run)
    if state.discarded == checked.digest:
        _end(state, run, RunState.DISCARDED, **facts)
        return
    offers = [asdict(offer) for offer in checked.offers.values()]
    _end(state, run, RunState.HELD, offers=offers, **facts)
    todo.ask(run.dealer_id, TaskKind.LIST, run.supplier.code, within=LOOK_WITHIN)
    log.warning("price list held", supplier=run.supplier.code, dealer=run.dealer_id, doubt=str(doubt))


def _let_go_of_held(run: SyncRun) -> None:
    held = SyncRun.objects.filter(dealer_id=run.dealer_id, supplier_id=run.supplier_id, state=RunState.HELD)
    held.exclude(pk=run.pk).update(state=RunState.REPLACED, offers=None)


def _put_in_force(state: SyncState, run: SyncRun, checked: Checked, diff: Diff, bought: list[Bought]) -> None:
    writing.put_in_force(run.dealer_id, run.supplier_id, diff)
    products = set(routes.follow(run.supplier, bought, checked.offers, diff))
    followed = _follow_costs(run.dealer_id, products)
    _let_go_of_held(run)
    todo.done(run.dealer_id, TaskKind.LIST, run.supplier.code)
    told = writing.events(diff)
    differs = bool(diff.changed or diff.gone or products or followed)
    state.synced_at, state.discarded = run.fetched_at, ""
    facts = {"rows": len(checked.offers), "refused": checked.refused, "digest": checked.digest, "offers": None}
    figures = {**_figures(told), "routes": len(products), "prices": followed}
    _end(state, run, RunState.APPLIED if differs else RunState.SAME, **facts, **figures)
    writing.tell(run, told)
    crash.point("sync_written")


def _follow_costs(dealer_id: int, products: set[int]) -> int:
    """Prices by rule follow; what can only be sold at a loss now is a task. How many prices were written."""
    open_ones = Task.objects.filter(dealer_id=dealer_id, kind=TaskKind.PRICE, closed_at__isnull=True)
    asked = set(open_ones.values_list("subject", flat=True))
    followed = pricing.follow_costs(dealer_id, products, also=asked)
    for sku in followed.losing:
        todo.ask(dealer_id, TaskKind.PRICE, sku, within=LOOK_WITHIN)
    for sku in asked - followed.losing:
        todo.done(dealer_id, TaskKind.PRICE, sku)
    return len(followed.written)


def _figures(told: list[writing.Event]) -> dict[str, int]:
    counted = writing.counts(told)
    return {str(kind): counted[kind] for kind in EventKind}


def held(supplier: Supplier) -> SyncRun | None:
    """The run whose list waits for a person; the list itself is read only when it is asked for."""
    rows = SyncRun.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier, state=RunState.HELD)
    return rows.defer("offers").first()


def held_list(run: SyncRun) -> Checked:
    """The lines of a held list."""
    return lists.check(Offer(**fields) for fields in run.offers or [])


def apply_held(supplier: Supplier, *, seen: str, actor: User) -> SyncRun:
    """A person says that the list is right after all. Raises `NothingHeld` unless it is the one that was `seen`."""

    def once() -> SyncRun:
        with tenancy.inside(supplier.dealer_id):
            state, waiting = _waiting(supplier, seen)
            checked = held_list(waiting)
            diff = writing.differences(supplier.dealer_id, supplier.pk, checked)
            waiting.decided_by = actor
            waiting.save(update_fields=["decided_by"])
            _put_in_force(state, waiting, checked, diff, routes.of(supplier))
            return waiting

    done = retry.on_conflict(once)
    log.info("held price list applied", supplier=supplier.code, dealer=supplier.dealer_id, actor=actor.pk)
    return done


def discard(supplier: Supplier, *, seen: str, actor: User) -> None:
    """A person says that the list is wrong: what is in force stays. Raises `NothingHeld` as `apply_held` does."""
    with tenancy.inside(supplier.dealer_id):
        state, waiting = _waiting(supplier, seen)
        waiting.state, waiting.offers, waiting.decided_by = RunState.DISCARDED, None, actor
        waiting.save(update_fields=["state", "offers", "decided_by"])
        state.discarded = waiting.digest
        state.save(update_fields=["discarded"])
        todo.done(supplier.dealer_id, TaskKind.LIST, supplier.code, by=actor)
    log.info("held price list discarded", supplier=supplier.code, dealer=supplier.dealer_id, actor=actor.pk)


def _waiting(supplier: Supplier, seen: str) -> tuple[SyncState, SyncRun]:
    state = _locked(supplier.pk, supplier.dealer_id)
    waiting = held(supplier)
    if waiting is None or waiting.digest != seen:
        raise NothingHeld
    return state, waiting


def forget(dealer_id: int, *, older_than: timedelta) -> None:
    """Remove runs of long ago that brought nothing. Inside the dealer's transaction."""
    rows = SyncRun.objects.filter(dealer_id=dealer_id, started_at__lt=timezone.now() - older_than, events__isnull=True)
    rows.filter(state__in=[RunState.SAME, RunState.FAILED, RunState.REPLACED]).delete()
