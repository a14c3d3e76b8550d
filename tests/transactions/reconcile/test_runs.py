"""A day is opened by the clock, fetched where a machine can be asked, and worked on in steps that may be lost."""

import datetime as dt
from collections.abc import Callable
from typing import ClassVar

import pytest
from django.utils import timezone

from dealers import days
from portal.lib import crash, tenancy
from tests import factories
from tests.transactions.desk_rig import NO, YES
from tests.transactions.reconcile import rig
from tests.transactions.reconcile.rig import Recap
from tests.transactions.scripted import Scripted
from transactions import audit, tasks
from transactions.models import (
    Attempt,
    DayState,
    DifferenceState,
    Due,
    DueKind,
    Order,
    ReconcileDay,
    StatementSource,
    Supplier,
)
from transactions.reconcile import opening, runs
from transactions.suppliers.base import Outcome, StatementLine, SupplierUnavailable, Trouble
from transactions.suppliers.registry import CONNECTORS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


class Telling(Scripted):
    """A supplier that states its days by machine."""

    says: ClassVar[Callable[[dt.date], list[StatementLine]]]

    def statement(self, day: dt.date) -> list[StatementLine]:
        """What the test said."""
        return type(self).says(day)


@pytest.fixture
def day() -> Recap:
    return rig.recap()


@pytest.fixture
def telling(day: Recap, monkeypatch: pytest.MonkeyPatch) -> Recap:
    """The day's supplier can be asked."""
    monkeypatch.setitem(CONNECTORS, "telling", Telling)
    with tenancy.inside(day.shop.dealer.pk):
        Supplier.objects.update(connector="telling")
    return day


def says(lines: list[StatementLine]) -> None:
    Telling.says = staticmethod(lambda _day: lines)


def test_a_supplier_that_can_be_asked_is_asked(telling: Recap) -> None:
    says([telling.line(telling.bought())])
    row = telling.again()
    assert (row.state, row.source, row.matched) == (DayState.AGREED, StatementSource.CONNECTOR, 1)
    assert (row.next_at, row.lease_until, row.sum_ours, row.sum_theirs) == (None, None, 10_200, 10_200)


def test_a_supplier_that_can_be_asked_is_asked_anew_at_each_look(telling: Recap) -> None:
    attempt = telling.bought()
    says([telling.line(attempt, price=10_300)])
    assert telling.again().state == DayState.DIFFERENT
    says([telling.line(attempt)])
    assert telling.again().state == DayState.SETTLED
    assert telling.tasks() == []


def test_days_that_say_the_same_as_before_do_not_wake_each_other(telling: Recap) -> None:
    with tenancy.inside(telling.shop.dealer.pk):
        before = ReconcileDay.objects.create(
            dealer=telling.shop.dealer, supplier=telling.shop.supplier, day=telling.row.day - dt.timedelta(days=1)
        )
    says([StatementLine(reference="X-1", outcome=Outcome.SUCCEEDED, price=500)])
    other = Recap(telling.here, before)
    for _ in range(2):
        telling.again()
        other.again()
    assert (telling.now().next_at, other.now().next_at) == (None, None)


def test_a_supplier_that_does_not_answer_is_asked_later_and_then_a_person_looks(telling: Recap) -> None:
    def silent(_day: dt.date) -> list[StatementLine]:
        raise SupplierUnavailable("away", trouble=Trouble.SILENT)

    Telling.says = staticmethod(silent)
    for number in range(1, runs.TELL_AFTER + 1):
        row = telling.again()
        assert (row.state, row.trouble, row.failures, row.lease_until) == (DayState.FAILED, "silent", number, None)
        assert row.next_at is not None
        assert row.next_at > timezone.now()
    assert telling.tasks() == [str(telling.row.pk)]
    says([])
    assert telling.again().state == DayState.AGREED
    assert telling.tasks() == []


def test_a_supplier_without_a_machine_waits_for_a_file_with_our_side_counted(day: Recap) -> None:
    day.bought()
    row = day.again()
    assert (row.state, row.ours, row.sum_ours, row.next_at) == (DayState.AWAITED, 1, 10_200, None)


def test_what_is_open_here_is_asked_again_at_once_and_not_decided_by_the_statement(day: Recap) -> None:
    attempt = day.bought(None)
    with tenancy.inside(day.shop.dealer.pk):
        Due.objects.filter(target=attempt.order_id).update(lease_until=None)
    row = day.told([day.line(attempt, outcome=Outcome.SUCCEEDED, price=10_200, sn="0031")], patient=True)
    assert (row.state, row.waiting, row.different) == (DayState.PENDING, 1, 0)
    with tenancy.inside(day.shop.dealer.pk):
        assert Due.objects.get(kind=DueKind.ORDER, target=attempt.order_id).due_at <= timezone.now()
        assert Order.objects.get(pk=attempt.order_id).status == "processing"
    assert row.next_at is not None
    day.here.said(attempt.pk, YES)
    day.told([day.line(attempt)], patient=True)
    assert (day.now().state, day.now().waiting) == (DayState.AGREED, 0)


def test_an_order_that_a_dispatcher_holds_keeps_its_lease(day: Recap) -> None:
    attempt = day.bought(None)
    until = timezone.now() + dt.timedelta(seconds=50)
    with tenancy.inside(day.shop.dealer.pk):
        Due.objects.filter(target=attempt.order_id).update(lease_until=until, due_at=until)
    day.told([day.line(attempt)], patient=True)
    with tenancy.inside(day.shop.dealer.pk):
        held = Due.objects.get(kind=DueKind.ORDER, target=attempt.order_id)
    assert (held.lease_until, held.due_at) == (until, until)


