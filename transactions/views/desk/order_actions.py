"""What staff do to one order: take its cash, cancel it, decide it. Each page says what will happen first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from portal.lib.money import rupiah
from transactions import decisions, orders, payments
from transactions.desk_forms.orders import Confirm, Decide, TakeCash
from transactions.desk_selectors.orders import dossier
from transactions.models import Decision, Order
from transactions.views.desk.page import page, staff


def _order(request: DealerRequest, code: str) -> Order:
    return get_object_or_404(request.dealer.orders.select_related("product__brand"), code=code.upper())


def _refused(error: Exception) -> str:
    return {
        payments.NotPayable: _("Pesanan ini tidak menunggu pembayaran lagi. Tidak ada uang yang dibukukan."),
        orders.TooLate: _("Sudah terlambat untuk membatalkan: pesanan sudah dikirim atau selesai."),
        decisions.NotOpen: _("Pesanan ini tidak menunggu keputusan lagi."),
        decisions.StillRunning: _("Permintaan ke pemasok mungkin masih berjalan. Coba lagi satu menit lagi."),
        decisions.SecondPersonNeeded: _("Keputusan ini harus disetujui orang lain, bukan yang mengusulkan."),
    }[type(error)]


@desk(Can.CONFIRM_PAYMENT)
@require_http_methods(["GET", "POST"])
def take_cash(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pesanan/<code>/tunai/: what is due, and the box that says that this much is in hand."""
    order = _order(request, code)
    due = payments.due(order)
    form = TakeCash(request.POST or None, initial={"seen": due})
    if not form.is_valid():
        return page(request, "desk/order_cash.html", section="cash", order=order, form=form, due=due)
    seen = form.cleaned_data["seen"]
    try:
        payments.take_cash(request.dealer, order.pk, seen=seen, cashier=staff(request))
        messages.success(request, _("Uang diterima. Pulsa sedang dikirim."))
    except payments.OtherAmount as other:
        figures = {"due": rupiah(other.due), "seen": rupiah(seen)}
        text = _("Yang harus diterima sekarang %(due)s, bukan %(seen)s. Belum ada yang dibukukan; periksa lagi.")
        messages.error(request, text % figures)
        return redirect("desk:order_cash", code=order.code)
    except payments.NotPayable as error:
        messages.error(request, _refused(error))
    return redirect("desk:order", code=order.code)


@desk(Can.CANCEL_ORDER)
@require_http_methods(["GET", "POST"])
def cancel(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pesanan/<code>/batal/"""
    order, form = _order(request, code), Confirm(request.POST or None)
    if not form.is_valid():
        can_cancel = orders.can_cancel(request.dealer, order)
        return page(request, "desk/order_cancel.html", section="orders", order=order, form=form, can_cancel=can_cancel)
    try:
        orders.cancel(request.dealer, order.pk, actor=staff(request))
        messages.success(request, _("Pesanan dibatalkan."))
    except orders.TooLate as error:
        messages.error(request, _refused(error))
    return redirect("desk:order", code=order.code)


@desk(Can.DECIDE_ORDER)
@require_http_methods(["GET", "POST"])
def decide(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pesanan/<code>/putuskan/: how it ends, why, and whether a second person must agree."""
    order, form = _order(request, code), Decide(request.POST or None)
    needs_two = order.price > request.dealer.four_eyes_above
    if not form.is_valid():
        facts = {"order": order, "dossier": dossier(order), "needs_two": needs_two}
        return page(request, "desk/order_decide.html", section="orders", form=form, **facts)
    verdict = Decision.Verdict(form.cleaned_data["verdict"])
    try:
        decisions.propose(
            request.dealer, order.pk, verdict=verdict, reason=form.cleaned_data["reason"], actor=staff(request)
        )
        messages.success(request, _("Usul dicatat; orang kedua harus menyetujui.") if needs_two else _("Diputuskan."))
    except (decisions.NotOpen, decisions.StillRunning) as error:
        messages.error(request, _refused(error))
    return redirect("desk:order", code=order.code)


@desk(Can.DECIDE_ORDER)
@require_POST
def approve(request: DealerRequest, code: str) -> HttpResponse:
    """POST /desk/pesanan/<code>/setujui/: the second pair of eyes."""
    order, form = _order(request, code), Confirm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Centang dulu kotaknya. Belum ada yang diputuskan."))
        return redirect("desk:order", code=order.code)
    try:
        decisions.approve(request.dealer, order.pk, actor=staff(request))
        messages.success(request, _("Keputusan disetujui dan dijalankan."))
    except (decisions.NotOpen, decisions.StillRunning, decisions.SecondPersonNeeded) as error:
        messages.error(request, _refused(error))
    return redirect("desk:order", code=order.code)
