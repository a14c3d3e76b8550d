"""How a guest's money shall come back: chosen behind the order's secret link, without an account."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dealers.models import Dealer, User
from portal.lib import tenancy
from transactions import order_view, refund_choices, refund_forms, refund_view, refunds
from transactions.models import Order, Refund, RefundWay
from transactions.refund_forms import WayForm
from transactions.refund_view import RefundView
from transactions.views.order_page import secret_link


@sensitive_post_parameters("bank", "kind", "number", "holder")
@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def refund(request: HttpRequest, dealer: Dealer, order: Order, number: int) -> HttpResponse:
    """/o/<code>/refund/<number>/: `way` and what it needs; without one, everything that is offered."""
    shown = _shown(dealer, order, number)
    is_sent = request.method == "POST"
    form = refund_forms.form_for((request.POST if is_sent else request.GET).get("way", ""), request.POST or None)
    if not is_sent or form is None or not form.is_valid():
        return _page(request, order, shown, form, status=422 if is_sent else 200)
    if form.way == RefundWay.WALLET and not isinstance(request.user, User):
        return HttpResponseRedirect(_sign_in(request), status=303)
    try:
        _carry_out(request, dealer, shown, form)
    except (refund_choices.AlreadyBegun, refund_choices.NotOffered, refunds.NotDue) as error:
        messages.warning(request, str(_REFUSED[type(error)]))
    return HttpResponseRedirect(order_view.address(order), status=303)


_REFUSED: dict[type[Exception], Promise] = {
    refund_choices.AlreadyBegun: gettext_lazy(
        "Pengembalian ini sudah mulai dikirim, jadi pilihannya tidak bisa diganti."
    ),
    refund_choices.NotOffered: gettext_lazy("Cara ini tidak tersedia untuk pengembalian ini. Pilih cara lain."),
    refunds.NotDue: gettext_lazy("Pengembalian ini tidak menunggu lagi."),
}


def _shown(dealer: Dealer, order: Order, number: int) -> RefundView:
    with tenancy.inside(dealer.pk):
        found = Refund.objects.filter(dealer=dealer, order=order, number=number)
        row = found.select_related("order", "payment").first()
        if row is None:
            raise Http404("no such refund")
        return refund_view.of(row, dealer)


def _page(request: HttpRequest, order: Order, shown: RefundView, form: WayForm | None, *, status: int) -> HttpResponse:
    context = {
        "r": shown,
        "order": order,
        "form": form,
        "address": order_view.address(order),
        "sign_in": _sign_in(request),
        "banks": refund_forms.BANKS,
    }
    return render(request, "storefront/refund.html", context, status=status)


def _carry_out(request: HttpRequest, dealer: Dealer, shown: RefundView, form: WayForm) -> None:
    if form.way == RefundWay.WALLET and isinstance(request.user, User):
        refund_choices.claim(dealer, shown.refund.pk, user=request.user)
        messages.success(request, _("Uangnya sudah masuk ke saldo Anda di %(shop)s.") % {"shop": dealer.name})
    else:
        refund_choices.choose(dealer, shown.refund.pk, form.choice())
        messages.success(request, _("Pilihan disimpan."))


def _sign_in(request: HttpRequest) -> str:
    """Sign in first, then come back to this very page."""
    back = f"{request.path}?{urlencode({'t': request.GET.get('t', ''), 'way': 'wallet'})}"
    return f"/akun/masuk/?{urlencode({'next': back})}"
