"""Partners' deposit tickets: all of them, and one with what can be done about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import deposit_tickets
from transactions.desk_forms.deposits import TicketFilter
from transactions.desk_selectors import deposits as selectors
from transactions.views.desk.page import page, paged, staff


@desk(Can.MATCH_MONEY)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/uang/tiket/: newest first, by state."""
    form = TicketFilter(request.GET)
    form.is_valid()
    wanted = form.cleaned_data.get("state", "")
    shown = paged(request, selectors.tickets(request.dealer, state=wanted))
    return page(request, "desk/tickets.html", section="tickets", form=form, shown=shown, wanted=wanted)


@desk(Can.MATCH_MONEY)
@require_http_methods(["GET", "POST"])
def detail(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/uang/tiket/<code>/: POST waits for its money no longer, and answers its claim."""
    ticket = get_object_or_404(selectors.tickets(request.dealer).select_related("line", "decided_by"), code=code)
    if request.method == "GET":
        return page(request, "desk/ticket.html", section="tickets", ticket=ticket)
    try:
        deposit_tickets.give_up(request.dealer.pk, code, by=staff(request))
        messages.success(request, _("Tiket ini tidak ditunggu lagi. Kalau uangnya datang juga, ia tetap dicocokkan."))
    except deposit_tickets.AlreadyOver:
        messages.error(request, _("Uang tiket ini sudah masuk saldo."))
    return redirect("desk:ticket", code=code)
