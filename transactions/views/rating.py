"""One tap after delivery, behind the order's secret link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.models import Dealer
from transactions import order_view, ratings
from transactions.models import Order
from transactions.views.order_page import secret_link


@require_POST
@secret_link
def rate(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """`good` is 1 or 0; 303 to the order, which shows what was said."""
    try:
        if request.POST.get("good") in {"0", "1"}:
            ratings.rate(dealer, order.pk, is_good=request.POST["good"] == "1")
    except ratings.NotDelivered:
        messages.info(request, _("Penilaian dibuka setelah pesanan masuk."))
    except ratings.TooLate:
        messages.info(request, _("Penilaian hanya bisa diubah dalam satu hari."))
    return HttpResponseRedirect(order_view.address(order), status=303)
