"""Orders: finding them, one in full, and the list as CSV."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from dealers.models import Dealer
from portal.lib import msisdn
from transactions import orders as use_cases
from transactions.desk_forms.orders import OrderFilter
from transactions.desk_selectors import orders, words
from transactions.models import Order, Status
from transactions.views.desk import csv_files
from transactions.views.desk.csv_files import Cell
from transactions.views.desk.page import page

LOOK_AGAIN = 3
"""Seconds between two looks at an order that can still change."""


@desk(Can.SEE_ORDERS)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/pesanan/"""
    form = OrderFilter(request.GET)
    found = orders.page(request.dealer, form.wanted(), after=request.GET.get("after", ""))
    return page(request, "desk/orders.html", section="orders", form=form, found=found)


@own_transactions
@desk(Can.SEE_ORDERS)
@require_GET
def download(request: DealerRequest) -> StreamingHttpResponse:
    """GET /desk/pesanan.csv: the same filters, every row."""
    costs = request.post is not None and request.post.may(Can.SEE_COST)
    rows = _table(request.dealer, OrderFilter(request.GET), costs=costs)
    return csv_files.answer(request.dealer, rows, name=_("pesanan"))


def _table(dealer: Dealer, form: OrderFilter, *, costs: bool) -> Iterator[list[Cell]]:
    head = [
        _("Waktu"),
        _("Kode"),
        _("Produk"),
        _("Nomor"),
        _("Harga"),
        _("Status"),
        _("Lewat"),
        pgettext("kolom", "Bayar"),
        "SN",
        "Ref",
    ]
    yield [*head, _("Modal"), _("Selesai")] if costs else [*head, _("Selesai")]
    for order in orders.all_of(dealer, form.wanted()):
        line = _row(order)
        yield [*line, order.cost, order.finished_at] if costs else [*line, order.finished_at]


def _row(order: Order) -> list[Cell]:
    number = order.destination
    return [
        order.created_at,
        order.code,
        order.product.sku,
        msisdn.grouped(number) if number.startswith("+62") else number,
        order.price,
        str(Status(order.status).label),
        order.get_channel_display(),
        words.gateway(order.gateway),
        order.sn,
        order.ref_id,
    ]


@desk(Can.SEE_ORDERS)
@require_GET
def detail(request: DealerRequest, code: str) -> HttpResponse:
    """GET /desk/pesanan/<code>/"""
    return page(request, "desk/order.html", section="orders", **_shown(request, code))


@desk(Can.SEE_ORDERS)
@require_GET
def live(request: DealerRequest, code: str) -> HttpResponse:
    """GET /desk/pesanan/<code>/live/: the part that changes; `X-Next` is seconds until the next look, 0 for none."""
    shown = _shown(request, code)
    answer = page(request, "desk/_order_live.html", section="orders", **shown)
    answer["X-Status"], answer["X-Next"] = shown["order"].status, str(shown["next"])
    answer["Cache-Control"] = "no-store"
    return answer


def _shown(request: DealerRequest, code: str) -> dict[str, Any]:
    order = _of(request, code)
    return {
        "order": order,
        "dossier": orders.dossier(order),
        "can_cancel": use_cases.can_cancel(request.dealer, order),
        "gateway": words.gateway(order.gateway),
        "next": LOOK_AGAIN if order.status in {Status.PAID, Status.PROCESSING} else 0,
    }


def _of(request: DealerRequest, code: str) -> Order:
    """The dealer's order under this code, or 404."""
    rows = request.dealer.orders.select_related("product__brand", "customer", "cashier", "outlet", "partner", "wallet")
    return get_object_or_404(rows, code=code.upper())
