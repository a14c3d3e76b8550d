"""Signed calls to the native API of another Konter portal, as one of its partners makes them.

Every call carries `Konter-Key`, `Konter-Timestamp` and `Konter-Signature`, and one that changes something also a
fresh `Konter-Nonce`, so that nobody on the way learns the key or can repeat the call. Source: docs/partners.md.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.lib import outbound
from transactions.suppliers import parse
from transactions.suppliers.base import Credentials, SupplierUnavailable, Trouble

ROOT = "/api/v1"
QUESTION_SECONDS = 20.0
_TROUBLES = {
    "unauthenticated": Trouble.KEY,
    "timestamp_out_of_range": Trouble.CLOCK,
    "address_not_allowed": Trouble.ADDRESS,
    "partner_not_approved": Trouble.ACCOUNT,
    "partner_closed": Trouble.ACCOUNT,
    "scope_missing": Trouble.ACCOUNT,
    "too_many_endpoints": Trouble.ACCOUNT,
}
_UNSENT: tuple[tuple[type[Exception], Trouble], ...] = (
    (outbound.ForbiddenAddress, Trouble.FORBIDDEN),
    (outbound.NotSent, Trouble.UNREACHABLE),
    (outbound.Unanswered, Trouble.SILENT),
)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One call: `path` below `/api/v1`, with its query. `not_after` is a `time.monotonic()` for the first byte."""

    method: str
    path: str
    seconds: float
    payload: Mapping[str, object] | None = None
    not_after: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: `data` None unless it is a JSON object; `raw` for the record, secrets masked."""

    status: int
    data: dict[str, object] | None
    headers: Mapping[str, str]
    raw: str

    @property
    def problem(self) -> str:
        """The stable word of a refusal; empty when it is none of this API."""
        is_problem = self.headers.get("content-type", "").startswith("application/problem+json")
        return parse.text((self.data or {}).get("code"), limit=40) if is_problem else ""


class Api:
    """One partner's account at one portal."""

    def __init__(self, credentials: Credentials) -> None:
        self._account = credentials
        self._base = credentials.base_url.rstrip("/").removesuffix(ROOT) + ROOT

    def call(self, ask: Ask) -> Answer:
        """The whole answer, whatever its status. Raises as `outbound.send`."""
        url = f"{self._base}{ask.path}"
        body = b"" if ask.payload is None else json.dumps(ask.payload, separators=(",", ":")).encode()
        headers = {"accept": "application/json", **ask.headers, **self._proof(ask.method, url, body)}
        if ask.payload is not None:
            headers["content-type"] = "application/json"
        options = outbound.Options(total_seconds=ask.seconds, not_after=ask.not_after, headers=headers)
        came = outbound.send(ask.method, url, body, options)
        raw = self.masked(b"HTTP %d\n" % came.status + came.body)
        return Answer(status=came.status, data=_object(came.body), headers=came.headers, raw=raw)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        payload: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A question that is no sale; an answer of 2xx or 304. Raises SupplierUnavailable."""
        seconds = min(QUESTION_SECONDS, self._account.check_seconds)
        try:
            answer = self.call(Ask(method=method, path=path, seconds=seconds, payload=payload, headers=headers or {}))
        except (outbound.NotSent, outbound.Unanswered) as failed:
            trouble = next(trouble for kind, trouble in _UNSENT if isinstance(failed, kind))
            raise SupplierUnavailable(self.masked(str(failed)), trouble=trouble) from failed
        if answer.status in {200, 201, 202, 204, 304}:
            return answer
        trouble = Trouble.TOO_OFTEN if answer.status == 429 else _TROUBLES.get(answer.problem, Trouble.GARBLED)
        raise SupplierUnavailable(f"HTTP {answer.status} {answer.problem or '-'}", trouble=trouble)

    def read(self, path: str) -> dict[str, object]:
        """The JSON object that answers a question. Raises SupplierUnavailable."""
        data = self.ask(path).data
        if data is None:
            raise SupplierUnavailable(f"no JSON object at {path[:80]}")
        return data

    def masked(self, came: bytes | str) -> str:
        """What came, for the record."""
        account = self._account
        return parse.kept(came, (account.api_key, account.callback_secret, account.username))

    def _proof(self, method: str, url: str, body: bytes) -> dict[str, str]:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        now = str(int(time.time()))
        message = b".".join((now.encode(), method.encode(), target.encode(), body))
        digest = hmac.new(self._account.api_key.encode(), message, hashlib.sha256).hexdigest()
        proof = {"konter-key": self._account.username, "konter-timestamp": now, "konter-signature": f"v1={digest}"}
        return proof if method == "GET" else {**proof, "konter-nonce": secrets.token_hex(16)}


def _object(body: bytes) -> dict[str, object] | None:
    try:
        return parse.json_object(body)
    except parse.Unreadable:
        return None
