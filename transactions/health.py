"""Which routes are closed because they keep failing, and how they come back.

A supplier's certain no about its own side (disturbed, cut off, not sold) counts; what speaks of the number or of
our account does not. A closed route rests, then takes one sale as a trial: a success opens it, another no lets it
rest longer. Whether a trial is due is read off the row, so no clockwork has to run for a route to come back.
"""

from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from transactions.models import Attempt, ClosedBy, Route
from transactions.suppliers.base import BUYERS_OWN, Reason

log = structlog.get_logger(__name__)

CLOSING = frozenset({Reason.DISTURBED, Reason.CUT_OFF, Reason.PRODUCT})
"""rc 43, 53, 55, 58, 62, 66, 67, 68, 70, 71 and their like."""
IN_A_ROW = 3
"""So many of them one after another close a route."""
LAST = 40
"""Results by which the rate of success is judged, at most …"""
ENOUGH = 20
"""… and at least …"""
RECENT = timedelta(hours=1)
"""… none older than this."""
LEAST_PERCENT = 20
"""A route that succeeds less often is closed."""
PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=2)
_NOT_THEIRS = frozenset({*BUYERS_OWN, Reason.SUPPLIER_ACCOUNT, Reason.PRICE})


def may_send(route: Route) -> bool:
    """Whether a sale may go this way; of a closed route whose rest is over, one may, and the next rest begins."""
    if route.is_open:
        return True
    due = Route.objects.filter(pk=route.pk, is_open=False, closed_by=ClosedBy.FAILURES, retry_at__lte=timezone.now())
    return bool(due.update(retry_at=timezone.now() + PAUSE))


def succeeded(route: Route | None) -> None:
    """A sale went through: a route that was closed for its failures is whole again."""
    if route is not None and route.closed_by == ClosedBy.FAILURES:
        closed = Route.objects.filter(pk=route.pk, closed_by=ClosedBy.FAILURES)
        if closed.update(is_open=True, closed_by=ClosedBy.NOBODY, retry_at=None):
            log.info("route works again", route=route.pk, dealer=route.dealer_id)


def failed(route: Route | None) -> None:
    """A certain no was written down: close the route when there were too many, or let it rest longer."""
    if route is None or not (route.is_open or route.closed_by == ClosedBy.FAILURES):
        return
    results = _results(route)
    row = _in_a_row(results)
    if row < IN_A_ROW and not _too_rare(results):
        return
    rest = min(PAUSE * 2 ** max(0, min(row - IN_A_ROW, 8)), LONGEST_PAUSE)
    still = Route.objects.filter(pk=route.pk, is_open=route.is_open, closed_by=route.closed_by)
    if still.update(is_open=False, closed_by=ClosedBy.FAILURES, retry_at=timezone.now() + rest):
        log.warning("route closed for failures", route=route.pk, dealer=route.dealer_id, in_a_row=row)


_Result = tuple[str, str, datetime | None]


def _results(route: Route) -> list[_Result]:
    """The last results, newest first; a number counts once, however often somebody tries it."""
    rows = Attempt.objects.filter(route=route).exclude(outcome=Attempt.Outcome.PENDING).order_by("-pk")
    seen: set[str] = set()
    found = []
    for number, outcome, reason, at in rows.values_list("order__destination", "outcome", "reason", "finished_at")[
        :LAST
    ]:
        if number not in seen:
            seen.add(number)
            found.append((outcome, reason, at))
    return found


def _in_a_row(results: list[_Result]) -> int:
    """Certain noes of the closing kinds since the last success; what is not the supplier's doing is passed over."""
    row = 0
    for outcome, reason, _at in results:
        if outcome == Attempt.Outcome.FAILED and reason in CLOSING:
            row += 1
        elif outcome == Attempt.Outcome.SUCCEEDED or reason not in _NOT_THEIRS:
            break
    return row


def _too_rare(results: list[_Result]) -> bool:
    since = timezone.now() - RECENT
    theirs = [outcome for outcome, reason, at in results if reason not in _NOT_THEIRS and at and at >= since]
    good = sum(outcome == Attempt.Outcome.SUCCEEDED for outcome in theirs)
    return len(theirs) >= ENOUGH and good * 100 < LEAST_PERCENT * len(theirs)
