"""Sending what partners are told: claimed by lane, sent with no transaction open, recorded afterwards.

A lane is one address, where at most two calls are under way; each call sends a few deliveries one after the other
over one connection. Whatever was sent and not recorded is sent again under the same id.
Source: Standard Webhooks 1.0.0; Digiflazz buyer API documentation, webhook.
"""

import base64
import hmac
import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1, sha256
from itertools import groupby

from django.utils import timezone

from portal.lib import crash, logs, outbound, retry, tenancy
from transactions import queue, todo, webhook_endpoints
from transactions.models import DeliveryState, DueKind, HookFormat, TaskKind, WebhookDelivery, WebhookEndpoint
from transactions.models.webhooks import PING
from transactions.queue import Claim

CALLS_PER_LANE = 2
PER_CALL = 10
CALL_SECONDS = 15.0
_START_SECONDS = 25.0
"""After its decision a call begins no further delivery; with the last one it ends well within the lease."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""Nine retries, over 75.6 hours."""
PAUSED_AFTER = timedelta(hours=24)
SLOW_DOWN = timedelta(minutes=1)
REST = timedelta(minutes=1)
"""What waits behind a silent address waits so long, or a few such addresses would hold all the threads."""
LONGEST_WAIT = timedelta(hours=24)
STAFF_WITHIN = timedelta(days=1)
ANSWER_KEPT = 8 * 1024
_SLOW = frozenset({429, 502, 504})
_GONE = 410


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One delivery to be sent."""

    held: Claim
    event_id: str
    kind: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What became of a letter: a status, or why there is none; a letter that was not tried has neither."""

    letter: Letter
    status: int | None = None
    error: str = ""
    answer: str = ""
    retry_after: timedelta = timedelta()
    ms: int | None = None

    @property
    def was_tried(self) -> bool:
        """Whether anything was attempted."""
        return self.ms is not None

    @property
    def is_accepted(self) -> bool:
        """Only 2xx is; a redirect is a failure, and never followed."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class Call:
    """A few deliveries for one address, decided and read; `not_after` is a `time.monotonic()`."""

    dealer_id: int
    endpoint_id: int | None
    url: str
    format: HookFormat
    secret: str | None
    letters: tuple[Letter, ...]
    not_after: float

    def __str__(self) -> str:
        return f"{len(self.letters)} webhooks of lane {self.lane}"

    @property
    def lane(self) -> int:
        """Where they stand in the queue."""
        return self.letters[0].held.lane or 0

    def run(self) -> "Told":
        """Send one after the other; one that is not answered ends it."""
        replies: list[Reply] = []
        is_silent = False
        for letter in self.letters:
            if is_silent or time.monotonic() >= self.not_after:
                replies.append(Reply(letter=letter))
                continue
            replies.append(self._send(letter))
            is_silent = replies[-1].status is None
        crash.point("after_webhook")
        return Told(self, tuple(replies))

    def broken(self) -> "Told":
        """A defect of ours: nothing was learnt about any of them, and they count as failed tries."""
        return Told(self, tuple(Reply(letter=each, error="defect", ms=0) for each in self.letters))

    def _send(self, letter: Letter) -> Reply:
        began = time.monotonic()
        body = letter.body.encode()
        options = outbound.Options(
            total_seconds=CALL_SECONDS, not_after=self.not_after, headers=self._headers(letter, body)
        )
        try:
            response = outbound.post(self.url, body, options)
        except (outbound.NotSent, outbound.Unanswered) as error:
            return Reply(letter=letter, error=f"{type(error).__name__}: {error}"[:200], ms=_since(began))
        return Reply(
            letter=letter,
            status=response.status,
            answer=logs.mask(response.body[:ANSWER_KEPT].decode(errors="replace").replace("\0", "")),
            retry_after=_retry_after(response.headers.get("retry-after", "")),
            ms=_since(began),
        )

    def _headers(self, letter: Letter, body: bytes) -> dict[str, str]:
        return headers(self.format, self.secret, letter.event_id, letter.kind, body)


def headers(how: HookFormat, secret: str | None, event_id: str, kind: str, body: bytes) -> dict[str, str]:
    """What proves a body to its receiver. Raises `BadSecret` for a native secret that is none."""
    if how == HookFormat.DIGIFLAZZ:
        given = {
            "content-type": "application/json",
            "user-agent": "Digiflazz-Hookshot",
            "x-digiflazz-event": PING if kind == PING else "update",
            "x-digiflazz-delivery": str(uuid.uuid5(uuid.NAMESPACE_OID, event_id)),
        }
        if secret:
            given["x-hub-signature"] = "sha1=" + hmac.new(secret.encode(), body, sha1).hexdigest()
        return given
    now = int(timezone.now().timestamp())
    message = f"{event_id}.{now}.".encode() + body
    proof = hmac.new(webhook_endpoints.native_key(secret or ""), message, sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(now),
        "webhook-signature": "v1," + base64.b64encode(proof).decode(),
    }


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _retry_after(text: str) -> timedelta:
    """Seconds only: a date is the receiver's clock, which we do not trust."""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        return timedelta()
    return min(timedelta(seconds=int(text)), LONGEST_WAIT)


