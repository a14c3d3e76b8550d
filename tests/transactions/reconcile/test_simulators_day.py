"""The simulator's day with noise: nearly everything agrees by itself, and nothing that is really wrong is missed."""

import pytest

from tests.transactions.reconcile import rig
from tests.transactions.reconcile.rig import Recap
from transactions import audit
from transactions.models import DayState, ReconcileDay
from transactions.suppliers.simulator import Simulator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"]),
]

SALES = 200


@pytest.fixture
def day(simulator: Simulator) -> Recap:
    """A day with sales that ended well and badly."""
    made = rig.at_simulator(simulator, money=10_000_000)
    for number in range(SALES):
        rig.sell(made, "232" if number % 20 == 7 else "")
    return made


def _compared(day: Recap, body: bytes) -> ReconcileDay:
    day.uploads(body)
    return day.again()


def test_a_day_without_noise_agrees_whole(day: Recap, simulator: Simulator) -> None:
    row = _compared(day, rig.ask(simulator))
    assert (row.state, row.ours, row.theirs, row.matched) == (DayState.AGREED, SALES, SALES, SALES)
    assert row.sum_ours == row.sum_theirs == 190 * 10_200
    assert day.tasks() == []
    assert audit.violations() == []


@pytest.mark.parametrize("seed", range(3))
def test_what_is_really_wrong_is_found_and_nothing_else(day: Recap, simulator: Simulator, seed: int) -> None:
    noise = {"noise": 0.2, "seed": seed}
    row = _compared(day, rig.ask(simulator, **noise))
    wrong = rig.disturbed(simulator, **noise)
    assert len(wrong) >= 15
    assert {each.key for each in day.differences()} == wrong
    assert (row.state, row.different) == (DayState.DIFFERENT, len(wrong))
    assert day.tasks() == [str(row.pk)]
    assert audit.violations() == []