def test_after_some_rounds_what_stays_open_is_a_difference(day: Recap) -> None:
    attempt = day.bought(None)
    day.told([day.line(attempt, outcome=Outcome.SUCCEEDED, price=10_200)], patient=True)
    for _ in range(runs.MOST_ROUNDS - 1):
        assert day.again().state == DayState.PENDING
    assert day.again().state == DayState.DIFFERENT
    assert day.kinds() == [("outcome", 10_200, DifferenceState.OPEN)]


def test_a_sale_that_they_count_to_the_day_before_agrees(day: Recap) -> None:
    attempt = day.bought()
    with tenancy.inside(day.shop.dealer.pk):
        before = ReconcileDay.objects.create(
            dealer=day.shop.dealer, supplier=day.shop.supplier, day=day.row.day - dt.timedelta(days=1)
        )
    day.told([])
    assert day.kinds() == [("missing_there", -10_200, DifferenceState.OPEN)]
    earlier = Recap(day.here, before)
    assert earlier.told([day.line(attempt)]).matched == 1
    assert day.now().next_at is not None
    assert (day.again().state, day.now().matched) == (DayState.SETTLED, 1)
    assert day.tasks() == []


def test_a_sale_of_the_last_hours_waits_for_their_next_day(day: Recap) -> None:
    attempt = day.bought()
    late = days.ends(day.shop.dealer, day.row.day) - dt.timedelta(minutes=5)
    with tenancy.inside(day.shop.dealer.pk):
        Attempt.objects.filter(pk=attempt.pk).update(first_sent_at=late)
    row = day.told([], patient=True)
    assert (row.state, row.waiting, day.kinds()) == (DayState.PENDING, 1, [])


def test_differences_are_written_in_steps_and_a_task_that_dies_loses_none(
    day: Recap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "BATCH", 2)
    monkeypatch.setattr(runs, "BUDGET", -1.0)
    extra = [StatementLine(reference=f"X{n}-1", outcome=Outcome.SUCCEEDED, price=n) for n in range(1, 6)]
    row = day.told(extra)
    assert (len(day.differences()), row.state, row.lease_until) == (2, DayState.MATCHING, None)
    assert row.cursor.startswith("X2-1")

    def dies(name: str) -> None:
        if name == "reconcile_written":
            raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(crash, "point", dies)
        with pytest.raises(SystemExit):
            day.again()
    assert len(day.differences()) == 4
    with pytest.raises(runs.Busy):
        day.again()
    with tenancy.inside(day.shop.dealer.pk):
        ReconcileDay.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    row = day.again()
    assert (row.state, row.different, row.cursor) == (DayState.DIFFERENT, 5, "")
    assert [each.key for each in day.differences()] == [f"X{n}-1" for n in range(1, 6)]
    assert audit.violations() == []


def _at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize(("hour", "opened"), [(2, False), (4, True)])
def test_yesterday_is_opened_once_past_midnight_in_the_dealers_zone(
    day: Recap, monkeypatch: pytest.MonkeyPatch, hour: int, opened: bool
) -> None:
    day.bought()
    tomorrow = days.begins(day.shop.dealer, day.row.day) + dt.timedelta(days=1, hours=hour)
    with tenancy.inside(day.shop.dealer.pk):
        ReconcileDay.objects.filter(pk=day.row.pk).update(day=day.row.day - dt.timedelta(days=30))
        _at(monkeypatch, tomorrow)
        for _ in range(2):
            opening.open_days(day.shop.dealer)
        rows = ReconcileDay.objects.filter(day=day.row.day)
        assert rows.filter(supplier=day.shop.supplier).count() == opened
        assert rows.count() == opened


def test_a_partner_with_orders_gets_a_day_too(day: Recap, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = factories.machine(day.shop.dealer)
    assert machine.orders().status_code == 201
    with tenancy.inside(day.shop.dealer.pk):
        _at(monkeypatch, days.begins(day.shop.dealer, day.row.day) + dt.timedelta(days=1, hours=5))
        opening.open_days(day.shop.dealer)
        assert ReconcileDay.objects.filter(partner=machine.partner, day=day.row.day).exists()


def test_the_beat_finds_again_what_a_lost_task_left(telling: Recap, monkeypatch: pytest.MonkeyPatch) -> None:
    says([telling.line(telling.bought())])
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.reconcile_day, "apply_async", lambda args, **_: asked.append(args))
    with tenancy.inside(telling.shop.dealer.pk):
        ReconcileDay.objects.update(next_at=timezone.now())
    tasks.reconcile()
    tasks.reconcile()
    mine = (telling.shop.dealer.pk, telling.row.pk)
    assert asked.count(mine) == 2
    tasks.reconcile_day(*mine)
    assert telling.now().state == DayState.AGREED
    asked.clear()
    tasks.reconcile()
    assert mine not in asked


def test_statements_of_long_ago_are_forgotten_with_the_numbers_in_them(day: Recap) -> None:
    attempt = day.bought(NO)
    day.told([day.line(attempt, outcome=Outcome.SUCCEEDED, price=9_000, destination="081234567890")])
    with tenancy.inside(day.shop.dealer.pk):
        opening.forget(day.shop.dealer.pk, older_than=dt.timedelta(days=-1))
    (found,) = day.differences()
    assert (found.ours or {})["destination"] == (found.theirs or {})["destination"] == ""
    assert (day.again().next_at, len(day.differences())) == (None, 1)


def test_a_day_that_is_going_on_is_not_opened(day: Recap) -> None:
    with tenancy.inside(day.shop.dealer.pk), pytest.raises(opening.NotOver):
        opening.open_day(day.shop.dealer, day.shop.supplier, days.today(day.shop.dealer))
