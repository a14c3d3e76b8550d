"""What a partner's machines asked: the log, one call of it, a download, and how near the limits are."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers import call_log
from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from dealers.models import Partner, PartnerCall
from transactions.api import bounds
from transactions.desk_forms.partner_calls import CallFilter
from transactions.desk_selectors import partner_calls as selectors
from transactions.views.desk import csv_files
from transactions.views.desk.page import page

MOST_LINES = 10_000


@desk(Can.EDIT_PARTNER)
@require_GET
def index(request: DealerRequest, username: str) -> HttpResponse:
    """GET /desk/mitra/<username>/log/: newest first, fifty to a page."""
    partner, form, rows = _found(request, username)
    found = list(rows[: selectors.PER_PAGE + 1])
    shown = found[: selectors.PER_PAGE]
    last = shown[-1].pk if len(found) > len(shown) else None
    is_narrow = any(value for name, value in form.cleaned_data.items() if name != "after")
    facts = {"partner": partner, "form": form, "calls": shown, "last": last, "is_narrow": is_narrow}
    return page(request, "desk/partner_calls.html", section="partners", tab="log", **facts)


@desk(Can.EDIT_PARTNER)
@require_GET
def detail(request: DealerRequest, username: str, pk: int) -> HttpResponse:
    """GET /desk/mitra/<username>/log/<id>/: what was asked and answered, and the same as curl."""
    partner = _partner(request, username)
    call = get_object_or_404(call_log.of(partner, call_log.Wanted()), pk=pk)
    curl = selectors.as_curl(call, base=settings.KONTER_BASE_URL)
    facts = {"partner": partner, "call": call, "curl": curl, "is_cut": selectors.is_cut(call.request)}
    return page(request, "desk/partner_call.html", section="partners", tab="log", **facts)


@desk(Can.EDIT_PARTNER)
@require_GET
def download(request: DealerRequest, username: str) -> StreamingHttpResponse:
    """GET /desk/mitra/<username>/log.csv: what the filter finds, without bodies."""
    partner, _filter, rows = _found(request, username)
    # Read here, inside the dealer's transaction: what streams comes after its end.
    lines = [_line(call) for call in rows.defer("request", "answer")[:MOST_LINES]]
    return csv_files.answer(request.dealer, [_head(), *lines], name=f"log-{partner.username}")


@desk(Can.EDIT_PARTNER)
@require_GET
def status(request: DealerRequest, username: str) -> HttpResponse:
    """GET /desk/mitra/<username>/status/: limits and their use, refused addresses, how fast we answer."""
    partner = _partner(request, username)
    facts = {
        "partner": partner,
        "use": selectors.use(partner),
        "limit": bounds.CALLS_PER_MINUTE,
        "blocked": selectors.blocked(partner),
        "last_list": selectors.last_list(partner),
        "answers": call_log.speed(request.dealer, partner),
    }
    return page(request, "desk/partner_status.html", section="partners", tab="status", **facts)


def _found(request: DealerRequest, username: str) -> tuple[Partner, CallFilter, QuerySet[PartnerCall]]:
    partner, form = _partner(request, username), CallFilter(request.GET)
    rows = call_log.of(partner, form.wanted())
    after = form.cleaned_data.get("after")
    return partner, form, rows.filter(pk__lt=after) if after else rows


def _head() -> tuple[str, ...]:
    kept = (_("Waktu"), _("Kunci"), _("Dialek"), _("Metode"), _("Alamat dengan query"), "ref_id")
    return (*kept, "HTTP", "code / rc", "ms", _("Alamat IP"), "X-Request-Id")


def _line(call: PartnerCall) -> tuple[csv_files.Cell, ...]:
    kept = (call.at, call.key_name, call.dialect, call.method, call.path, call.ref_id)
    return (*kept, call.status, call.code, call.ms, call.address, call.request_id)


def _partner(request: DealerRequest, username: str) -> Partner:
    return get_object_or_404(request.dealer.partners.select_related("dealer"), username=username)