@dataclass(frozen=True)
class Told:
    """What came of a call."""

    call: Call
    replies: tuple[Reply, ...]

    @property
    def is_silent(self) -> bool:
        """Whether the address did not answer at all."""
        return any(reply.was_tried and reply.status is None for reply in self.replies)

    def __str__(self) -> str:
        return str(self.call)


def claim(limit: int) -> list[Claim]:
    """Up to `limit` calls' worth of deliveries that are due, of addresses where nothing is under way."""
    return queue.claim_lanes(per_lane=CALLS_PER_LANE * PER_CALL, limit=limit * PER_CALL)


def by_lane(claims: list[Claim]) -> Iterator[list[Claim]]:
    """Claims that go to one address."""
    for _lane, group in groupby(sorted(claims, key=_order), key=lambda held: (held.dealer_id, held.lane)):
        yield list(group)


def decide(claims: list[Claim]) -> list[Call]:
    """The calls that the claims of one lane are worth, `CALLS_PER_LANE` at most."""
    with tenancy.inside(claims[0].dealer_id):
        return _calls(claims[0].dealer_id, claims)


def _order(held: Claim) -> tuple[int, int, int]:
    return held.dealer_id, held.lane or 0, held.target


def _calls(dealer_id: int, claims: list[Claim]) -> list[Call]:
    rows = WebhookDelivery.objects.filter(dealer_id=dealer_id, pk__in=[held.target for held in claims])
    found = {row.pk: row for row in rows.select_related("endpoint")}
    wanted: list[tuple[Claim, WebhookDelivery]] = []
    for held in claims:
        row = found.get(held.target)
        if row is None or not _may_go(row):
            queue.finish(dealer_id, DueKind.WEBHOOK, held.target)
        else:
            wanted.append((held, row))
    if not wanted:
        return []
    half = max(-(-len(wanted) // CALLS_PER_LANE), 1)
    return [_call(wanted[start : start + half]) for start in range(0, len(wanted), half)]


def _may_go(row: WebhookDelivery) -> bool:
    if row.state != DeliveryState.PENDING:
        return False
    return row.endpoint is None or row.kind == PING or not webhook_endpoints.is_asleep(row.endpoint)


def _call(wanted: list[tuple[Claim, WebhookDelivery]]) -> Call:
    first = wanted[0][1]
    endpoint = first.endpoint
    how = HookFormat(endpoint.format) if endpoint else HookFormat.DIGIFLAZZ
    # The one-time addresses of a partner share a lane: what goes elsewhere than the first waits for its turn.
    same = [(held, row) for held, row in wanted if row.url == first.url]
    for held, row in wanted:
        if row.url != first.url:
            queue.give_back(held, after=timedelta())
    return Call(
        dealer_id=first.dealer_id,
        endpoint_id=first.endpoint_id,
        url=endpoint.url if endpoint else first.url,
        format=how,
        secret=webhook_endpoints.secret_of(endpoint)
        if endpoint
        else webhook_endpoints.partner_secret(first.dealer_id, first.partner_id, how),
        letters=tuple(Letter(held=held, event_id=row.event_id, kind=row.kind, body=row.body) for held, row in same),
        not_after=time.monotonic() + _START_SECONDS,
    )


def record(told: Told) -> None:
    """Write down what came, and when what failed is tried again; repeated, nothing changes."""
    retry.on_conflict(lambda: _record(told))


def _record(told: Told) -> None:
    call = told.call
    with tenancy.inside(call.dealer_id):
        endpoint = _lock(call)
        ids = [reply.letter.held.target for reply in told.replies]
        rows = WebhookDelivery.objects.filter(dealer_id=call.dealer_id, pk__in=ids).order_by("pk")
        found = {row.pk: row for row in rows.select_for_update(no_key=True)}
        if told.is_silent:
            queue.rest_lane(call.dealer_id, call.lane, after=REST)
        for reply in told.replies:
            row = found.get(reply.letter.held.target)
            if row is not None and row.state == DeliveryState.PENDING:
                _take(row, reply, is_silent=told.is_silent)
        if endpoint is not None:
            _judge(endpoint, told.replies)


def _lock(call: Call) -> WebhookEndpoint | None:
    if call.endpoint_id is None:
        return None
    rows = WebhookEndpoint.objects.select_for_update(no_key=True)
    return rows.get(dealer_id=call.dealer_id, pk=call.endpoint_id)


def _take(row: WebhookDelivery, reply: Reply, *, is_silent: bool) -> None:
    held = reply.letter.held
    if not reply.was_tried:
        queue.give_back(held, after=REST if is_silent else timedelta())
        return
    if not reply.is_accepted and not queue.holds(held.dealer_id, DueKind.WEBHOOK, row.pk, held.token):
        return  # somebody else is at it by now, and will see for itself
    row.tries += 1
    row.last_status, row.last_ms = reply.status, reply.ms
    row.last_error, row.last_answer = reply.error, reply.answer
    row.next_at = None
    wait = timedelta() if reply.is_accepted else _wait(row, reply)
    if reply.is_accepted:
        row.state, row.delivered_at = DeliveryState.DELIVERED, timezone.now()
    elif wait is None:
        row.state = DeliveryState.GIVEN_UP
    else:
        row.next_at = timezone.now() + wait
    row.save(
        update_fields=[
            *("state", "tries", "last_status", "last_ms", "last_error", "last_answer", "next_at", "delivered_at")
        ]
    )
    if row.state == DeliveryState.PENDING and wait is not None:
        queue.set_due(row.dealer_id, DueKind.WEBHOOK, row.pk, after=wait, lane=held.lane)
    else:
        queue.finish(row.dealer_id, DueKind.WEBHOOK, row.pk)


def _wait(row: WebhookDelivery, reply: Reply) -> timedelta | None:
    """How long until the next try, spread so that what failed together does not come back together; None for never."""
    if row.tries > len(PAUSES) or row.kind == PING:
        return None
    wait = PAUSES[row.tries - 1] * random.uniform(0.9, 1.1)  # noqa: S311  no secret
    return max(wait, reply.retry_after, SLOW_DOWN if reply.status in _SLOW else timedelta())


def _judge(endpoint: WebhookEndpoint, replies: tuple[Reply, ...]) -> None:
    """An endpoint that accepted nothing for a day is paused, one that says it is gone at once; staff are told."""
    tried = [reply for reply in replies if reply.was_tried]
    failed = [reply for reply in tried if not reply.is_accepted and reply.letter.kind != PING]
    now = timezone.now()
    if any(reply.is_accepted for reply in tried):
        endpoint.failing_since = None
    elif failed:
        endpoint.failing_since = endpoint.failing_since or now
    is_gone = any(reply.status == _GONE for reply in failed)
    is_silent = endpoint.failing_since is not None and now - endpoint.failing_since >= PAUSED_AFTER
    if failed and endpoint.paused_at is None and (is_gone or is_silent):
        endpoint.paused_at = now
        queue.clear_lane(endpoint.dealer_id, endpoint.pk)
        todo.ask(endpoint.dealer_id, TaskKind.WEBHOOK, endpoint.code, within=STAFF_WITHIN, note=endpoint.url)
    endpoint.save(update_fields=["failing_since", "paused_at"])
