"""What a buyer can do to an order: renew a code, cancel, and in the demo pretend to pay.

Each is a POST behind the order's secret link and answers 303 to the order's page, which tells the truth.
"""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dealers.models import Dealer
from portal.lib import tenancy
from portal.lib.money import parse_rupiah
from transactions import order_view, orders, pay_view, payments
from transactions.gateways import sandbox
from transactions.gateways.base import GatewayUnavailable
from transactions.gateways.terms import MethodClosed
from transactions.models import Order
from transactions.order_view import address
from transactions.views.order_page import reading, secret_link


@require_POST
@reading(lambda order: {"asked": pay_view.asked(order)})
def simulate(request: HttpRequest, dealer: Dealer, order: Order, *, asked: pay_view.Asked | None) -> HttpResponse:
    """Have the demo's gateway take a pretended payment: optional `amount` in rupiah, `times`."""
    if not settings.SANDBOX_SECRET:
        raise Http404
    if asked is None:
        messages.info(request, _("Pesanan ini tidak menunggu pembayaran."))
        return _back(order)
    try:
        amount = _number(request, "amount", asked.to_pay)
        sandbox.pay(asked.payment, amount=amount, times=_number(request, "times", 1))
    except ValueError:
        messages.error(request, _("Jumlah atau banyaknya bayar tidak bisa dipakai. Tidak ada yang dibayar."))
    except GatewayUnavailable:
        text = _(
            "Simulator pembayaran tidak menjawab. Tidak ada yang dibayar; coba lagi, atau ganti cara bayar: %(ways)s."
        )
        with tenancy.inside(dealer.pk):
            others = pay_view.others(dealer, order, user=None)
        messages.error(request, text % {"ways": ", ".join(str(way.label) for way in others)})
    return _back(order)


@require_POST
@secret_link
def renew(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """A new code to pay by."""
    try:
        payments.renew(dealer, order.pk)
    except payments.NotPayable:
        messages.info(request, _("Pesanan ini tidak menunggu pembayaran."))
    except MethodClosed:
        messages.warning(request, _("Cara bayar ini sedang tidak bisa dipakai. Pilih cara lain di bawah."))
    return _back(order)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def cancel(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """Ask first, then end an order that nothing was sent for."""
    if request.method != "POST":
        with tenancy.inside(dealer.pk):
            return render(request, "storefront/cancel.html", {"o": order_view.of(dealer, order)})
    try:
        orders.cancel(dealer, order.pk)
    except orders.TooLate:
        messages.warning(request, _("Sudah terlambat untuk membatalkan: pulsa sudah dikirim ke operator."))
    return _back(order)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    """A whole number from a field, however grouped. Raises ValueError."""
    given = request.POST.get(name, "").strip()
    return parse_rupiah(given[:20]) if given else otherwise


def _back(order: Order) -> HttpResponse:
    return HttpResponseRedirect(address(order), status=303)
