"""The receipt of a delivered order: paper in the browser, bytes for a printer, a picture. Behind the secret link.

With `samar` in the query the number is masked. Before delivery there is no receipt, and the order's page says why.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dealers.models import Dealer
from portal.lib import tenancy
from transactions import order_view
from transactions.models import Order
from transactions.slips import content, escpos
from transactions.slips import picture as pictures
from transactions.slips.content import Slip
from transactions.views.order_page import secret_link


@require_safe
@secret_link
def paper(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """A page that is printed 58 mm wide."""
    slip = _slip(request, dealer, order)
    if slip is None:
        return HttpResponseRedirect(order_view.address(order))
    context = {"slip": slip, "back": order_view.address(order), "order": order}
    return render(request, "storefront/slip.html", context)


@require_safe
@secret_link
def printer(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """ESC/POS bytes, as a file that a print app takes."""
    slip = _slip(request, dealer, order)
    if slip is None:
        return HttpResponseRedirect(order_view.address(order))
    named = {"Content-Disposition": f'attachment; filename="struk-{order.code}.bin"'}
    return HttpResponse(escpos.encode(slip), content_type="application/octet-stream", headers=named)


@require_safe
@secret_link
def picture(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """A PNG."""
    slip = _slip(request, dealer, order)
    if slip is None:
        return HttpResponseRedirect(order_view.address(order))
    named = {"Content-Disposition": f'inline; filename="struk-{order.code}.png"'}
    return HttpResponse(pictures.png(slip), content_type="image/png", headers=named)


def _slip(request: HttpRequest, dealer: Dealer, order: Order) -> Slip | None:
    with tenancy.inside(dealer.pk):
        return content.of(dealer, order, masked="samar" in request.GET)
