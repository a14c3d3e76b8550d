"""Reconciliation: the queue of days, one day with its differences, their statement as a file, and people's words."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers import days
from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from portal.lib import tenancy
from transactions import ledger, postings
from transactions.desk_forms.recap import (
    ApproveDifference,
    DifferenceFilter,
    OpenDay,
    RecapFilter,
    Resolve,
    UploadStatement,
    UseDraft,
)
from transactions.desk_selectors import recap as selectors
from transactions.models import DayState, Difference, DifferenceState, ReconcileDay
from transactions.reconcile import files, opening, resolving, runs, uploads
from transactions.reconcile.resolving import Word
from transactions.views.desk import csv_files
from transactions.views.desk.page import page, paged, staff


@desk(Can.SEE_MONEY)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/rekap/: days by side, newest first."""
    form = RecapFilter(request.GET, dealer=request.dealer)
    form.is_valid()
    wanted = {name: form.cleaned_data.get(name, "") for name in ("who", "state")}
    shown = paged(request, selectors.days(request.dealer, **wanted))
    facts = {"wanted": any(wanted.values()), "new": OpenDay(dealer=request.dealer)}
    return page(request, "desk/recaps.html", section="recaps", form=form, shown=shown, **facts)


@desk(Can.SEE_MONEY)
@require_POST
def open_day(request: DealerRequest) -> HttpResponse:
    """POST /desk/rekap/buka/: a day that the clock has not opened."""
    form = OpenDay(request.POST, dealer=request.dealer)
    try:
        if form.is_valid():
            side = selectors.side(request.dealer, form.cleaned_data["who"])
            return redirect("desk:recap", pk=opening.open_day(request.dealer, side, form.cleaned_data["day"]).pk)
    except (ObjectDoesNotExist, opening.NotOver):
        pass
    messages.error(request, _("Pilih pihaknya dan hari yang sudah lewat, paling lama setahun."))
    return redirect("desk:recaps")


@desk(Can.SEE_MONEY)
@require_GET
def detail(request: DealerRequest, pk: int) -> HttpResponse:
    """GET /desk/rekap/<id>/: a day, its figures and its differences with both sides."""
    row = _row(request, pk)
    form = DifferenceFilter(request.GET)
    form.is_valid()
    kind, open_only = form.cleaned_data.get("kind", ""), bool(form.cleaned_data.get("open"))
    shown = paged(request, selectors.differences(row, kind=kind, open_only=open_only))
    facts = {"form": form, "shown": shown, "pairs": [selectors.pair(each) for each in shown.object_list]}
    more = {"trouble": selectors.trouble(row), "wanted": bool(kind or open_only), "gap": row.sum_theirs - row.sum_ours}
    return page(request, "desk/recap.html", section="recaps", row=row, **facts, **more)


def _row(request: DealerRequest, pk: int) -> ReconcileDay:
    return get_object_or_404(selectors.days(request.dealer), pk=pk)


