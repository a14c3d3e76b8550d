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
from transactions.gateways.base import (
    BadCallback,
    BadSignature,
    GatewayUnavailable,
    Notice,
    Payback,
    PaybackAnswer,
    PaybackOutcome,
)
from transactions.models import Payment

MAX_AGE_SECONDS = 300
MAX_AMOUNT = 1_000_000_000
MAX_TIMES = 5
REFUND_SECONDS = 10.0


class Sandbox:
    """The sandbox gateway under one of its names."""

    def __init__(self, code: str = "sandbox") -> None:
        self.code = code

    @property
    def can_be_asked(self) -> bool:
        """Whether there is anybody at the other end."""
        return bool(settings.SANDBOX_SECRET)

    @property
    def can_refund(self) -> bool:
        """Whether it pays back: nobody can take money back through a sticker or a bank account's number."""
        return self.code == "sandbox"

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

    def refund(self, wish: Payback) -> PaybackAnswer:
        """Pay back at the sandbox's till; the same reference twice is paid once."""
        asked = {"reference": wish.reference, "payment_code": wish.payment_code, "amount": wish.amount}
        try:
            answer = outbound.post_json(f"{_url()}/gateway/refund", asked, total_seconds=REFUND_SECONDS)
            return _payback(answer.status, json.loads(answer.body), wish)
        except (outbound.NotSent, outbound.Unanswered, ValueError, KeyError, TypeError) as error:
            return PaybackAnswer(outcome=PaybackOutcome.UNKNOWN, note=str(error)[:200])


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


def _payback(status: int, said: dict[str, object], wish: Payback) -> PaybackAnswer:
    """What the till says about a payback; believed only when it speaks of ours. Raises ValueError, KeyError."""
    if status != 200 or (said["reference"], said["amount"]) != (wish.reference, wish.amount):
        raise ValueError(f"the till answered {status} about something else")
    if said["status"] == "refused":
        return PaybackAnswer(outcome=PaybackOutcome.REFUSED, note=str(said.get("message", ""))[:200])
    if said["status"] != "paid":
        return PaybackAnswer(outcome=PaybackOutcome.UNKNOWN, note=str(said["status"])[:200])
    return PaybackAnswer(outcome=PaybackOutcome.PAID, gateway_tx=str(said["gateway_tx"])[:80])


def _url() -> str:
    return f"http://127.0.0.1:{settings.SIMULATOR_PORT}"
