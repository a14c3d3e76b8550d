"""What every request and answer has in common: an id, an address, errors said plainly.

Exceptions reach us in two ways. From a view, Django asks `process_exception`. From a middleware
below us it has already made a 500 of them (each middleware is wrapped on its own), so the same
translation stands in `server_error`, the URLconf's `handler500`, which sees the exception still
being handled. Either way a database that is away is a 503, and only defects are a 500.
"""

import ipaddress
import re
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage import default_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject, empty
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.lib import limits, meters, style, trouble

log = structlog.get_logger(__name__)

_SANE_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SLOW_SECONDS = 2.0

TYPE_PREFIX = "urn:konter:problem:"
"""Problem types are names, not addresses: nothing needs to be fetched to tell them apart."""

FOR_PROGRAMS = ("/api/", "/h2h/", "/hooks/")
"""Addresses that nobody opens in a browser."""

GetResponse = Callable[[HttpRequest], HttpResponse]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RequestIdMiddleware:
    """Names the request (or keeps the caller's sane X-Request-Id) in logs and answer, and counts it."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        name = given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = name  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)
        started = time.perf_counter()
        try:
            response = self._get_response(request)
            self._count(request, response.status_code, time.perf_counter() - started)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-Id"] = name
        return response

    def _count(self, request: HttpRequest, status: int, seconds: float) -> None:
        method = request.method if request.method in _METHODS else "OTHER"
        route = _route(request)
        meters.http_requests.labels(method, route, str(status)).inc()
        meters.http_seconds.labels(method, route).observe(seconds)
        if seconds > _SLOW_SECONDS:
            log.warning("slow request", method=method, route=route, status=status, seconds=round(seconds, 2))


def _route(request: HttpRequest) -> str:
    if match := request.resolver_match:
        return match.view_name
    return "static" if request.path_info.startswith(f"/{str(settings.STATIC_URL).lstrip('/')}") else "unmatched"


class TroubleMiddleware:
    """Turns bad weather of the database into 503 and a reached limit into 429."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return trouble_response(request, exception)


class MessagesMiddleware(MessageMiddleware):
    """Django's middleware for messages; does nothing for a request in which nobody reads or leaves any."""

    def process_request(self, request: HttpRequest) -> None:
        """Make the storage at its first use."""
        request._messages = SimpleLazyObject(partial(default_storage, request))  # type: ignore[attr-defined]  # noqa: SLF001

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep what was left, if there was a storage."""
        if request._messages._wrapped is empty:  # type: ignore[attr-defined]  # noqa: SLF001
            return response
        return super().process_response(request, response)


class NotAllowedMiddleware:
    """Gives a 405 a page: who opens the address of a button by hand, or comes back to it, is shown the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.status_code != 405 or wants_json(request):
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        page["Cache-Control"] = "no-store"
        return page


def trouble_response(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """429 or 503 for what the exception speaks of, None if it is a defect; renders without the database."""
    if isinstance(error, limits.TooMany):
        return too_many(request, error.retry_after_seconds)
    found = trouble.of(error)
    if found is None:
        return None
    meters.database_trouble.labels(found.code).inc()
    if found.ours:
        log.error("database trouble", code=found.code, error=str(error).strip()[:200])
    else:
        log.warning("database trouble", code=found.code)
    money = _("Tidak ada uang yang ditarik, kecuali jika halaman pesanan menunjukkannya.")
    again = _again(found.retry_after_seconds)
    if wants_json(request):
        response: HttpResponse = problem(503, found.code, f"{found.what} {money} {again}")
    else:
        context = {"what": found.what, "money": money, "again": again, **_bare(request)}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    return _unkept(response, found.retry_after_seconds)


def too_many(request: HttpRequest, retry_after_seconds: int) -> HttpResponse:
    """429 with Retry-After: a page, or problem details for programs."""
    if wants_json(request):
        detail = f"{_('Terlalu banyak permintaan.')} {_again(retry_after_seconds)}"
        response: HttpResponse = problem(429, "too_many_requests", detail)
    else:
        response = render(request, "429.html", {"seconds": retry_after_seconds}, status=429)
    return _unkept(response, retry_after_seconds)


def _again(seconds: int) -> str:
    words = ngettext("Coba lagi dalam %(seconds)s detik.", "Coba lagi dalam %(seconds)s detik.", seconds)
    return words % {"seconds": seconds}


def _unkept(response: HttpResponse, retry_after_seconds: int) -> HttpResponse:
    response["Retry-After"] = str(retry_after_seconds)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: database trouble met by a middleware is still 503, a defect says so without detail."""
    if response := trouble_response(request, sys.exception()):
        return response
    if wants_json(request):
        return problem(500, "internal_error", _("Ada kesalahan di server kami. Kesalahan ini sudah dicatat."))
    return HttpResponse(render_to_string("500.html", _bare(request)), status=500)


def _bare(request: HttpRequest) -> dict[str, Any]:
    """What a page that asks nothing and nobody needs."""
    # Our own constant, in no way anybody's input.
    return {"request_id": _request_id(request), "style": mark_safe(style.plain(request))}  # noqa: S308


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: 403 with a way back to what was typed."""
    log.warning("form refused", reason=reason)
    if wants_json(request):
        return problem(403, "csrf", _("Formulir ini tidak berasal dari halaman kami atau sudah terlalu lama dibuka."))
    return render(request, "portal/csrf.html", status=403)


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: object
) -> JsonResponse:
    """Problem details of RFC 9457; `code` is the stable word for programs, `members` are added as they are."""
    body: dict[str, Any] = {
        "type": f"{TYPE_PREFIX}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": str(detail),
    }
    if name := structlog.contextvars.get_contextvars().get("request_id"):
        body["request_id"] = name
    return JsonResponse(
        body | members, status=status, content_type="application/problem+json", headers=dict(headers or {})
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether a program is asking: by the address, its Accept header, or because it sent JSON and accepts anything."""
    if request.path_info.startswith(FOR_PROGRAMS):
        return True
    preferred = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    if preferred == "text/html" and request.content_type == "application/json":
        return "text/html" not in request.headers.get("Accept", "*/*")
    return preferred is not None and preferred != "text/html"


def _request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what every page knows about where it stands."""
    return {
        "DEMO": settings.DEMO,
        "KONTER_BASE_URL": settings.KONTER_BASE_URL,
        "dealer": getattr(request, "dealer", None),
        "language": get_language() or settings.LANGUAGE_CODE,
        "request_id": _request_id(request),
    }


def client_ip(request: HttpRequest) -> str:
    """The caller's address; X-Forwarded-For counts only as far as settings.TRUSTED_PROXIES wrote it.

    Read from the right: each trusted proxy vouches for the entry before its own, whatever stands
    further left may be invented. `unknown` when the server gave no address (a unix socket).
    """
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    address = _address(request.META.get("REMOTE_ADDR", ""))
    if address is None:
        return "unknown"
    for entry in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        earlier = _address(entry)
        if earlier is None or not any(address in network for network in trusted):
            break
        address = earlier
    return str(address)


def limit_key(address: str) -> str:
    """The address as rate limits count it: one IPv6 customer owns a whole /64."""
    parsed = _address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(proxy.strip(), strict=False) for proxy in proxies)
