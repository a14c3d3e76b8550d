"""Who calls the native API, how often, and once only where a call changes something.

`Authorization: Bearer <key>`, or a signature over the call (`Konter-Key`, `Konter-Timestamp`,
`Konter-Signature`); a signed call that changes something also carries `Konter-Nonce`, except where the
content makes a repeat harmless.
"""

import time
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers import authentication, call_log
from dealers.authentication import Caller, Known, No, Refused, Signed
from dealers.call_log import Heard
from dealers.models import Dialect, Scope
from portal.lib import limits, web
from portal.lib.limits import Allowed
from transactions.api import bounds

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_LET_IN = frozenset({401, 403, 429})


class TooLarge(APIException):
    """The body is more than 64 kB."""

    status_code = 413
    default_code = "too_large"
    default_detail = f"a body has at most {bounds.MOST_BYTES} bytes"


class PartnerAuthentication(BaseAuthentication):
    """The partner behind the key or the signature, in `request.auth`."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Caller]:
        """Raises `Refused`, `TooLarge`, and `limits.TooMany` for an address that keeps guessing."""
        plain = request._request  # noqa: SLF001  DRF's own way to the body's very bytes
        address = web.client_ip(plain)
        try:
            return AnonymousUser(), _caller(plain, address)
        except Refused:
            limits.hit("api-stranger", web.limit_key(address), per_minute=bounds.STRANGERS_PER_MINUTE)
            raise

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        del request
        return 'Bearer realm="Konter"'


def _caller(request: HttpRequest, address: str) -> Caller:
    if bounds.is_too_large(request):
        raise TooLarge
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return authentication.by_key(key.strip(), address=address)
    if "Konter-Signature" not in request.headers:
        raise Refused(No.UNKNOWN)
    call = Signed(
        username=request.headers.get("Konter-Key", ""),
        timestamp=request.headers.get("Konter-Timestamp", ""),
        signature=request.headers["Konter-Signature"],
        method=request.method or "",
        path=request.get_full_path(),
        body=request.body,
    )
    return authentication.by_signature(call, address=address)


class IsPartner(BasePermission):
    """Nobody passes without a key."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the call was proven to be a partner's."""
        del view
        return isinstance(request.auth, Caller)


class PartnerView(APIView):
    """A call by a partner: `scope` is what its key must open, `repeats_safely` that a signed repeat does no harm."""

    authentication_classes = [PartnerAuthentication]
    permission_classes = [IsPartner]
    metadata_class = None  # OPTIONS: what a call takes stands in the schema
    scope: Scope = Scope.READ
    repeats_safely = False
    keeps_answer = True
    """Whether the log of calls shows what was answered."""
    _remaining = 0
    _known: Known | None = None

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return cast(Caller, self.request.auth)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and write down for both sides what was asked and answered."""
        heard = Heard(
            request=request,
            dialect=Dialect.NATIVE,
            started=time.perf_counter(),
            ref_id=str(kwargs.get("ref_id", "")),
            keeps_answer=self.keeps_answer,
        )
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
            response.add_post_render_callback(lambda made: self._note(heard, made))
        else:
            self._note(heard, response)
        return response

    def _note(self, heard: Heard, response: HttpResponseBase) -> None:
        call_log.note(heard, response, self._known, is_refused=response.status_code in _NOT_LET_IN)

    def handle_exception(self, exc: Exception) -> Response:
        """As DRF does; a refusal may say whose call it was."""
        if isinstance(exc, Refused) and exc.by is not None:
            self._known = exc.by
        return super().handle_exception(exc)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Everything that stands before a call. Raises `Refused`, `limits.TooMany`."""
        super().initial(request, *args, **kwargs)
        self._known = self.caller.known
        self.caller.demand(self.scope_of(request.method or ""))
        key = str(self.caller.key.pk)
        answer = limits.check("api", key, per_minute=bounds.CALLS_PER_MINUTE)
        if not isinstance(answer, Allowed):
            raise limits.TooMany("api", retry_after_seconds=answer.retry_after_seconds)
        self._remaining = answer.remaining
        if self.caller.is_signed and request.method not in _SAFE and not self.repeats_safely:
            authentication.use_nonce(self.caller, request.headers.get("Konter-Nonce", ""))

    def scope_of(self, method: str) -> Scope:
        """Which scope this method asks for."""
        return Scope.READ if method in _SAFE else self.scope

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Say how many calls are left in this minute."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["RateLimit-Limit"] = str(bounds.CALLS_PER_MINUTE)
        final["RateLimit-Remaining"] = str(self._remaining)
        final["RateLimit-Reset"] = "60"
        final.setdefault("Cache-Control", "no-store")
        return final
