"""Selling at the counter, and taking cash for an order that somebody placed on the site."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from portal.lib import ids
from portal.lib.money import rupiah
from transactions import catalog, counter, orders
from transactions.desk_forms.counter import CashCode, Destination, Sell
from transactions.desk_selectors import counter as selectors
from transactions.models import Order
from transactions.views.desk.page import page, staff


@desk(Can.SELL)
def sell(request: DealerRequest) -> HttpResponse:
    """GET /desk/jual/?number=…: the number, then what can be sold to it; POST is the sale."""
    if request.method == "POST":
        return _sold(request)
    asked = "number" in request.GET
    return _ask(request, Destination(request.GET if asked else None))


def _sold(request: DealerRequest) -> HttpResponse:
    form = Sell(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    sku, price = form.cleaned_data["choice"]
    product = catalog.product(request.dealer.pk, sku)
    if product is None:
        return _ask(request, form, problem=_("Produk ini tidak ada lagi. Belum ada yang dijual."))
    sale = counter.Sale(
        product=product,
        destination=form.cleaned_data["destination"],
        agreed_price=price,
        token=form.cleaned_data["token"],
        cashier=staff(request),
    )
    return _place(request, form, sale)


def _place(request: DealerRequest, form: Sell, sale: counter.Sale) -> HttpResponse:
    confirmed = {"again": form.cleaned_data["again"], "confirmed_brand": form.cleaned_data["confirm"] == "brand"}
    try:
        order = counter.sell(request.dealer, sale, **confirmed)
    except orders.OtherBrand:
        return _ask(request, form, other_brand=catalog.detect_brand(sale.destination), product=sale.product)
    except orders.BoughtBefore as before:
        return _ask(request, form, before=before.order, product=sale.product)
    except orders.PriceRose as rose:
        figures = {"old": rupiah(sale.agreed_price), "new": rupiah(rose.price)}
        return _ask(request, form, problem=_("Harga berubah dari %(old)s ke %(new)s. Belum ada yang dijual.") % figures)
    except orders.ProductClosed:
        return _ask(request, form, problem=_("Produk ini sedang tutup. Belum ada yang dijual; kembalikan uangnya."))
    except orders.AlreadyUsed as used:
        return _ask(request, form, used=used.order, problem=_("Formulir ini sudah dipakai untuk pesanan lain."))
    return redirect("desk:order", code=order.code)


def _ask(request: DealerRequest, form: Destination, **more: Any) -> HttpResponse:
    """The page with what was typed; a question or a problem on top of it."""
    given = form.given()
    number = given.get("destination", "")
    offer = selectors.offer(request.dealer, given, number) if number else None
    token = request.POST.get("token") if "used" not in more else None
    return page(
        request,
        "desk/sell.html",
        section="sell",
        form=form,
        offer=offer,
        token=token or ids.new_token(),
        chosen=request.POST.get("choice", ""),
        kinds=selectors.kinds(request.dealer),
        **more,
    )


@desk(Can.CONFIRM_PAYMENT)
@require_GET
def cash(request: DealerRequest) -> HttpResponse:
    """GET /desk/tunai/?code=…: from a code read aloud to the page that takes the money."""
    form = CashCode(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        order: Order | None = counter.order_by_code(request.dealer, form.cleaned_data["code"])
        if order is not None:
            return redirect("desk:order_cash", code=order.code)
        messages.error(request, _("Tidak ada pesanan dengan kode ini di toko ini. Periksa lagi huruf dan angkanya."))
    return page(request, "desk/cash.html", section="cash", form=form)
