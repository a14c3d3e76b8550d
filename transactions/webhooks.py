"""Partners are told how their orders end: written down in the transaction of the change, sent by the dispatcher.

A delivery holds the very text that will be signed and sent. Writing one twice is writing it once: its event id is made
of the order and its end. Everything here runs inside the dealer's transaction.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dealers.models import Partner
from portal.lib import outbound, roundtrip
from portal.lib.roundtrip import Statement
from transactions import accounts, digiflazz_words, ledger, queue
from transactions.models import (
    DepositTicket,
    DueKind,
    HookEvent,
    HookFormat,
    Order,
    SandboxOrder,
    Status,
    WebhookCallback,
    WebhookDelivery,
    WebhookEndpoint,
)
from transactions.models.webhooks import LONGEST_URL, PING
from transactions.partner_orders import PartnerOrder, of, of_sandbox

CALLBACKS_KEPT = timedelta(days=90)
DELIVERIES_KEPT = timedelta(days=90)
SENDER = "Konter"


class BadUrl(Exception):
    """An address that we do not send to: malformed, too long, not public, or without a name today."""


@dataclass(frozen=True)
class _Address:
    """Where something goes: an endpoint, or the address that came with the order."""

    format: HookFormat
    endpoint: WebhookEndpoint | None
    url: str = ""


def check_url(url: str) -> None:
    """Whether we would send there, as its name resolves now; up to five seconds, so outside any transaction.

    Raises `BadUrl`.
    """
    if len(url) > LONGEST_URL:
        raise BadUrl(f"longer than {LONGEST_URL} characters")
    try:
        outbound.check(url)
    except outbound.NotSent as error:
        raise BadUrl(str(error)) from error


def remember_callback(partner: Partner, *, ref_id: str, url: str, is_sandbox: bool = False) -> None:
    """Keep the address that came with an order, before the order is placed; the first one stays.

    Check it with `check_url` before. It takes the place of the partner's endpoints in the Digiflazz format.
    """
    row = WebhookCallback(
        dealer_id=partner.dealer_id, partner=partner, ref_id=ref_id, url=url[:LONGEST_URL], is_sandbox=is_sandbox
    )
    WebhookCallback.objects.bulk_create([row], ignore_conflicts=True)


_ANYBODY = """
SELECT EXISTS (
    SELECT FROM webhook_callback WHERE dealer_id = %s AND partner_id = %s AND ref_id = %s AND NOT is_sandbox
) OR EXISTS (
    SELECT FROM webhook_endpoint WHERE dealer_id = %s AND partner_id = %s AND removed_at IS NULL AND is_open
)
"""


def tell(order: Order, *, after: Sequence[Statement] = ()) -> None:
    """Tell the partner how its order has just ended; call it where the end is written, after the money.

    `after` are statements to be sent before that.
    """
    if order.partner_id is None:
        if after:
            roundtrip.send(*after)
        return
    whose, ref_id = [order.dealer_id, order.partner_id], order.ref_id or ""
    if roundtrip.ask(*after, Statement(_ANYBODY, [*whose, ref_id, *whose])) != (True,):
        return
    addresses = list(_addresses(order.dealer_id, order.partner_id, ref_id, is_sandbox=False))
    partner = Partner.objects.get(dealer_id=order.dealer_id, pk=order.partner_id)
    balance = ledger.wallet_balance(order.dealer_id, accounts.wallet(partner.wallet_key))
    _write(partner, of(order), addresses, balance=balance, at=order.finished_at or timezone.now())


def tell_trial(order: SandboxOrder, *, balance: int) -> None:
    """Tell the partner how its trial ends, when it does; one that never ends is never told of."""
    if order.ends_at is None:
        return
    addresses = list(_addresses(order.dealer_id, order.partner_id, order.ref_id, is_sandbox=True))
    if addresses:
        ended = of_sandbox(order, at_its_end=True)
        _write(order.partner, ended, addresses, balance=balance, at=order.ends_at)


def tell_deposit(ticket: DepositTicket) -> None:
    """Tell the partner that a deposit is in its wallet; the Digiflazz format has no word for that."""
    at = ticket.finished_at or timezone.now()
    for endpoint in in_use(ticket.dealer_id, ticket.partner_id).filter(is_open=True, format=HookFormat.NATIVE):
        if HookEvent.DEPOSITED not in endpoint.events:
            continue
        _put(
            WebhookDelivery(
                dealer_id=ticket.dealer_id,
                partner_id=ticket.partner_id,
                endpoint=endpoint,
                event_id=f"evt_{ticket.code}_credited",
                kind=HookEvent.DEPOSITED,
                ref_id=ticket.ref_id,
                order_code=ticket.code,
                body=compact({"type": HookEvent.DEPOSITED, "timestamp": _written(at), "data": deposit_facts(ticket)}),
                next_at=at,
            )
        )


def deposit_facts(ticket: DepositTicket) -> dict[str, Any]:
    """The same fields as the answer of `/api/v1/deposits/{code}/`; sums in rupiah."""
    return {
        "code": ticket.code,
        "ref_id": ticket.ref_id or None,
        "state": str(ticket.standing),
        "asked": ticket.asked,
        "amount": ticket.amount,
        "credited": ticket.came,
        "bank": ticket.account.bank,
        "account_number": ticket.account.number,
        "account_holder": ticket.account.holder,
        "proof": ticket.proof,
        "created_at": _written(ticket.created_at),
        "expires_at": _written(ticket.expires_at),
        "claimed_at": _written(ticket.claimed_at) if ticket.claimed_at else None,
        "finished_at": _written(ticket.finished_at) if ticket.finished_at else None,
    }


def _addresses(dealer_id: int, partner_id: int, ref_id: str, *, is_sandbox: bool) -> Iterator[_Address]:
    given = WebhookCallback.objects.filter(
        dealer_id=dealer_id, partner_id=partner_id, ref_id=ref_id, is_sandbox=is_sandbox
    ).first()
    if given is not None:
        yield _Address(HookFormat.DIGIFLAZZ, None, given.url)
    for endpoint in in_use(dealer_id, partner_id).filter(is_open=True):
        if given is None or endpoint.format != HookFormat.DIGIFLAZZ:
            yield _Address(HookFormat(endpoint.format), endpoint)


def in_use(dealer_id: int, partner_id: int) -> Any:
    """The endpoints that a partner has not removed."""
    return WebhookEndpoint.objects.filter(dealer_id=dealer_id, partner_id=partner_id, removed_at__isnull=True)


def _write(partner: Partner, order: PartnerOrder, addresses: list[_Address], *, balance: int, at: datetime) -> None:
    kind = HookEvent.SUCCEEDED if order.status == Status.SUCCEEDED else HookEvent.FAILED
    for address in addresses:
        if address.endpoint is not None and kind not in address.endpoint.events:
            continue
        _put(
            WebhookDelivery(
                dealer_id=partner.dealer_id,
                partner=partner,
                endpoint=address.endpoint,
                event_id=f"evt_{order.code}_{order.status}",
                kind=kind,
                ref_id=order.ref_id,
                order_code=order.code,
                url=address.url,
                body=_body(address.format, kind, order, balance=balance, at=at),
                next_at=at,
            ),
            after=max(at - timezone.now(), timedelta()),
        )


def _body(how: HookFormat, kind: str, order: PartnerOrder, *, balance: int, at: datetime) -> str:
    if how == HookFormat.DIGIFLAZZ:
        return compact({"data": digiflazz_words.data_of(order, balance=balance)})
    return compact({"type": kind, "timestamp": _written(at), "data": _facts(order)})


def _facts(order: PartnerOrder) -> dict[str, Any]:
    """The same fields as the answer of `/api/v1/orders/{ref_id}/`."""
    return {
        "code": order.code,
        "ref_id": order.ref_id,
        "status": str(order.status),
        "sku": order.sku,
        "brand": order.brand,
        "destination": order.destination,
        "price": order.price,
        "sn": order.sn,
        "rc": order.rc,
        "reason": str(order.reason),
        "sandbox": order.is_sandbox,
        "created_at": _written(order.created_at),
        "finished_at": _written(order.finished_at) if order.finished_at else None,
    }


def _written(at: datetime) -> str:
    """As the API writes it."""
    return timezone.localtime(at, timezone.get_default_timezone()).isoformat()


def compact(payload: dict[str, Any]) -> str:
    """JSON as receivers expect it that write it anew before they check it: no spaces, raw UTF-8, bare slashes."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def dealer_of(code: str) -> int | None:
    """Whose endpoint this is, for those who know no more than its code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dealer_of_webhook(%s)", [code])
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


def ping(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Tell an endpoint that it is there; the answer is in the delivery, soon."""
    now = timezone.now()
    body: dict[str, Any] = {"type": PING, "timestamp": _written(now), "data": {"endpoint": endpoint.code}}
    if endpoint.format == HookFormat.DIGIFLAZZ:  # the secret itself has no place in a body that is kept
        hook = {"url": endpoint.url, "secret": "***", "type": "application/json", "status": 1}
        body = {"sed": SENDER, "hook_id": endpoint.code, "hook": hook}
    delivery = WebhookDelivery(
        dealer_id=endpoint.dealer_id,
        partner_id=endpoint.partner_id,
        endpoint=endpoint,
        event_id=f"evt_{uuid.uuid4().hex}",
        kind=PING,
        body=compact(body),
        next_at=now,
    )
    _put(delivery)
    return delivery


