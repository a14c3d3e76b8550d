"""Where a partner wants to be told, and with which secret: made, changed, removed, resumed, told again.

A secret belongs to the partner; an endpoint may have its own. What is made here is shown once. Everything runs inside
the dealer's transaction; check an address with `webhooks.check_url` before, outside it.
"""

import base64
import secrets
from dataclasses import dataclass

from django.utils import timezone

from dealers.models import Partner, User
from portal.lib import vault
from portal.lib.vault import Place
from transactions import queue, todo, webhooks
from transactions.models import (
    DeliveryState,
    DueKind,
    HookEvent,
    HookFormat,
    TaskKind,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)
from transactions.models.webhooks import PING

MOST_ENDPOINTS = 5
MOST_AT_ONCE = 1_000
"""Deliveries that one replay sends again."""
NATIVE_PREFIX = "whsec_"
_SECRET_BYTES = (24, 64)
_LONGEST_SECRET = 128
EVERYTHING = tuple(event.value for event in HookEvent)


class TooMany(Exception):
    """The partner has as many endpoints as it may."""


class BadSecret(Exception):
    """Not a secret of this format: `whsec_` and the base64 of 24 to 64 bytes; for Digiflazz 8 to 128 characters."""


@dataclass(frozen=True)
class Made:
    """A new endpoint; `secret` is shown now and never again, empty where the partner has it already."""

    endpoint: WebhookEndpoint
    secret: str


def add(
    partner: Partner,
    *,
    url: str,
    how: HookFormat,
    events: tuple[str, ...] = EVERYTHING,
    secret: str = "",
) -> Made:
    """A new endpoint of the partner. Without `secret` the partner's own is used, or made now if it has none.

    Raises `TooMany`, `BadSecret`.
    """
    Partner.objects.select_for_update().get(dealer_id=partner.dealer_id, pk=partner.pk)  # two at once are counted
    if webhooks.in_use(partner.dealer_id, partner.pk).count() >= MOST_ENDPOINTS:
        raise TooMany
    code = secrets.token_hex(6)
    endpoint = WebhookEndpoint(
        dealer_id=partner.dealer_id, partner=partner, code=code, url=url, format=how, events=list(events)
    )
    shown = ""
    if secret:
        _check(how, secret)
        endpoint.sealed = vault.seal(secret, aad=_place_of(endpoint))
    elif partner_secret(partner.dealer_id, partner.pk, how) is None:
        shown = new_secret()
        set_partner_secret(partner, how, shown)
    endpoint.save(force_insert=True)
    return Made(endpoint, shown)


def change(endpoint: WebhookEndpoint, *, url: str, events: tuple[str, ...], is_open: bool) -> None:
    """Another address, other events, on or off; what waited while it was off is sent."""
    was_open = endpoint.is_open
    endpoint.url, endpoint.events, endpoint.is_open = url, list(events), is_open
    endpoint.save(update_fields=["url", "events", "is_open"])
    if is_open and not was_open:
        _wake(endpoint)


def remove(endpoint: WebhookEndpoint) -> None:
    """Nothing more goes there; what was on its way is given up."""
    endpoint.removed_at = timezone.now()
    endpoint.save(update_fields=["removed_at"])
    WebhookDelivery.objects.filter(dealer_id=endpoint.dealer_id, endpoint=endpoint, state=DeliveryState.PENDING).update(
        state=DeliveryState.GIVEN_UP, next_at=None
    )
    queue.clear_lane(endpoint.dealer_id, endpoint.pk)
    todo.done(endpoint.dealer_id, TaskKind.WEBHOOK, endpoint.code)


def resume(endpoint: WebhookEndpoint, *, by: User | None = None) -> None:
    """A paused endpoint is tried again, with all that waited."""
    endpoint.paused_at = endpoint.failing_since = None
    endpoint.save(update_fields=["paused_at", "failing_since"])
    todo.done(endpoint.dealer_id, TaskKind.WEBHOOK, endpoint.code, by=by)
    _wake(endpoint)


def is_asleep(endpoint: WebhookEndpoint) -> bool:
    """Whether what is for it waits."""
    return endpoint.paused_at is not None or not endpoint.is_open


