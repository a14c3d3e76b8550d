"""A partner's calls as the desk shows them: what came in, from where it may not, and how near the limits are."""

import re
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from dealers.models import Dialect, Partner, PartnerCall
from dealers.models.calls import BLOCKED_CODES, LONGEST_BODY

PER_PAGE = 50
BLOCKED_SINCE = timedelta(days=7)
_MOST_BLOCKED = 20
_NEWEST = 1_000
_LISTS = ("/api/v1/products/", "/h2h/digiflazz/v1/price-list")
_HIDDEN = re.compile(r"(:\s*)\[hidden\]")


@dataclass(frozen=True)
class Use:
    """A key, and the calls that it made in the last minute."""

    name: str
    last4: str
    is_sandbox: bool
    calls: int


@dataclass(frozen=True)
class Blocked:
    """An address that is not on the partner's list, and how often it tried."""

    address: str
    times: int
    last: datetime


def use(partner: Partner) -> list[Use]:
    """What each valid key has used of its limit."""
    since = timezone.now() - timedelta(minutes=1)
    rows = PartnerCall.objects.filter(dealer_id=partner.dealer_id, partner=partner, at__gt=since)
    counts = dict(rows.order_by().values_list("key_name").annotate(Count("pk")))
    keys = [key for key in partner.keys.all() if key.is_valid]
    return [Use(key.name, key.last4, key.is_sandbox, counts.get(key.name, 0)) for key in keys]


def blocked(partner: Partner) -> list[Blocked]:
    """Where calls of the last week came from that were refused for it, the newest first."""
    since = timezone.now() - BLOCKED_SINCE
    rows = PartnerCall.objects.filter(dealer_id=partner.dealer_id, partner=partner, code__in=BLOCKED_CODES)
    found = rows.filter(at__gt=since).order_by().values_list("address").annotate(Count("pk"), last=Max("at"))
    return [Blocked(*each) for each in found.order_by("-last")[:_MOST_BLOCKED]]


def last_list(partner: Partner) -> datetime | None:
    """When the partner last fetched prices, as far as its newest calls tell."""
    rows = PartnerCall.objects.filter(dealer_id=partner.dealer_id, partner=partner).order_by("-pk")
    asked = Q(path__startswith=_LISTS[0]) | Q(path__startswith=_LISTS[1])
    newest = list(rows.values_list("pk", flat=True)[:_NEWEST])
    fetched = rows.filter(asked, pk__in=newest, status__lt=400)
    return fetched.values_list("at", flat=True).first()


def as_curl(call: PartnerCall, *, base: str) -> str:
    """The same call for a terminal; whoever sends it puts in the key and the numbers that are hidden here."""
    parts = ["curl", "-sS", "-X", call.method, shlex.quote(base + call.path)]
    if call.dialect == Dialect.NATIVE:
        parts += ["-H", shlex.quote("Authorization: Bearer YOUR_KEY")]
    if call.request:
        body = _HIDDEN.sub(r'\1"HIDDEN"', call.request)
        parts += ["-H", shlex.quote("Content-Type: application/json"), "-d", shlex.quote(body)]
    return " ".join(parts)


def is_cut(body: str) -> bool:
    """Whether more was sent than is kept."""
    return len(body) >= LONGEST_BODY - 64