def _put(delivery: WebhookDelivery, *, after: timedelta = timedelta()) -> None:
    """The delivery and its due row; nothing when the address was told before."""
    own = {"dealer_id": delivery.dealer_id, "endpoint_id": delivery.endpoint_id, "event_id": delivery.event_id}
    if WebhookDelivery.objects.filter(**own).exists():  # the order's row is locked: nobody writes it meanwhile
        return
    delivery.save(force_insert=True)
    is_asleep = delivery.endpoint is not None and delivery.endpoint.paused_at is not None
    if not is_asleep or delivery.kind == PING:
        queue.set_due(delivery.dealer_id, DueKind.WEBHOOK, delivery.pk, after=after, lane=lane(delivery))


def lane(delivery: WebhookDelivery) -> int:
    """What is sent few at a time: an endpoint, or whatever goes to a partner's one-time addresses."""
    return delivery.endpoint_id or -delivery.partner_id


def forget(dealer_id: int) -> int:
    """Drop what was told, or given, long ago; how many rows. Inside the dealer's transaction."""
    now = timezone.now()
    told = WebhookDelivery.objects.filter(dealer_id=dealer_id, created_at__lt=now - DELIVERIES_KEPT)
    given = WebhookCallback.objects.filter(dealer_id=dealer_id, created_at__lt=now - CALLBACKS_KEPT)
    return told.exclude(state="pending").delete()[0] + given.delete()[0]
