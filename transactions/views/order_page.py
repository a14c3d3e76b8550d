"""An order behind its secret link: where it stands, what the money does, and what can be done.

The address holds the code and a secret of 128 bits; without both there is nothing to see. The page
updates itself by a fragment that says when to ask again, and by a refresh where there is no script.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dealers.models import Dealer, User
from portal.lib import ids, tenancy, web
from portal.lib.prepared import Prepared
from transactions import order_view, orders
from transactions.models import Order

View = Callable[..., HttpResponse]
_MOST_LOOKS = 99
_BY_CODE = Prepared(
    lambda code: Order.objects.select_related("product__brand", "wallet").filter(code=code).order_by()[:1], code=str
)


def secret_link(view: View) -> Callable[..., HttpResponse]:
    """Find the order that `code` and `t` open, or answer 404; the view opens its own transactions."""
    return reading(lambda _order: {})(view)


def reading(read: Callable[[Order], dict[str, Any]]) -> Callable[[View], Callable[..., HttpResponse]]:
    """As `secret_link`; the view is given by name what `read` finds in the transaction that finds the order."""

    def wrapped(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened(request: HttpRequest, code: str, **rest: int) -> HttpResponse:
            with found(code, request.GET.get("t", "")) as (dealer, order):
                seen = read(order) if order is not None else {}
            if dealer is None or order is None:
                return _private(render(request, "storefront/unknown.html", status=404))
            request.dealer = dealer  # type: ignore[attr-defined]
            return _private(view(request, dealer, order, **seen, **rest))

        return opened

    return wrapped


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    # Not `no-referrer`: browsers would send `Origin: null` with the page's forms, which Django must refuse.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def looked_at(view: View) -> Callable[..., HttpResponse]:
    """As `secret_link`, for a view that only reads: it runs in the transaction that found the order."""

    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        with found(code, request.GET.get("t", "")) as (dealer, order):
            if dealer is None or order is None:
                return _private(render(request, "storefront/unknown.html", status=404))
            request.dealer = dealer  # type: ignore[attr-defined]
            return _private(view(request, dealer, order))

    return opened


@contextmanager
def found(code: str, secret: str) -> Iterator[tuple[Dealer, Order] | tuple[None, None]]:
    """The order that this link opens and its dealer, whose transaction lasts as long as the block; or nothing.

    A wrong code and a wrong secret are the same nothing.
    """
    try:
        dealer = orders.shop_of(plain := ids.normalise(code))
    except ids.BadCode:
        dealer = None
    if dealer is None:
        yield None, None
        return
    with tenancy.inside(dealer.pk):
        order = _BY_CODE.first(code=plain)
        is_theirs = order is not None and order_view.opens(secret, order)
        yield (dealer, order) if order is not None and is_theirs else (None, None)


def visitor(request: HttpRequest) -> User | None:
    """Who looks at the page, if that person has signed in."""
    return request.user if isinstance(request.user, User) else None


@require_safe
@looked_at
def page(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """The whole page."""
    shown = order_view.of(dealer, order, user=visitor(request))
    context = {"o": shown, "next": order_view.next_look(shown, unchanged=0), "seen_at": timezone.now()}
    return render(request, "storefront/order.html", context)


@require_safe
@looked_at
def live(request: HttpRequest, dealer: Dealer, order: Order) -> HttpResponse:
    """The part of the page that changes; 304 when it has not since `If-None-Match`.

    `X-Next` says after how many seconds to ask again (0: no more); `n` in the query is how often in a row
    nothing had changed.
    """
    shown = order_view.of(dealer, order, user=visitor(request))
    tag = f'W/"{shown.tag}"'
    is_same = request.headers.get("If-None-Match") == tag
    answer = HttpResponseNotModified() if is_same else render(request, "storefront/_order.html", {"o": shown})
    answer["ETag"] = tag
    answer["X-Next"] = str(order_view.next_look(shown, unchanged=_looks(request) + 1 if is_same else 0))
    return answer


@require_safe
def status(request: HttpRequest, code: str) -> HttpResponse:
    """`{"code","status","destination","sku","price","sn","paid_at","finished_at","refund"}`; times ISO 8601."""
    told = _told(code, request.GET.get("t", ""))
    if told is None:
        return _private(web.problem(404, "not_found", _("Pesanan tidak ditemukan.")))
    return _private(JsonResponse(told))


def _told(code: str, secret: str) -> dict[str, object] | None:
    try:
        dealer_id = orders.dealer_of(plain := ids.normalise(code))
    except ids.BadCode:
        return None
    if dealer_id is None:
        return None
    with tenancy.inside(dealer_id):
        return order_view.as_json(plain, secret)


def _looks(request: HttpRequest) -> int:
    given = request.GET.get("n", "")
    return min(int(given), _MOST_LOOKS) if given.isascii() and given.isdecimal() and len(given) < 5 else 0
