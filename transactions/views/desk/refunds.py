"""Paying guests' refunds out: begun before the money leaves, finished with what proves it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import payouts, refund_choices, refund_forms, refund_ways, refunds
from transactions.desk_forms.orders import Confirm
from transactions.desk_forms.refunds import Begin, Finish, HandOver, RefundFilter
from transactions.desk_selectors import refunds as selectors
from transactions.models import Refund, RefundState, RefundWay
from transactions.payouts import Payer
from transactions.views.desk.page import page, paged, staff

_REFUSED: dict[type[Exception], Promise] = {
    refunds.NotDue: gettext_lazy("Pengembalian ini tidak menunggu itu lagi. Tidak ada yang dibukukan."),
    refund_choices.AlreadyBegun: gettext_lazy("Pengembalian ini sudah mulai dibayar. Tidak ada yang berubah."),
    refund_choices.NotOffered: gettext_lazy("Cara ini tidak bisa untuk pengembalian ini. Tidak ada yang berubah."),
    payouts.OtherWay: gettext_lazy("Pembeli memilih cara lain. Tidak ada yang dibukukan; lihat pilihannya di bawah."),
    payouts.NotChosen: gettext_lazy("Belum ada rekening tujuan atau nomor bukti. Tidak ada yang dibukukan."),
    payouts.WrongCode: gettext_lazy("Kode itu bukan kode pengembalian ini. Uang jangan diserahkan."),
    payouts.SecondPersonNeeded: gettext_lazy("Harus disetujui pemilik atau manajer lain, bukan yang mengusulkan."),
    payouts.ProofUsed: gettext_lazy("Nomor bukti ini sudah dipakai untuk pengembalian lain. Periksa lagi nomornya."),
}


@desk(Can.PAY_REFUND)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/pengembalian/: what is owed to guests, the oldest first."""
    form = RefundFilter(request.GET)
    form.is_valid()
    wanted = {"q": form.cleaned_data.get("q", ""), "state": form.cleaned_data.get("state", "")}
    shown = paged(request, selectors.found(request.dealer, **wanted))
    items = selectors.items(list(shown.object_list))
    return page(request, "desk/refunds.html", section="refunds", form=form, shown=shown, items=items, wanted=wanted)


