"""An order behind its secret link: where it stands, what the money does, and what can be done.

The address holds the code and a secret of 128 bits; without both there is nothing to see. The page
updates itself by a fragment that says when to ask again, and by a refresh where there is no script.
"""

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.models import Dealer
from portal.lib import ids, tenancy, web
from transactions import order_view, orders
from transactions.models import Order

OrderView = Callable[[HttpRequest, Dealer, Order], HttpResponse]


def secret_link(view: OrderView) -> Callable[..., HttpResponse]:
    """Find the order that `code` and `t` open, or answer 404; the view opens its own transactions."""

    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        dealer, order = find(code, request.GET.get("t", ""))
        request.dealer = dealer  # type: ignore[attr-defined]
        answer = view(request, dealer, order)
        answer["Cache-Control"] = "no-store"
        answer["Referrer-Policy"] = "no-referrer" if request.method == "GET" else "same-origin"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return opened


def find(code: str, secret: str) -> tuple[Dealer, Order]:
    """The order that this link opens. Raises `Http404` for a wrong code and a wrong secret alike."""
    try:
        dealer_id = orders.dealer_of(ids.normalise(code))
    except ids.BadCode:
        dealer_id = None
    if dealer_id is not None:
        with tenancy.inside(dealer_id):
            order = Order.objects.select_related("product__brand", "wallet").get(code=ids.normalise(code))
        if compare_digest(order.secret.encode(), secret.encode()):
            return Dealer.objects.get(pk=dealer_id), order
    raise Http404(_("Tautan pesanan ini tidak lengkap atau salah. Periksa lagi tautan dari toko."))


@require_GET
@secret_link
def page(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """The whole page."""
    with tenancy.inside(dealer.pk):
        return render(request, "storefront/order.html", {"o": order_view.of(dealer, order)})


@require_GET
@secret_link
def live(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """The part of the page that changes, and in `X-Next` how many seconds to wait before asking again (0: no more)."""
    with tenancy.inside(dealer.pk):
        shown = order_view.of(dealer, order, asked=_asked(request))
        answer = render(request, "storefront/_order.html", {"o": shown})
    answer["X-Next"] = str(shown.next_seconds)
    return answer


def status(request: HttpRequest, code: str) -> HttpResponse:
    """`{"code","status","destination","sku","price","sn","paid_at","finished_at","refund"}`; times ISO 8601."""
    try:
        dealer, order = find(code, request.GET.get("t", ""))
    except Http404:
        return web.problem(404, "not_found", _("Pesanan tidak ditemukan."))
    with tenancy.inside(dealer.pk):
        answer = JsonResponse(order_view.as_json(order))
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(request: HttpRequest) -> int:
    given = request.GET.get("n", "0")
    return int(given) if given.isdecimal() and len(given) < 5 else 0
