"""The log of partners' calls: written once the answer is made, and never in the way of it.

Calls of nobody known are not written. Of what is refused only so many are written in a minute for each partner:
whoever knows a user name, or goes on calling too often, must not fill the disk of a dealer.
"""

import re
import time
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.db import Error, connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from dealers import days
from dealers.authentication import Known
from dealers.models import Dealer, Dialect, Partner, PartnerCall
from dealers.models.calls import LONGEST_BODY, LONGEST_PATH
from portal.lib import limits, logs, web

log = structlog.get_logger(__name__)

KEPT = timedelta(days=30)
REFUSALS_PER_MINUTE = 60
"""Refused calls that are written down for each partner; the others are counted in the metrics."""
_BATCH = 2_000
_WINDOW = 2 * LONGEST_BODY
_MARGIN = 64
"""Longer than any number: what is cut in the middle could not be recognised."""
_REF_ID = re.compile(rb'"ref_id"\s*:\s*(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,64})"|(\d{1,64})(?=\s*[,}]))')
_CODE = re.compile(rb'"(?:code|rc)"\s*:\s*"([A-Za-z0-9_]{1,40})"')
_NOTE = "SELECT note_partner_call_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A call as it came in; `started` is a `time.perf_counter()`."""

    request: HttpRequest
    dialect: Dialect
    started: float
    ref_id: str = ""
    keeps_answer: bool = True


def note(heard: Heard, response: HttpResponseBase, by: Known | None, *, is_refused: bool) -> None:
    """Write a call down, outside any transaction; whatever happens, the answer goes out.

    Refused is what was not let in at all: an order that could not be placed is a call like any other.
    """
    # 503: the database is away, and asking it for more would only make the caller wait.
    if by is None or response.status_code == 503:
        return
    if is_refused and not _has_room(by):
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, _row(heard, response, by))
    except Error as error:
        log.warning("call not logged", dealer=by.dealer_id, error=str(error).strip()[:200])


def _has_room(by: Known) -> bool:
    key = str(by.partner_id)
    return not isinstance(limits.check("call-log", key, per_minute=REFUSALS_PER_MINUTE), limits.Refused)


def _row(heard: Heard, response: HttpResponseBase, by: Known) -> list[int | str | bool]:
    request, answer = heard.request, bytes(getattr(response, "content", b""))
    return [
        by.dealer_id,
        by.partner_id,
        by.key_name,
        by.is_sandbox,
        heard.dialect,
        (request.method or "")[:8],
        readable(request.get_full_path())[:LONGEST_PATH],
        heard.ref_id or _first(_REF_ID, request.body),
        response.status_code,
        _code(heard, response, answer),
        round((time.perf_counter() - heard.started) * 1000),
        web.client_ip(request)[:45],
        str(getattr(request, "request_id", ""))[:64],
        readable(request.body),
        readable(answer) if heard.keeps_answer else "",
    ]


def _first(pattern: re.Pattern[bytes], body: bytes) -> str:
    found = pattern.search(body, 0, _WINDOW)
    return next((part.decode() for part in found.groups() if part), "") if found else ""


def _code(heard: Heard, response: HttpResponseBase, answer: bytes) -> str:
    """A problem's code; in the Digiflazz dialect the rc of every answer that has one."""
    if heard.dialect == Dialect.NATIVE and response.status_code < 400:
        return ""
    return _first(_CODE, answer)


def readable(body: bytes | str) -> str:
    """The beginning of a body as it may be kept: no secret, numbers cut to their ends, nothing cut in the middle."""
    text = body[:_WINDOW].decode(errors="replace") if isinstance(body, bytes) else body[:_WINDOW]
    is_cut = len(body) > _WINDOW
    # The quote ends a value that was cut, so that it is recognised as one.
    masked = logs.mask(f'{text}"' if is_cut else text).replace("\0", "\\0")
    return masked[: min(LONGEST_BODY, len(masked) - _MARGIN)] if is_cut else masked[:LONGEST_BODY]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which calls are looked for: of a day of the dealer's, with such a status, about an order, in a dialect."""

    day: date | None = None
    statuses: range | None = None
    ref_id: str = ""
    dialect: str = ""


def of(partner: Partner, wanted: Wanted) -> QuerySet[PartnerCall]:
    """A partner's calls, newest first. Inside the dealer's transaction."""
    rows = PartnerCall.objects.filter(dealer_id=partner.dealer_id, partner=partner)
    if wanted.day is not None:
        dealer = partner.dealer
        rows = rows.filter(at__gte=days.begins(dealer, wanted.day), at__lt=days.ends(dealer, wanted.day))
    if wanted.statuses is not None:
        rows = rows.filter(status__gte=wanted.statuses.start, status__lt=wanted.statuses.stop)
    if wanted.ref_id:
        rows = rows.filter(ref_id=wanted.ref_id)
    if wanted.dialect:
        rows = rows.filter(dialect=wanted.dialect)
    return rows.order_by("-pk")


@dataclass(frozen=True)
class Speed:
    """How fast the last calls were answered, in milliseconds."""

    calls: int
    p50: float
    p95: float


_SPEED = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY ms), percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)
FROM (
    SELECT ms FROM partner_call
    WHERE dealer_id = %s AND at > %s AND (%s::bigint IS NULL OR partner_id = %s) ORDER BY at DESC LIMIT 1000
) last
"""


def speed(dealer: Dealer, partner: Partner | None = None) -> Speed | None:
    """Of the last day's calls, the newest thousand; None where there were none. Inside the dealer's transaction."""
    one = partner.pk if partner else None
    with connection.cursor() as cursor:
        cursor.execute(_SPEED, [dealer.pk, timezone.now() - timedelta(days=1), one, one])
        calls, p50, p95 = cursor.fetchone()
    return Speed(calls, p50, p95) if calls else None


def forget(dealer_id: int) -> bool:
    """Drop some calls of more than 30 days ago; whether there may be more. Inside the dealer's transaction."""
    old = PartnerCall.objects.filter(dealer_id=dealer_id, at__lt=timezone.now() - KEPT).order_by("at")
    ids = list(old.values_list("pk", flat=True)[:_BATCH])
    PartnerCall.objects.filter(dealer_id=dealer_id, pk__in=ids).delete()
    return len(ids) == _BATCH
