"""A person's word about a difference books what it says once, above a limit with a second person, or books nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.models import Role
from portal.lib import tenancy
from tests.transactions.desk_rig import NO, YES
from tests.transactions.reconcile import rig
from tests.transactions.reconcile.rig import Recap
from transactions import accounts, audit, incidents, ledger, postings
from transactions.models import (
    DayState,
    Difference,
    DifferenceState,
    Incident,
    IncidentKind,
    Order,
    Resolution,
    Transfer,
)
from transactions.reconcile import resolving
from transactions.reconcile.resolving import Word
from transactions.suppliers.base import Outcome, StatementLine

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


@pytest.fixture
def day() -> Recap:
    return rig.recap()


def say(day: Recap, resolution: Resolution, *, role: Role = Role.OWNER, seen: str = "") -> Difference:
    """Somebody decides about the one difference that still waits."""
    waiting = next(each for each in day.differences() if each.state != DifferenceState.RESOLVED)
    word = Word(resolution=resolution, reason="sudah ditanyakan", seen=seen or resolving.stamp(waiting))
    return resolving.resolve(day.shop.dealer, waiting.pk, word, actor=day.here.person(role))


def at_supplier(day: Recap) -> int:
    """What our book says lies at the supplier, in rupiah, turned round."""
    with tenancy.inside(day.shop.dealer.pk):
        return ledger.balance(day.shop.dealer.pk, accounts.supplier_of(day.shop.supplier))


def booked(day: Recap) -> list[tuple[str, str, str, int]]:
    """The transfers of differences."""
    with tenancy.inside(day.shop.dealer.pk):
        rows = Transfer.objects.filter(reference__startswith="reconcile:").order_by("pk")
        return [(row.frm_kind, row.to_kind, row.reference, row.amount) for row in rows]


@pytest.mark.parametrize(
    ("price", "resolution", "ends", "change"),
    [
        (10_300, Resolution.ACCEPT, ("cost", "supplier"), 100),
        (10_150, Resolution.ACCEPT, ("supplier", "cost"), -50),
        (10_300, Resolution.WRITE_OFF, ("late_loss", "supplier"), 100),
    ],
)
def test_a_price_is_corrected_by_what_it_differs(
    day: Recap, price: int, resolution: Resolution, ends: tuple[str, str], change: int
) -> None:
    attempt = day.bought()
    day.told([day.line(attempt, price=price)])
    before = at_supplier(day)
    done = say(day, resolution)
    assert booked(day) == [(*ends, f"reconcile:{done.pk}", abs(change))]
    assert at_supplier(day) - before == change
    assert day.now().state == DayState.SETTLED
    assert day.tasks() == []
    again = day.again()
    assert (again.matched, again.different) == (1, 0)
    assert audit.violations() == []


def test_what_was_decided_is_not_decided_again(day: Recap) -> None:
    day.told([day.line(day.bought(), price=10_300)])
    seen = resolving.stamp(day.only())
    done = say(day, Resolution.ACCEPT)
    word = Word(resolution=Resolution.WRITE_OFF, reason="sekali lagi", seen=seen)
    with pytest.raises(resolving.NotOpen):
        resolving.resolve(day.shop.dealer, done.pk, word, actor=day.here.person(Role.MANAGER))
    assert len(booked(day)) == 1


def test_nothing_is_booked_on_figures_that_changed_since(day: Recap) -> None:
    attempt = day.bought()
    day.told([day.line(attempt, price=10_300)])
    seen = resolving.stamp(day.only())
    day.told([day.line(attempt, price=10_900)])
    with pytest.raises(resolving.Changed):
        say(day, Resolution.ACCEPT, seen=seen)
    assert booked(day) == []


def test_a_sale_of_theirs_that_we_do_not_know_is_a_cost_once_accepted(day: Recap) -> None:
    day.told([StatementLine(reference="X1-1", outcome=Outcome.SUCCEEDED, price=9_900)])
    before = at_supplier(day)
    say(day, Resolution.ACCEPT)
    assert at_supplier(day) - before == 9_900
    assert [each.state for each in day.differences()] == [DifferenceState.RESOLVED]
    assert day.again().state == DayState.SETTLED
    assert len(day.differences()) == 1
    assert audit.violations() == []


def test_a_cost_that_they_do_not_list_comes_back_by_reversing_it(day: Recap) -> None:
    attempt = day.bought()
    day.told([])
    say(day, Resolution.ACCEPT)
    with tenancy.inside(day.shop.dealer.pk):
        order = Order.objects.get(pk=attempt.order_id)
        back = Transfer.objects.get(reference=f"reconcile:{day.only().pk}")
        assert back.reverses is not None
        assert back.reverses.reference == f"{order.code}:cost"
        assert not postings.is_booked_with(order, day.shop.supplier)
    assert (day.again().matched, day.now().state) == (1, DayState.SETTLED)
    assert audit.violations() == []


def test_a_reversal_after_that_gives_the_cost_back_only_once(day: Recap) -> None:
    attempt = day.bought()
    day.told([])
    say(day, Resolution.ACCEPT)
    after = at_supplier(day)
    day.here.said(attempt.pk, NO)
    with tenancy.inside(day.shop.dealer.pk):
        incident = Incident.objects.get()
    incidents.approve(day.shop.dealer, incident.pk, actor=day.here.person(Role.OWNER), note="benar")
    assert at_supplier(day) == after == 0
    assert audit.violations() == []


def test_above_the_limit_a_second_person_books(day: Recap) -> None:
    with tenancy.inside(day.shop.dealer.pk):
        day.shop.dealer.four_eyes_above = 99
        day.shop.dealer.save(update_fields=["four_eyes_above"])
    day.told([day.line(day.bought(), price=10_300)])
    proposed = say(day, Resolution.ACCEPT)
    assert (proposed.state, booked(day)) == (DifferenceState.PROPOSED, [])
    assert day.tasks() == [str(day.row.pk)]
    seen = resolving.stamp(proposed)
    with pytest.raises(resolving.SecondPersonNeeded):
        resolving.approve(day.shop.dealer, proposed.pk, seen=seen, actor=day.here.person(Role.OWNER))
    done = resolving.approve(day.shop.dealer, proposed.pk, seen=seen, actor=day.here.person(Role.MANAGER))
    assert done.state == DifferenceState.RESOLVED
    assert len(booked(day)) == 1
    assert audit.violations() == []


def test_a_proposal_falls_when_the_figures_change(day: Recap) -> None:
    with tenancy.inside(day.shop.dealer.pk):
        day.shop.dealer.four_eyes_above = 99
        day.shop.dealer.save(update_fields=["four_eyes_above"])
    attempt = day.bought()
    day.told([day.line(attempt, price=10_300)])
    say(day, Resolution.ACCEPT)
    day.told([day.line(attempt, price=10_900)])
    assert day.kinds() == [("price", 700, DifferenceState.OPEN)]


def test_what_they_will_correct_waits_with_its_day_and_vanishes_when_they_did(day: Recap) -> None:
    attempt = day.bought()
    day.told([day.line(attempt, price=10_300)])
    waiting = day.only()
    word = Word(
        resolution=Resolution.WAIT,
        reason="janji lusa",
        seen=resolving.stamp(waiting),
        due_on=timezone.localdate() + timedelta(days=2),
    )
    resolving.resolve(day.shop.dealer, waiting.pk, word, actor=day.here.person(Role.OWNER))
    assert day.only().state == DifferenceState.WAITING
    assert day.tasks() == [str(day.row.pk)]
    day.told([day.line(attempt)])
    assert day.only().resolution == Resolution.VANISHED
    assert (day.now().state, day.tasks(), booked(day)) == (DayState.SETTLED, [], [])


def test_a_mistake_of_theirs_books_nothing_and_is_not_asked_about_again(day: Recap) -> None:
    attempt = day.bought()
    day.told([day.line(attempt, price=10_300)])
    say(day, Resolution.MISTAKEN)
    day.told([day.line(attempt, price=10_300)])
    assert day.kinds() == [("price", 100, DifferenceState.RESOLVED)]
    assert (booked(day), day.tasks()) == ([], [])


@pytest.mark.parametrize(
    ("verdict", "said", "kind", "proposal"),
    [
        (YES, Outcome.FAILED, IncidentKind.REVERSAL, "reversal"),
        (NO, Outcome.SUCCEEDED, IncidentKind.LATE_SUCCESS, "late_loss"),
    ],
)
def test_a_contrary_outcome_becomes_an_incident_and_is_booked_there(
    day: Recap, verdict: object, said: Outcome, kind: IncidentKind, proposal: str
) -> None:
    attempt = day.bought(verdict)  # type: ignore[arg-type]  # a verdict
    day.told([day.line(attempt, outcome=said, price=10_250, sn="0031 1111")])
    assert set(resolving.offered(day.only())) == {Resolution.INCIDENT, Resolution.WAIT, Resolution.MISTAKEN}
    incident = say(day, Resolution.INCIDENT).incident
    assert incident is not None
    assert (incident.kind, incident.proposal, booked(day)) == (kind, proposal, [])
    incidents.approve(day.shop.dealer, incident.pk, actor=day.here.person(Role.OWNER), note="benar")
    assert (day.again().matched, day.now().different) == (1, 0)
    assert audit.violations() == []


def test_an_order_without_an_end_is_not_ended_by_a_statement(day: Recap) -> None:
    attempt = day.bought(None)
    day.told([day.line(attempt, outcome=Outcome.SUCCEEDED, price=10_200, sn="0031 1111")])
    with pytest.raises(resolving.StillGoing):
        say(day, Resolution.INCIDENT)
    with tenancy.inside(day.shop.dealer.pk):
        assert Order.objects.get(pk=attempt.order_id).status == "processing"


def test_a_booking_that_is_not_offered_is_refused(day: Recap) -> None:
    day.told([day.line(day.bought(), price=10_150)])
    with pytest.raises(resolving.NotOffered):
        say(day, Resolution.WRITE_OFF)
