"""How a call of the Digiflazz buyer API is read, proven and answered.

Every call is a POST of JSON with `username` and `sign = md5(username + key + X)`, and is answered in
`{"data": …}`. What is refused before there is a transaction comes with status 400, unless the partner's
client cannot read that. Source: Digiflazz buyer API documentation, and clients of it.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from dealers import authentication, call_log
from dealers.authentication import Caller, Known, No, Refused
from dealers.call_log import Heard
from dealers.models import Dialect
from portal.lib import limits, web
from transactions import digiflazz_words
from transactions.api import bounds
from transactions.suppliers.digiflazz_codes import CODES

_REFUSALS = {
    No.ADDRESS: "45",
    No.APPLIED: "82",
    No.CLOSED: "80",
    No.SCOPE: "88",
}


class Rejected(Exception):
    """The call is answered with a response code instead of what it asked for; nothing was bought."""

    def __init__(self, rc: str, words: str = "", *, by: Known | None = None) -> None:
        super().__init__(rc)
        self.rc = rc
        self.words = words or digiflazz_words.message(rc)
        self.by = by


@dataclass(frozen=True)
class Call:
    """A call that has been proven: who made it, and its fields."""

    caller: Caller
    data: dict[str, Any]

    def text(self, name: str, *, longest: int = 64) -> str:
        """A field as text, "" where it is missing. Raises `Rejected` for what is neither text nor a number."""
        value = self.data.get(name)
        if value is None:
            return ""
        if (
            isinstance(value, bool)
            or not isinstance(value, str | int)
            or len(str(value)) > longest
            or not str(value).isprintable()
        ):
            raise Rejected("40", f"Payload Error: {name}")
        return str(value).strip()

    def rupiah(self, name: str) -> int | None:
        """A sum, None where it is missing or 0; clients send it as a number or as digits. Raises `Rejected`."""
        text = self.text(name, longest=12)
        if not text.isascii() or not (text or "0").isdecimal():
            raise Rejected("40", f"Payload Error: {name}")
        return int(text or 0) or None


Answering = Callable[[Call], object]


def answers(*, salt: str = "", field: str = "") -> Callable[[Answering], Callable[[HttpRequest], HttpResponse]]:
    """Make a view of a function from a proven call to what stands in `data`.

    The X of the sign is a fixed word, `salt`, or what stands in `field`.
    """

    def outer(answer: Answering) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @wraps(answer)
        def view(request: HttpRequest) -> HttpResponse:
            data: dict[str, Any] = {}
            caller: Caller | None = None
            by: Known | None = None
            is_refused = False
            heard = Heard(request=request, dialect=Dialect.DIGIFLAZZ, started=time.perf_counter())
            try:
                data = _read(request)
                caller = _prove(request, data, salt or str(data.get(field, "")))
                by = caller.known
                response = _reply(answer(Call(caller, data)))
            except Rejected as no:
                response, is_refused = _refusal(no, data, caller), no.by is not None
                by = by or no.by
            call_log.note(heard, response, by, is_refused=is_refused)
            return response

        return view

    return outer


def _read(request: HttpRequest) -> dict[str, Any]:
    if request.method != "POST":
        raise Rejected("40", "Payload Error: POST")
    if bounds.is_too_large(request):
        raise Rejected("40", "Payload Error: terlalu besar")
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Rejected("40") from None
    if not isinstance(data, dict):
        raise Rejected("40")
    return data


def _prove(request: HttpRequest, data: dict[str, Any], salt: str) -> Caller:
    username, sign, address = str(data.get("username", "")), str(data.get("sign", "")), web.client_ip(request)
    if not username.isprintable():  # a NUL, say, which the database does not take
        raise Rejected("42")

    def fits(key: str) -> bool:
        expected = hashlib.md5(f"{username}{key}{salt}".encode(), usedforsecurity=False).hexdigest()
        return hmac.compare_digest(expected.encode(), sign.strip().lower().encode("utf-8", "replace"))

    try:
        caller = authentication.by_proof(username, fits, address=address)
    except Refused as error:
        guesses = limits.check("h2h-stranger", web.limit_key(address), per_minute=bounds.STRANGERS_PER_MINUTE)
        if isinstance(guesses, limits.Refused):
            raise Rejected("85") from error
        unknown = "41" if authentication.is_username(username) else "42"
        raise Rejected(_REFUSALS.get(error.why, unknown), by=error.by) from error
    if isinstance(limits.check("h2h", str(caller.key.pk), per_minute=bounds.CALLS_PER_MINUTE), limits.Refused):
        raise Rejected("85", by=caller.known)
    return caller


def demand(call: Call, scope: str) -> None:
    """Go on only when the key opens this. Raises `Rejected`."""
    try:
        call.caller.demand(scope)
    except Refused as error:
        raise Rejected(_REFUSALS[error.why]) from error


def _reply(data: object, *, status: int = 200) -> HttpResponse:
    # Compact and in raw UTF-8: there are clients that compare bytes.
    body = json.dumps({"data": data}, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type="application/json", headers={"Cache-Control": "no-store"})


def _refusal(no: Rejected, data: dict[str, Any], caller: Caller | None) -> HttpResponse:
    echoed = ("ref_id", "customer_no", "buyer_sku_code")
    said: dict[str, object] = {name: _echoed(data[name]) for name in echoed if name in data}
    said |= {"message": no.words, "status": digiflazz_words.status_word(no.rc), "rc": no.rc, "sn": "", "price": 0}
    has_record = no.rc in CODES and CODES[no.rc].has_record
    is_fine = has_record or (caller is not None and caller.partner.always_200)
    return _reply(said, status=200 if is_fine else 400)


def _echoed(value: object) -> str:
    return str(value)[:64] if isinstance(value, str | int) else ""


@csrf_exempt
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every other address below ours, in the words that a client can read."""
    del request, rest
    return _reply({"rc": "40", "message": "Payload Error: alamat tidak dikenal", "status": "Gagal"}, status=404)
