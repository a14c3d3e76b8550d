"""How schemathesis calls as a partner's machine: by the key itself, or signed with it (`FUZZ_SIGN`)."""

import hmac
import os
import time
import uuid
from hashlib import sha256
from typing import Any

import schemathesis
from requests import PreparedRequest
from requests.auth import AuthBase

LONGEST_URL = 500
KEY, USERNAME = os.environ["FUZZ_KEY"], os.environ.get("FUZZ_USERNAME", "")


class Bearer(AuthBase):
    """The key itself."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {KEY}"
        return request


class Signed(AuthBase):
    """A signature over the very bytes that are sent, and a nonce that is used once."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body or b""
        told = body.encode() if isinstance(body, str) else body
        assert isinstance(told, bytes), "what is streamed cannot be signed"
        stamp = str(int(time.time()))
        message = f"{stamp}.{request.method}.{request.path_url}.".encode() + told
        request.headers["Konter-Key"] = USERNAME
        request.headers["Konter-Timestamp"] = stamp
        request.headers["Konter-Signature"] = "v1=" + hmac.new(KEY.encode(), message, sha256).hexdigest()
        request.headers["Konter-Nonce"] = uuid.uuid4().hex
        return request


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Addresses that can be webhooks: no generated one ever exists, and none but this machine's may be called."""
    del context, kwargs
    body = case.body
    if case.operation.definition.raw["operationId"] in {"webhook_add", "webhook_change"} and isinstance(body, dict):
        url = body.get("url")
        if isinstance(url, str) and 1 <= len(url) <= LONGEST_URL:
            case.body = {**body, "url": "http://127.0.0.1:9/fuzz"}


schemathesis.auth.set_from_requests(  # type: ignore[attr-defined]  # put on a function, which types cannot say
    Signed() if USERNAME else Bearer()
)
