"""How a buyer pays an order by its link: another way, a balance with its PIN, the QR code as a picture."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dealers import pins
from dealers.models import Dealer
from portal.lib import tenancy
from transactions import accounts, ledger, order_view, pay_view, paying, payments, questions
from transactions.gateways.terms import MethodClosed
from transactions.models import Order
from transactions.sales import NotOffered
from transactions.views.order_page import secret_link, visitor

_CLOSED = gettext_lazy("Cara bayar ini sedang tidak bisa dipakai. Pilih cara lain; kode yang tadi masih berlaku.")
_REFUSED: dict[type[Exception], str | Promise] = {
    payments.NotPayable: gettext_lazy("Pesanan ini tidak menunggu pembayaran."),
    NotOffered: _CLOSED,
    MethodClosed: _CLOSED,
    paying.SomebodyElses: gettext_lazy("Pesanan ini milik akun lain, jadi tidak bisa dibayar dari saldo ini."),
    ledger.InsufficientBalance: gettext_lazy("Saldo tidak cukup. Saldo belum dipotong; pilih cara lain."),
}


@sensitive_post_parameters("pin")
@require_POST
@secret_link
def change(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """POST /o/<code>/method/: `gateway`, and for a balance above its owner's limit the `pin`."""
    gateway, user = request.POST.get("gateway", ""), visitor(request)
    try:
        if gateway == "balance" and user is not None:
            paying.pay_from_balance(dealer, order.pk, customer=user, pin=request.POST.get("pin", "")[:12])
        else:
            with tenancy.inside(dealer.pk):
                offered = {way.code for way in pay_view.ways(dealer, order, user=user)}
            paying.change(dealer, order.pk, gateway=gateway, offered=offered)
    except (pins.PinNeeded, pins.WrongPin, pins.PinLocked) as refusal:
        return _ask_pin(request, dealer, order, refusal)
    except tuple(_REFUSED) as refusal:
        messages.warning(request, str(_REFUSED[type(refusal)]))
    return HttpResponseRedirect(order_view.address(order), status=303)


def _ask_pin(request: HttpRequest, dealer: Dealer, order: Order, refusal: Exception) -> HttpResponse:
    user = visitor(request)
    if user is None:
        raise Http404
    with tenancy.inside(dealer.pk):
        held = ledger.wallet_balance(dealer.pk, accounts.customer_wallet(user.pk))
        due = payments.due(order)
        shown = {"o": order_view.of(dealer, order, user=user), "held": held, "due": due, "after": held - due}
        words = questions.pin_words(refusal, dealer.time_zone)
        is_locked = isinstance(refusal, pins.PinLocked)
        # A switch of language leads to the order: this address only takes what a form sends.
        context = {**shown, "words": words, "is_locked": is_locked, "here": order_view.address(order)}
        return render(request, "storefront/pin.html", context, status=409)


@require_safe
@secret_link
def qris_png(_request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """GET /o/<code>/qris.png: the open QRIS code, to be kept in the phone's gallery; 404 when there is none."""
    with tenancy.inside(dealer.pk):
        payment = pay_view.payable(order)
        if payment is None or payment.qris is None or pay_view.is_expired(payment):
            raise Http404(_("Tidak ada kode QRIS yang bisa dibayar."))
        answer = HttpResponse(pay_view.png(payment), content_type="image/png")
    answer["Content-Disposition"] = f'attachment; filename="qris-{order.code}.png"'
    return answer
