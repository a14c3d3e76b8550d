"""Tasks and incidents: what waits for a person, by deadline."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import chores, incidents, late_paybacks
from transactions.desk_forms.money import EndIncident, IncidentFilter, TaskFilter
from transactions.desk_selectors import waiting
from transactions.models import Incident
from transactions.views.desk.page import page, paged, staff


@desk(Can.SEE_TASKS)
@require_GET
def tasks(request: DealerRequest) -> HttpResponse:
    """GET /desk/tugas/"""
    form = TaskFilter(request.GET)
    form.is_valid()
    kind, closed = form.cleaned_data.get("kind", ""), bool(form.cleaned_data.get("closed"))
    shown = paged(request, waiting.tasks(request.dealer, kind=kind, closed=closed))
    items = waiting.items(list(shown.object_list))
    return page(request, "desk/tasks.html", section="tasks", form=form, shown=shown, items=items, closed=closed)


@desk(Can.SEE_TASKS)
@require_POST
def close_task(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/tugas/<id>/selesai/"""
    task = get_object_or_404(request.dealer.tasks, pk=pk)
    try:
        chores.close(task, actor=staff(request))
        messages.success(request, _("Tugas selesai."))
    except chores.ClosesByItself:
        messages.error(request, _("Tugas ini selesai sendiri bila urusannya selesai. Buka urusannya."))
    return redirect("desk:tasks")


@desk(Can.SETTLE_INCIDENT)
@require_GET
def incident_list(request: DealerRequest) -> HttpResponse:
    """GET /desk/insiden/"""
    form = IncidentFilter(request.GET)
    form.is_valid()
    shown = paged(request, waiting.incidents(request.dealer, state=form.cleaned_data.get("state", "")))
    return page(request, "desk/incidents.html", section="incidents", form=form, shown=shown)


@desk(Can.SETTLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def incident(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/insiden/<id>/: both sides, what would be booked, and a person's word."""
    row = get_object_or_404(waiting.incidents(request.dealer), pk=pk)
    word = waiting.booking(row)
    form = EndIncident(request.POST or None, withdrawn=row.withdrawn_at is not None, initial={"seen": word})
    if row.state != Incident.State.OPEN or not form.is_valid():
        facts = {"incident": row, "booking": waiting.sentences(row, word), "form": form}
        return page(request, "desk/incident.html", section="incidents", **facts)
    try:
        done = _ended(request, row, form.cleaned_data)
        booked = done.state == Incident.State.BOOKED
        messages.success(request, _("Dibukukan.") if booked else _("Ditolak; tidak ada yang dibukukan."))
    except (incidents.Withdrawn, late_paybacks.OtherBooking, incidents.AlreadyDecided) as error:
        messages.error(request, str(_REFUSED[type(error)]))
    return redirect("desk:incident", pk=row.pk)


_REFUSED: dict[type[Exception], Promise] = {
    incidents.Withdrawn: gettext_lazy("Pemasok baru saja menarik kembali jawabannya. Tidak ada yang dibukukan."),
    late_paybacks.OtherBooking: gettext_lazy(
        "Yang akan dibukukan berubah sejak dilihat. Periksa lagi; belum ada yang dibukukan."
    ),
    incidents.AlreadyDecided: gettext_lazy("Orang lain sudah memutuskan insiden ini. Tidak ada yang dibukukan lagi."),
}


def _ended(request: DealerRequest, row: Incident, said: dict[str, str]) -> Incident:
    who, note = staff(request), said["note"]
    if said["verdict"] == "dismiss":
        return incidents.dismiss(request.dealer, row.pk, actor=who, note=note)
    return incidents.approve(request.dealer, row.pk, actor=who, note=note, seen=said["seen"])
