"""A list that is not believed waits for a person: nothing of it counts until then."""

from collections.abc import Callable
from typing import Any

import pytest

from dealers.models import Role
from portal.lib import tenancy
from tests.transactions import sync_rig as rig
from tests.transactions.sync_rig import Synced
from transactions.models import Doubt, RunState, SyncRun, TaskKind
from transactions.suppliers.simulator import Simulator
from transactions.sync import runs

pytestmark = pytest.mark.django_db

Lines = list[dict[str, Any]]


@pytest.fixture
def here(simulator: Simulator) -> Synced:
    made = rig.synced(simulator)
    made.run(*rig.many(39))
    return made


def times(factor: float, which: Callable[[int], bool] = lambda _n: True) -> Lines:
    """The list with some prices multiplied."""
    return [{**line, "price": int(line["price"] * factor)} if which(n) else line for n, line in enumerate(rig.many(39))]


@pytest.mark.parametrize(
    ("lines", "doubt"),
    [
        (rig.many(39)[:20], Doubt.MISSING),
        (times(10), Doubt.WILD),
        (times(0.1), Doubt.WILD),
        (times(1.6, lambda n: n > 36), Doubt.WILD),
        (times(10, lambda n: n == 0), Doubt.WILD),
        (times(0.3, lambda n: n == 0), Doubt.WILD),
    ],
    ids=["half missing", "ten times", "a tenth", "three of forty by more than half", "one sold, up", "one sold, down"],
)
def test_it_is_held_and_the_old_list_stays(here: Synced, lines: Lines, doubt: Doubt) -> None:
    before = here.in_force()
    run = here.run(*lines)
    assert (run.state, run.doubt) == (RunState.HELD, doubt)
    assert (here.in_force(), here.route().cost, here.price()) == (before, 10_200, 11_000)
    assert here.tasks() == [(TaskKind.LIST, "konter-a")]
    assert here.told() == []


def test_an_empty_list_is_held(here: Synced) -> None:
    here.says(b'{"data":[]}')
    assert here.run().doubt == Doubt.MISSING


@pytest.mark.parametrize(
    "lines",
    [rig.many(39)[:35], times(1.4), times(10, lambda n: n == 5), rig.many(39, seller_product_status=False)],
    ids=["a few missing", "all dearer by less than half", "one wild that nobody sells", "all closed but one"],
)
def test_what_suppliers_do_on_a_bad_day_is_believed(here: Synced, lines: Lines) -> None:
    assert here.run(*lines).state == RunState.APPLIED


def test_a_first_list_is_weighed_against_what_the_routes_cost(simulator: Simulator) -> None:
    fresh = rig.synced(simulator)
    assert fresh.run(rig.line(price=102_000)).doubt == Doubt.WILD
    assert fresh.in_force() == {}


def test_a_list_of_one_line_can_change_into_another(simulator: Simulator) -> None:
    fresh = rig.synced(simulator)
    fresh.run(rig.line("A", 5_000))
    assert fresh.run(rig.line("B", 5_000)).state == RunState.APPLIED


def test_the_next_list_that_is_believed_takes_its_place(here: Synced) -> None:
    held = here.run(*times(10))
    here.run(*rig.many(39))
    with tenancy.inside(here.shop.dealer.pk):
        held.refresh_from_db()
    assert (held.state, held.offers) == (RunState.REPLACED, None)
    assert here.tasks() == []


def test_a_newer_doubtful_list_takes_the_place_of_the_held_one(here: Synced) -> None:
    here.run(*times(10))
    newer = here.run(*times(11))
    with tenancy.inside(here.shop.dealer.pk):
        assert runs.held(here.shop.supplier) == newer
    assert here.tasks() == [(TaskKind.LIST, "konter-a")]


def test_a_person_applies_it_after_all(here: Synced) -> None:
    held = here.run(*times(1.6))
    owner = here.here.person(Role.OWNER)
    done = runs.apply_held(here.shop.supplier, seen=held.digest, actor=owner)
    assert (done.state, done.decided_by, done.offers) == (RunState.APPLIED, owner, None)
    assert (here.route().cost, here.price(), here.in_force()["N0"]) == (16_320, 17_200, 32_000)
    assert here.tasks() == []
    assert len(here.told()) == 40


def test_the_same_list_counts_as_known_once_it_was_applied(here: Synced) -> None:
    held = here.run(*times(1.6))
    runs.apply_held(here.shop.supplier, seen=held.digest, actor=here.here.person(Role.OWNER))
    assert here.run().state == RunState.SAME


def test_a_person_discards_it_and_is_not_asked_about_it_again(here: Synced) -> None:
    held = here.run(*times(10))
    runs.discard(here.shop.supplier, seen=held.digest, actor=here.here.person(Role.OWNER))
    assert here.tasks() == []
    assert here.run().state == RunState.DISCARDED
    assert here.tasks() == []
    assert here.in_force()["TSEL10"] == 10_200


def test_another_doubtful_list_is_asked_about_after_one_was_discarded(here: Synced) -> None:
    held = here.run(*times(10))
    runs.discard(here.shop.supplier, seen=held.digest, actor=here.here.person(Role.OWNER))
    assert here.run(*times(11)).state == RunState.HELD


def test_a_word_about_a_list_that_was_replaced_meanwhile_does_nothing(here: Synced) -> None:
    seen = here.run(*times(10)).digest
    here.run(*times(11))
    with pytest.raises(runs.NothingHeld):
        runs.apply_held(here.shop.supplier, seen=seen, actor=here.here.person(Role.OWNER))
    assert here.route().cost == 10_200


def test_a_decision_leaves_a_run_that_is_under_way_its_lease(here: Synced) -> None:
    held = here.run(*times(10))
    here.pass_time()
    begun = runs._begin(here.shop.supplier, None)
    runs.discard(here.shop.supplier, seen=held.digest, actor=here.here.person(Role.OWNER))
    assert here.state().run_id == begun.run.pk
    with tenancy.inside(here.shop.dealer.pk):
        assert SyncRun.objects.get(pk=begun.run.pk).state == RunState.RUNNING