def _wake(endpoint: WebhookEndpoint) -> None:
    waiting = WebhookDelivery.objects.filter(
        dealer_id=endpoint.dealer_id, endpoint=endpoint, state=DeliveryState.PENDING
    )
    waiting.update(next_at=timezone.now())
    if not is_asleep(endpoint):
        targets = list(waiting.values_list("pk", flat=True))
        queue.set_due(endpoint.dealer_id, DueKind.WEBHOOK, *targets, lane=endpoint.pk)


def replay(delivery: WebhookDelivery) -> None:
    """Tell it once more, from the first try on, under the same id."""
    _again(delivery.dealer_id, [delivery])
    delivery.refresh_from_db()


def replay_failed(endpoint: WebhookEndpoint) -> int:
    """Tell again what was given up, the newest `MOST_AT_ONCE`; how many."""
    lost = WebhookDelivery.objects.filter(
        dealer_id=endpoint.dealer_id, endpoint=endpoint, state=DeliveryState.GIVEN_UP
    ).exclude(kind=PING)
    found = list(lost.select_related("endpoint").order_by("-pk")[:MOST_AT_ONCE])
    _again(endpoint.dealer_id, found)
    return len(found)


def _again(dealer_id: int, deliveries: list[WebhookDelivery]) -> None:
    ids = [each.pk for each in deliveries]
    WebhookDelivery.objects.filter(dealer_id=dealer_id, pk__in=ids).update(
        state=DeliveryState.PENDING, tries=0, next_at=timezone.now(), delivered_at=None
    )
    for each in deliveries:
        if each.endpoint is None or not is_asleep(each.endpoint):
            queue.set_due(dealer_id, DueKind.WEBHOOK, each.pk, lane=webhooks.lane(each))


def new_secret() -> str:
    """A secret that serves both formats."""
    return NATIVE_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def set_partner_secret(partner: Partner, how: HookFormat, plain: str) -> None:
    """The secret of all the partner's endpoints in this format that have none of their own. Raises `BadSecret`."""
    _check(how, plain)
    sealed = vault.seal(plain, aad=_place(partner.dealer_id, partner.pk, how))
    WebhookSecret.objects.update_or_create(
        dealer_id=partner.dealer_id, partner=partner, format=how, defaults={"sealed": sealed}
    )


def partner_secret(dealer_id: int, partner_id: int, how: str) -> str | None:
    """The partner's secret in the clear, if it has one. Raises `vault.CannotOpen`."""
    row = WebhookSecret.objects.filter(dealer_id=dealer_id, partner_id=partner_id, format=how).first()
    return vault.open_(row.sealed, aad=_place(dealer_id, partner_id, how)) if row else None


def secret_of(endpoint: WebhookEndpoint) -> str | None:
    """What an endpoint is signed with. Raises `vault.CannotOpen`."""
    if endpoint.sealed:
        return vault.open_(endpoint.sealed, aad=_place_of(endpoint))
    return partner_secret(endpoint.dealer_id, endpoint.partner_id, endpoint.format)


def native_key(secret: str) -> bytes:
    """The bytes of a `whsec_` secret. Raises `BadSecret`."""
    try:
        key = base64.b64decode(secret.removeprefix(NATIVE_PREFIX), validate=True)
    except ValueError as error:
        raise BadSecret from error
    if not secret.startswith(NATIVE_PREFIX) or not _SECRET_BYTES[0] <= len(key) <= _SECRET_BYTES[1]:
        raise BadSecret
    return key


def _check(how: HookFormat, plain: str) -> None:
    if how == HookFormat.NATIVE:
        native_key(plain)
    elif not plain.isprintable() or not 8 <= len(plain) <= _LONGEST_SECRET:
        raise BadSecret


def _place(dealer_id: int, partner_id: int, how: str) -> Place:
    return Place("webhook_secret", "sealed", f"{partner_id}:{how}", dealer_id)


def _place_of(endpoint: WebhookEndpoint) -> Place:
    return Place("webhook_endpoint", "sealed", endpoint.code, endpoint.dealer_id)