@desk(Can.PAY_REFUND)
@require_http_methods(["GET", "POST"])
def detail(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/pengembalian/<id>/: where it stands; POST takes it on oneself to pay, or pays in cash."""
    refund = _refund(request, pk)
    form = (Begin if refund.way in refund_ways.BY_TRANSFER else HandOver)(request.POST or None)
    if not form.is_valid():
        return _page(request, refund, form=form)
    given = form.cleaned_data
    way = RefundWay(given["way"]) if given["way"] in refund_ways.BY_HAND else RefundWay.CASH
    work = partial(payouts.begin, request.dealer, pk, way=way, payer=_payer(request), code=given.get("code", ""))
    return _try(request, pk, work, _begun)


@sensitive_post_parameters("bank", "kind", "number", "holder")
@desk(Can.PAY_REFUND)
@require_http_methods(["GET", "POST"])
def choose(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/pengembalian/<id>/pilihan/: what a guest says who is here, written down for the guest."""
    refund = _refund(request, pk)
    is_sent = request.method == "POST"
    form = refund_forms.form_for((request.POST if is_sent else request.GET).get("way", ""), request.POST or None)
    if form is None or form.way not in refund_ways.BY_TRANSFER:
        return redirect("desk:refund", pk=pk)
    if not is_sent or not form.is_valid():
        facts = {"refund": refund, "order": refund.order, "form": form, "banks": refund_forms.BANKS}
        return page(request, "desk/refund_choice.html", section="refunds", status=422 if is_sent else 200, **facts)
    work = partial(refund_choices.choose, request.dealer, pk, form.choice(), staff=staff(request))
    return _try(request, pk, work, lambda _refund: _("Pilihan dicatat."))


@desk(Can.APPROVE_REFUND)
@require_POST
def approve(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/pengembalian/<id>/setujui/: the second pair of eyes."""
    _refund(request, pk)
    if not Confirm(request.POST).is_valid():
        return _untouched(request, pk)
    payer = _payer(request)
    return _try(request, pk, lambda: payouts.approve(request.dealer, pk, payer=payer), lambda _refund: _("Disetujui."))


@desk(Can.PAY_REFUND)
@require_POST
def finish(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/pengembalian/<id>/selesai/: the money has left, and this proves it."""
    refund = _refund(request, pk)
    form = Finish(request.POST, by_transfer=refund.way in refund_ways.BY_TRANSFER)
    if not form.is_valid():
        return _page(request, refund, form=form)
    payer, proof = _payer(request), form.cleaned_data.get("reference", "")
    return _try(
        request, pk, lambda: payouts.finish(request.dealer, pk, payer=payer, reference=proof), lambda _refund: _paid()
    )


@desk(Can.PAY_REFUND)
@require_POST
def give_up(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/pengembalian/<id>/urung/: nothing was paid after all."""
    _refund(request, pk)
    payer = _payer(request)
    said = _("Dilepas lagi. Pembeli bisa memilih cara lain, dan orang lain bisa membayar.")
    return _try(request, pk, lambda: payouts.give_up(request.dealer, pk, payer=payer), lambda _refund: said)


@desk(Can.PAY_REFUND)
@require_POST
def bounce(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/pengembalian/<id>/kembali/: the transfer came back; a new refund follows."""
    _refund(request, pk)
    if not Confirm(request.POST).is_valid():
        return _untouched(request, pk)
    payer = _payer(request)
    said = _("Dicatat kembali. Pembeli diminta memilih lagi; ini pengembalian yang baru.")
    return _try(request, pk, lambda: payouts.bounce(request.dealer, pk, payer=payer), lambda _refund: said)


def _refund(request: DealerRequest, pk: int) -> Refund:
    rows = request.dealer.refunds.select_related(
        "order__product__brand", "payment", "chosen_by", "proposed_by", "approved_by", "begun_by", "paid_by", "follows"
    )
    return get_object_or_404(rows, pk=pk)


def _payer(request: DealerRequest) -> Payer:
    return Payer(user=staff(request), may_approve=request.post is not None and request.post.may(Can.APPROVE_REFUND))


def _page(request: DealerRequest, refund: Refund, *, form: Form | None = None) -> HttpResponse:
    dossier = selectors.dossier(request.dealer, refund)
    if form is None or (dossier.step == "finish" and not isinstance(form, Finish)):
        form = Finish(by_transfer=refund.way in refund_ways.BY_TRANSFER)
    facts = {"refund": refund, "order": refund.order, "d": dossier, "form": form}
    return page(request, "desk/refund.html", section="refunds", **facts)


def _try(request: DealerRequest, pk: int, work: Callable[[], Refund], said: Callable[[Refund], str]) -> HttpResponse:
    """Do it, say what came of it or why nothing did, and show where the refund stands."""
    try:
        done = work()
    except tuple(_REFUSED) as error:
        messages.error(request, str(_REFUSED[type(error)]))
        return redirect("desk:refund", pk=pk)
    messages.success(request, said(done))
    return redirect("desk:refund", pk=done.pk)


def _untouched(request: DealerRequest, pk: int) -> HttpResponse:
    messages.error(request, _("Centang dulu kotaknya. Belum ada yang dibukukan."))
    return redirect("desk:refund", pk=pk)


def _begun(refund: Refund) -> str:
    if refund.state == RefundState.DONE:
        return _paid()
    if refund.state == RefundState.DUE:
        return _("Usul dicatat; orang kedua harus menyetujui sebelum uang keluar.")
    return _("Sekarang kirim uangnya, lalu tulis nomor buktinya di sini.")


def _paid() -> str:
    return _("Pengembalian dicatat.")
