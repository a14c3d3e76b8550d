"""Giving a customer something for an order: asked for, shown in rupiah, then booked, or proposed to a second person."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from portal.lib import ids
from transactions import amends
from transactions.desk_forms.amends import Give
from transactions.desk_forms.orders import Confirm
from transactions.desk_selectors import amends as selectors
from transactions.models import Amends, AmendsKind, Order
from transactions.views.desk.page import page, staff

_REFUSED: dict[type[Exception], Promise] = {
    amends.MovedOn: gettext_lazy(
        "Orang lain baru saja memberi atau mengusulkan sesuatu untuk pesanan ini. Periksa lagi; belum ada yang "
        "dibukukan."
    ),
    amends.OtherContent: gettext_lazy("Formulir ini sudah dipakai untuk jumlah lain. Tidak ada yang dibukukan lagi."),
    amends.NotOpen: gettext_lazy("Usul ini tidak menunggu lagi. Tidak ada yang dibukukan."),
    amends.SecondPersonNeeded: gettext_lazy("Harus disetujui pemilik atau manajer lain, bukan yang mengusulkan."),
    amends.TooMuch: gettext_lazy(
        "Sekarang tidak sebanyak itu lagi yang bisa diberikan untuk pesanan ini. Tidak ada yang dibukukan."
    ),
}


@desk(Can.GIVE_BACK)
@require_http_methods(["GET", "POST"])
def part_back(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pesanan/<code>/kembali/: some of a sale goes back to its customer."""
    return _give(request, _order(request, code), AmendsKind.PART)


@desk(Can.GIVE_BACK)
@require_http_methods(["GET", "POST"])
def goodwill(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pesanan/<code>/ganti-rugi/: something for the trouble, out of the dealer's own money."""
    return _give(request, _order(request, code), AmendsKind.GOODWILL)


@desk(Can.GIVE_BACK)
@require_POST
def approve(request: DealerRequest, code: str, pk: int) -> HttpResponse:
    """POST /desk/pesanan/<code>/usul/<id>/setujui/: the second pair of eyes."""
    row = _proposal(request, code, pk)
    if not Confirm(request.POST).is_valid():
        messages.error(request, _("Centang dulu kotaknya. Belum ada yang dibukukan."))
        return redirect("desk:order", code=row.order.code)
    return _try(request, row.order, lambda: amends.approve(request.dealer, pk, actor=staff(request)), _("Disetujui."))


@desk(Can.GIVE_BACK)
@require_POST
def drop(request: DealerRequest, code: str, pk: int) -> HttpResponse:
    """POST /desk/pesanan/<code>/usul/<id>/batal/: nothing is given after all."""
    row = _proposal(request, code, pk)
    said = _("Usul dibatalkan; tidak ada yang dibukukan.")
    return _try(request, row.order, lambda: amends.drop(request.dealer, pk, actor=staff(request)), said)


def _order(request: DealerRequest, code: str) -> Order:
    rows = request.dealer.orders.select_related("product__brand", "customer", "wallet")
    return get_object_or_404(rows, code=code.upper())


def _proposal(request: DealerRequest, code: str, pk: int) -> Amends:
    return get_object_or_404(request.dealer.amends.select_related("order"), pk=pk, order__code=code.upper())


def _give(request: DealerRequest, order: Order, kind: AmendsKind) -> HttpResponse:
    most = amends.most(order, kind)
    first = {"token": ids.new_token(), "seen": amends.count(order)}
    form = Give(request.POST or None, initial=first)
    if form.is_valid() and "sure" in request.POST:
        return _booked(request, order, form, kind)
    if form.is_valid() and form.cleaned_data["amount"] > most:
        form.refuse(most)
    facts = {"order": order, "form": form, "kind": kind, "most": most, "proposal": amends.waiting(order)}
    if not form.is_valid():
        return page(request, "desk/order_amends.html", section="orders", **facts)
    effect = selectors.effect(request.dealer, order, kind, form.cleaned_data["amount"])
    return page(request, "desk/order_amends_confirm.html", section="orders", effect=effect, **facts)


def _booked(request: DealerRequest, order: Order, form: Give, kind: AmendsKind) -> HttpResponse:
    def work() -> Amends:
        return amends.give(request.dealer, order.pk, form.wish(kind), actor=staff(request))

    return _try(request, order, work, _("Dibukukan. Pembeli melihatnya di halaman pesanannya."))


def _try(request: DealerRequest, order: Order, work: Callable[[], Amends], said: str) -> HttpResponse:
    """Do it, say what came of it or why nothing did, and show the order."""
    try:
        row = work()
    except tuple(_REFUSED) as error:
        messages.error(request, str(_REFUSED[type(error)]))
    else:
        waits = _("Usul dicatat; orang kedua harus menyetujui sebelum uangnya dibukukan.")
        messages.success(request, waits if row.is_open else said)
    return redirect("desk:order", code=order.code)
