"""What partners' addresses were told: looked through, told again, and a paused address resumed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import webhook_endpoints
from transactions.desk_forms.webhooks import DeliveryFilter, EndpointStep
from transactions.desk_selectors import webhooks as selectors
from transactions.models import WebhookEndpoint
from transactions.views.desk.page import page, paged, staff


@desk(Can.EDIT_PARTNER)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/mitra/webhook/: every address, and what was told, newest first."""
    form = DeliveryFilter(request.GET)
    form.is_valid()
    wanted = {name: form.cleaned_data.get(name, "") for name in ("q", "state")}
    shown = paged(request, selectors.deliveries(request.dealer, **wanted))
    facts = {"endpoints": selectors.endpoints(request.dealer), "wanted": wanted}
    return page(request, "desk/webhooks.html", section="webhooks", form=form, shown=shown, **facts)


@desk(Can.EDIT_PARTNER)
@require_http_methods(["GET", "POST"])
def delivery(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/mitra/webhook/<id>/: what was sent and what came back; POST sends it again."""
    row = get_object_or_404(selectors.deliveries(request.dealer), pk=pk)
    is_over = row.endpoint is not None and row.endpoint.removed_at is not None
    if request.method == "GET" or is_over:
        return page(request, "desk/webhook.html", section="webhooks", row=row, is_over=is_over)
    webhook_endpoints.replay(row)
    messages.success(request, _("Dikirim ulang. Hasilnya tampil di sini sebentar lagi."))
    return redirect("desk:webhook", pk=row.pk)


@desk(Can.EDIT_PARTNER)
@require_http_methods(["GET", "POST"])
def endpoint(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/mitra/webhook/alamat/<code>/: how an address does; POST resumes it, or sends again what was given up."""
    row = get_object_or_404(selectors.endpoints(request.dealer), code=code)
    form = EndpointStep(request.POST or None)
    if not form.is_valid():
        return page(request, "desk/webhook_endpoint.html", section="webhooks", row=row)
    messages.success(request, _carry_out(request, row, form.cleaned_data["step"]))
    return redirect("desk:webhook_endpoint", code=code)


def _carry_out(request: DealerRequest, row: WebhookEndpoint, step: str) -> str:
    if step == "resume":
        webhook_endpoints.resume(row, by=staff(request))
        return _("Alamat ini dicoba lagi, dengan semua yang menunggu.")
    count = webhook_endpoints.replay_failed(row)
    return ngettext("%(count)s kiriman dikirim ulang.", "%(count)s kiriman dikirim ulang.", count) % {"count": count}
