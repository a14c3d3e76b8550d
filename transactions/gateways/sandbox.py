"""A gateway for trying things out: real callbacks, real bookings, no real money.

Its other end is the simulator, which in the demo also plays the bank and the acquirer behind QRIS and
transfers. A callback is signed `v1=<hex HMAC-SHA256(secret, timestamp.body)>` over the raw body, and is
refused when it is more than five minutes old. Without the secret nobody reports and nobody can be asked:
what came by QRIS or into the bank is then told by staff.
"""

import hmac
import json
import time
from collections.abc import Mapping
from hashlib import sha256

from django.conf import settings

from portal.lib import outbound
from transactions.gateways.base import BadCallback, BadSignature, GatewayUnavailable, Notice
from transactions.models import Payment

MAX_AGE_SECONDS = 300
MAX_AMOUNT = 1_000_000_000
MAX_TIMES = 5


class Sandbox:
    """The sandbox gateway under one of its names."""

    def __init__(self, code: str = "sandbox") -> None:
        self.code = code

    @property
    def can_be_asked(self) -> bool:
        """Whether there is anybody at the other end."""
        return bool(settings.SANDBOX_SECRET)

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Notice:
        """What the sandbox reports. Raises `BadSignature`, then `BadCallback`."""
        timestamp = headers.get("X-Konter-Timestamp", "")
        given = headers.get("X-Konter-Signature", "")
        if not settings.SANDBOX_SECRET or not hmac.compare_digest(given.encode(), signature(timestamp, body).encode()):
            raise BadSignature
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > MAX_AGE_SECONDS:
            raise BadSignature
        try:
            return _notice(json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            raise BadCallback(str(error)) from error

    def received(self, payment_code: str) -> list[Notice]:
        """What the sandbox has received for a code. Raises `GatewayUnavailable`."""
        try:
            answer = outbound.get(f"{_url()}/gateway/{payment_code}", total_seconds=5.0)
            return [_notice(row) for row in json.loads(answer.body)]
        except (outbound.NotSent, outbound.Unanswered, ValueError, KeyError, TypeError) as error:
            raise GatewayUnavailable(str(error)) from error


def signature(timestamp: str, body: bytes) -> str:
    """The signature of a callback."""
    digest = hmac.new(settings.SANDBOX_SECRET.encode(), timestamp.encode() + b"." + body, sha256)
    return f"v1={digest.hexdigest()}"


def pay(payment: Payment, *, amount: int, times: int) -> None:
    """Have the sandbox's customer pay `amount` rupiah, `times` times; the callbacks follow.

    Raises `GatewayUnavailable`, ValueError for an amount or a count that nobody pays.
    """
    if not 0 < amount <= MAX_AMOUNT or not 0 < times <= MAX_TIMES:
        raise ValueError("amount or times out of range")
    order = {
        "payment_code": payment.code,
        "amount": amount,
        "times": times,
        "callback_url": f"{settings.KONTER_BASE_URL}/hooks/payments/{payment.gateway}/",
        "secret": settings.SANDBOX_SECRET,
    }
    try:
        answer = outbound.post_json(f"{_url()}/gateway/pay", order, total_seconds=5.0)
    except (outbound.NotSent, outbound.Unanswered) as error:
        raise GatewayUnavailable(str(error)) from error
    if answer.status != 200:
        raise GatewayUnavailable(f"the sandbox answered {answer.status}")


def _notice(row: dict[str, object]) -> Notice:
    amount = row["amount"]
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= MAX_AMOUNT:
        raise ValueError("amount out of range")
    return Notice(payment_code=str(row["payment_code"])[:40], gateway_tx=str(row["gateway_tx"])[:80], amount=amount)


def _url() -> str:
    return f"http://127.0.0.1:{settings.SIMULATOR_PORT}"
