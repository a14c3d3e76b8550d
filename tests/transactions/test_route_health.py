"""A route that keeps failing at the supplier's side closes, rests, and comes back with one sale for a trial."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import YES, Desk, desk
from transactions import fulfilment, health, states
from transactions.models import Attempt, ClosedBy, Order, Route, Status
from transactions.suppliers.base import Outcome, Reason, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk(suppliers=2, money=10_000_000)


def no(rc: str = "53", reason: Reason = Reason.DISTURBED) -> Verdict:
    return Verdict(outcome=Outcome.FAILED, rc=rc, reason=reason, raw="{}")


def route(here: Desk) -> Route:
    """The first supplier's."""
    with tenancy.inside(here.shop.dealer.pk):
        return Route.objects.get(supplier=here.shop.supplier)


def change(here: Desk, **fields: object) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.filter(supplier=here.shop.supplier).update(**fields)


def sale(here: Desk, *said: Verdict, number: str = "") -> Order:
    """A sale about which the suppliers say this, one after another."""
    order = here.shop.buy(**({"destination": number} if number else {}))
    for verdict in said:
        here.sent(order, verdict)
    return order


def fails(here: Desk, times: int, *, rc: str = "53", reason: Reason = Reason.DISTURBED) -> None:
    for _sale in range(times):
        sale(here, no(rc, reason), YES)


@pytest.mark.parametrize(
    ("rc", "reason"),
    [("43", Reason.PRODUCT), ("53", Reason.DISTURBED), ("66", Reason.CUT_OFF), ("68", Reason.DISTURBED)],
)
def test_three_certain_noes_of_the_supplier_in_a_row_close_it(here: Desk, rc: str, reason: Reason) -> None:
    fails(here, 2, rc=rc, reason=reason)
    assert route(here).is_open
    fails(here, 1, rc=rc, reason=reason)
    closed = route(here)
    assert (closed.is_open, closed.closed_by) == (False, ClosedBy.FAILURES)
    assert closed.retry_at is not None
    assert timedelta(minutes=9) < closed.retry_at - timezone.now() <= health.PAUSE


@pytest.mark.parametrize(
    "reason", [Reason.WRONG_NUMBER, Reason.NUMBER_BLOCKED, Reason.SUPPLIER_ACCOUNT, Reason.PRICE, Reason.DUPLICATE]
)
def test_what_speaks_of_the_number_or_of_our_account_does_not_close_it(here: Desk, reason: Reason) -> None:
    fails(here, 4, rc="xx", reason=reason)
    assert route(here).is_open


def test_a_success_in_between_begins_the_count_anew(here: Desk) -> None:
    fails(here, 2)
    sale(here, YES)
    fails(here, 2)
    assert route(here).is_open


def test_one_number_that_is_tried_again_and_again_counts_once(here: Desk) -> None:
    number = factories.number()
    for _sale in range(4):  # in the end nobody delivers, so the same may be bought again
        sale(here, no(), no("02", Reason.OTHER), number=number)
    assert route(here).is_open


def test_a_rate_of_success_that_is_too_low_closes_it(here: Desk) -> None:
    for n in range(health.ENOUGH):
        sale(here, YES) if n % 7 == 0 else sale(here, no("02", Reason.OTHER), YES)
        if n == health.ENOUGH - 2:
            assert route(here).is_open
    assert route(here).closed_by == ClosedBy.FAILURES


def test_sales_go_another_way_while_it_rests(here: Desk) -> None:
    fails(here, 3)
    attempt = here.sent(here.shop.buy(), YES)
    assert attempt.supplier_id == here.shop.more[0].pk


def test_after_its_rest_one_sale_goes_there_and_the_next_does_not(here: Desk) -> None:
    fails(here, 3)
    change(here, retry_at=timezone.now())
    trial, other = here.sent(here.shop.buy()), here.sent(here.shop.buy())
    assert [a.supplier_id for a in (trial, other)] == [here.shop.supplier.pk, here.shop.more[0].pk]


def test_a_success_on_trial_opens_it(here: Desk) -> None:
    fails(here, 3)
    change(here, retry_at=timezone.now())
    sale(here, YES)
    opened = route(here)
    assert (opened.is_open, opened.closed_by, opened.retry_at) == (True, "", None)


def test_a_no_on_trial_lets_it_rest_twice_as_long(here: Desk) -> None:
    fails(here, 3)
    change(here, retry_at=timezone.now())
    fails(here, 1)
    closed = route(here)
    assert (closed.is_open, closed.closed_by) == (False, ClosedBy.FAILURES)
    assert closed.retry_at is not None
    assert timedelta(minutes=19) < closed.retry_at - timezone.now() <= 2 * health.PAUSE


def test_what_a_person_closed_is_never_tried(here: Desk) -> None:
    change(here, is_open=False, retry_at=timezone.now())
    assert here.sent(here.shop.buy(), YES).supplier_id == here.shop.more[0].pk


def test_two_sales_that_wait_for_the_same_trial_get_one(here: Desk) -> None:
    """Both have looked at the routes before either was sent."""
    fails(here, 3)
    change(here, retry_at=timezone.now())
    with tenancy.inside(here.shop.dealer.pk):
        seen = [Route.objects.get(supplier=here.shop.supplier) for _order in range(2)]
        assert [health.may_send(row) for row in seen] == [True, False]


def test_a_sale_whose_only_route_was_taken_for_a_trial_is_refunded(here: Desk) -> None:
    fails(here, 3)
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.filter(supplier=here.shop.more[0]).delete()
    change(here, retry_at=timezone.now())
    first, second = here.shop.buy(), here.shop.buy()
    here.sent(first)
    with tenancy.inside(here.shop.dealer.pk):
        assert fulfilment.decide(states.lock(here.shop.dealer.pk, second.pk)) is None
        assert not Attempt.objects.filter(order=second).exists()
    assert here.shop.order(second).status == Status.FAILED