@own_transactions
@desk(Can.SEE_MONEY)
@require_POST
def run(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/rekap/<id>/cocokkan/: fetch where a machine can be asked, and compare at once."""
    with tenancy.inside(request.dealer.pk):
        row = _row(request, pk)
    _work(request, row)
    return redirect("desk:recap", pk=pk)


def _work(request: DealerRequest, row: ReconcileDay) -> None:
    """Work on a day with no transaction open, and say how it stands."""
    try:
        done = runs.work(request.dealer, row.pk)
    except runs.Busy:
        messages.info(request, _("Hari ini sedang dicocokkan. Muat ulang halaman sebentar lagi."))
        return
    say = messages.success if done.state in _GOOD else messages.warning
    say(request, str(_SAID[DayState(done.state)]))


_GOOD = {DayState.AGREED, DayState.SETTLED}
_SAID: dict[DayState, Promise] = {
    DayState.AWAITED: gettext_lazy("Pihak ini tidak bisa ditanya otomatis. Unggah laporannya."),
    DayState.MATCHING: gettext_lazy("Selisihnya banyak; sisanya ditulis beberapa saat lagi."),
    DayState.PENDING: gettext_lazy("Dicocokkan. Yang belum pasti ditanyakan lagi."),
    DayState.AGREED: gettext_lazy("Dicocokkan. Semua cocok."),
    DayState.DIFFERENT: gettext_lazy("Dicocokkan. Ada selisih yang perlu diputuskan."),
    DayState.SETTLED: gettext_lazy("Dicocokkan. Semua selisih sudah selesai."),
    DayState.FAILED: gettext_lazy("Laporan mereka tidak didapat. Dicoba lagi nanti, atau unggah sendiri."),
}


@own_transactions
@desk(Can.SEE_MONEY)
@require_http_methods(["GET", "POST"])
def upload(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/rekap/<id>/laporan/: a file, then what it says, then a person's word."""
    with tenancy.inside(request.dealer.pk):
        row = _row(request, pk)
    if request.method == "POST" and "step" in request.POST:
        return _decide_draft(request, row)
    form = UploadStatement(request.POST or None, request.FILES or None)
    if not (form.is_valid() and _keep_draft(request, row, form)):
        return _upload_page(request, row, form)
    return redirect("desk:recap_upload", pk=pk)


def _keep_draft(request: DealerRequest, row: ReconcileDay, form: UploadStatement) -> bool:
    given = form.cleaned_data["file"]
    try:
        uploads.keep(request.dealer, row, given.read(), name=given.name, actor=staff(request))
    except files.Unusable as no:
        form.add_error("file", selectors.fault_words(no.fault))
        return False
    return True


def _upload_page(request: DealerRequest, row: ReconcileDay, form: UploadStatement) -> HttpResponse:
    with tenancy.inside(request.dealer.pk):
        draft = uploads.draft(row)
        facts: dict[str, Any] = {"row": row, "form": form, "draft": draft}
        if draft:
            facts["preview"] = selectors.preview(request.dealer, row, draft.lines)
            facts["bad"] = [(bad, selectors.fault_words(bad.fault)) for bad in draft.bad]
        return page(request, "desk/recap_upload.html", section="recaps", **facts)


def _decide_draft(request: DealerRequest, row: ReconcileDay) -> HttpResponse:
    form = UseDraft(request.POST)
    seen = form.cleaned_data.get("seen", "") if form.is_valid() else ""
    try:
        if form.cleaned_data.get("step") == "discard":
            uploads.discard(request.dealer, row, seen=seen)
            messages.info(request, _("Berkas dibuang. Tidak ada yang dicocokkan."))
            return redirect("desk:recap_upload", pk=row.pk)
        uploads.use(request.dealer, row, seen=seen, actor=staff(request))
    except uploads.NoDraft:
        messages.warning(request, _("Berkas ini sudah diganti atau dipakai. Periksa lagi."))
        return redirect("desk:recap_upload", pk=row.pk)
    _work(request, row)
    return redirect("desk:recap", pk=row.pk)


@own_transactions
@desk(Can.SEE_MONEY)
@require_GET
def download(request: DealerRequest, pk: int, what: str) -> StreamingHttpResponse:
    """GET /desk/rekap/<id>/<what>.csv: our side as a statement, theirs, or what differs."""
    with tenancy.inside(request.dealer.pk):
        row = _row(request, pk)
        tables = {
            "kita": lambda: selectors.ours_table(request.dealer, row),
            "mereka": lambda: selectors.theirs_table(row),
            "selisih": lambda: selectors.differences_table(row),
        }
        if what not in tables:
            raise Http404(what)
        rows = list(tables[what]())
    side = row.supplier.code if row.supplier else row.partner.username if row.partner else ""
    return csv_files.answer(request.dealer, rows, name=f"{side}-{row.day.isoformat()}-{what}")


@desk(Can.SETTLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def difference(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/rekap/selisih/<id>/: both sides, what each word would book, and a person's word."""
    row = get_object_or_404(selectors.one(request.dealer), pk=pk)
    form = _form(request, row)
    if form is not None and form.is_valid():
        return _answer(request, row, form)
    proposed = row.state == DifferenceState.PROPOSED
    facts = {
        "form": form,
        "pair": selectors.pair(row),
        "consequence": selectors.consequence(row, row.resolution) if row.resolution else "",  # type: ignore[arg-type]
        "is_own_proposal": proposed and row.proposed_by_id == staff(request).pk,
        "limit": request.dealer.four_eyes_above if abs(row.amount) > request.dealer.four_eyes_above else None,
    }
    return page(request, "desk/recap_difference.html", section="recaps", row=row, **facts)


def _form(request: DealerRequest, row: Difference) -> Resolve | ApproveDifference | None:
    """What can be said about a difference as it stands."""
    initial = {"seen": resolving.stamp(row)}
    if row.state == DifferenceState.RESOLVED:
        return None
    if row.state == DifferenceState.PROPOSED and "resolution" not in request.POST:
        return ApproveDifference(request.POST or None, initial=initial)
    return Resolve(request.POST or None, difference=row, today=days.today(request.dealer), initial=initial)


def _answer(request: DealerRequest, row: Difference, form: Resolve | ApproveDifference) -> HttpResponse:
    try:
        done = _said(request, row, form)
        messages.success(request, str(_DONE[DifferenceState(done.state)]))
        if done.incident_id:
            return redirect("desk:incident", pk=done.incident_id)
    except tuple(_REFUSED) as error:
        messages.error(request, str(_REFUSED[type(error)]))
        return redirect("desk:recap_difference", pk=row.pk)
    return redirect("desk:recap", pk=row.day_id)


def _said(request: DealerRequest, row: Difference, form: Resolve | ApproveDifference) -> Difference:
    given, who = form.cleaned_data, staff(request)
    if isinstance(form, ApproveDifference):
        return resolving.approve(request.dealer, row.pk, seen=given["seen"], actor=who)
    word = Word(**{name: given[name] for name in ("resolution", "reason", "seen", "due_on")})
    return resolving.resolve(request.dealer, row.pk, word, actor=who)


_DONE: dict[DifferenceState, Promise] = {
    DifferenceState.RESOLVED: gettext_lazy("Selisih selesai."),
    DifferenceState.PROPOSED: gettext_lazy("Diusulkan. Orang kedua harus menyetujui sebelum dibukukan."),
    DifferenceState.WAITING: gettext_lazy("Dicatat. Selisih ini menunggu koreksi mereka."),
}
_REFUSED: dict[type[Exception], Promise] = {
    resolving.NotOpen: gettext_lazy("Orang lain sudah memutuskan selisih ini. Tidak ada yang dibukukan lagi."),
    resolving.Changed: gettext_lazy("Angkanya berubah sejak dilihat. Periksa lagi; belum ada yang dibukukan."),
    resolving.NotOffered: gettext_lazy("Keputusan ini tidak berlaku untuk selisih ini."),
    resolving.SecondPersonNeeded: gettext_lazy("Pengusul tidak bisa menyetujui usulnya sendiri."),
    resolving.StillGoing: gettext_lazy("Pesanannya belum selesai. Pemasok ditanya lagi seperti biasa."),
    resolving.NothingContradicts: gettext_lazy(
        "Laporan ini tidak cukup untuk insiden: tidak ada SN, atau buku sudah sesuai. Tanyakan ke pemasok."
    ),
    postings.NothingToBook: gettext_lazy("Modal pesanan ini sudah kembali atau berubah. Cocokkan ulang harinya."),
    ledger.InsufficientBalance: gettext_lazy("Saldo mitra tidak cukup untuk koreksi ini. Belum ada yang dibukukan."),
}
