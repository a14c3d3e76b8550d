"""An order found by what stands on its receipt, for whoever has lost the link or doubts the paper. Only to be read.

Neither page shows the whole number or leads to the secret link. Trying is limited, per address and per code; a wrong
code and wrong digits get the same answer.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from portal.lib import limits, tenancy, web
from transactions import lookups, order_view
from transactions.forms import LookupForm

_TRIES_AT_ONCE = 10


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """`kode` and `akhir`, the last four digits: how the order stands, or one sentence that says nothing more."""
    form = LookupForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _private(request, {"form": form}, status=422 if form.is_bound else 200)
    _limit(request, form.cleaned_data["kode"])
    try:
        found = lookups.by_end(form.cleaned_data["kode"], form.cleaned_data["akhir"])
    except lookups.NotFound:
        return _private(request, {"form": form, "is_unknown": True}, status=404)
    with tenancy.inside(found.dealer.pk):
        words, steps = order_view.brief(found.dealer, found.order)
    return _private(request, {"form": form, "found": found, "words": words, "steps": steps})


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the receipt with this code is genuine: shop, status, amount, date, masked number."""
    try:
        context = {"v": lookups.by_proof(code)}
    except lookups.NotFound:
        return _unlisted(render(request, "storefront/verify.html", {"code": code[:40]}, status=404))
    return _unlisted(render(request, "storefront/verify.html", context))


def _limit(request: HttpRequest, code: str) -> None:
    address = web.limit_key(web.client_ip(request))
    limits.hit("lookups", address, per_minute=settings.GUEST_LOOKUPS_PER_MINUTE)
    limits.hit("lookups of an order", code, per_minute=settings.LOOKUPS_PER_ORDER_AND_MINUTE, burst=_TRIES_AT_ONCE)


def _private(request: HttpRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    return _unlisted(render(request, "storefront/lookup.html", context, status=status))


def _unlisted(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
