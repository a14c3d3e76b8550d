"""`POST report/hooks/{id}/pings`: a partner has one of its addresses pinged, by its id alone.

The call carries no sign, so it must do no harm: an id is random, what is sent is always the same and goes to the
partner's own address, a few times a minute at most, and the answer holds nothing but the id that was given.
Source: Digiflazz buyer API documentation, webhook, ping.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from dealers.models import PartnerState
from portal.lib import limits, tenancy, web
from transactions import webhooks
from transactions.api import bounds
from transactions.models import HookFormat
from transactions.models.webhooks import WebhookEndpoint

PINGS_PER_MINUTE = 6
_NOT_SAID = "***"


@csrf_exempt
def ping(request: HttpRequest, code: str) -> HttpResponse:
    """The ping as it is sent, without address and secret; the body of the request is not read."""
    if request.method != "POST":
        return _no("40", "Payload Error: POST", status=400)
    limits.hit("h2h-hooks", web.limit_key(web.client_ip(request)), per_minute=bounds.STRANGERS_PER_MINUTE)
    try:
        is_there = _send(code)
    except limits.TooMany as error:
        again = {"Retry-After": str(error.retry_after_seconds)}
        return _no("85", "Terlalu sering, coba sebentar lagi", status=429, headers=again)
    if not is_there:
        return _no("50", "Webhook tidak ditemukan", status=404)
    hook = {"url": _NOT_SAID, "secret": _NOT_SAID, "type": "application/json", "status": 1}
    return JsonResponse({"sed": webhooks.SENDER, "hook_id": code, "hook": hook}, headers={"Cache-Control": "no-store"})


def _send(code: str) -> bool:
    """Whether there is such an address in this protocol's format, of a partner that may call. Raises `TooMany`."""
    dealer_id = webhooks.dealer_of(code)
    if dealer_id is None:
        return False
    with tenancy.inside(dealer_id):
        rows = WebhookEndpoint.objects.filter(
            dealer_id=dealer_id,
            code=code,
            format=HookFormat.DIGIFLAZZ,
            removed_at__isnull=True,
            partner__state=PartnerState.ACTIVE,
        )
        found = rows.select_for_update(no_key=True, of=("self",)).first()
        if found is not None:
            limits.hit("h2h-ping", str(found.pk), per_minute=PINGS_PER_MINUTE)
            webhooks.ping(found)
        return found is not None


def _no(rc: str, words: str, *, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    said = {"data": {"rc": rc, "message": words, "status": "Gagal"}}
    return JsonResponse(said, status=status, headers={"Cache-Control": "no-store", **(headers or {})})
