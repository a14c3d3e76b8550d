"""Products: the list, and one with its prices, routes and history."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import catalogue_edits
from transactions.desk_forms.catalogue import EditPrice, EditProduct, EditRoute, ProductFilter
from transactions.desk_selectors import beginning, catalogue, history
from transactions.models import Place, Product, Tier
from transactions.views.desk.edits import carry_out, copied
from transactions.views.desk.page import page, paged, staff


def _product(request: DealerRequest, sku: str) -> Product:
    rows = request.dealer.products.select_related("brand").prefetch_related("routes__supplier", "prices")
    return get_object_or_404(rows, sku=sku)


@desk(Can.EDIT_CATALOGUE)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/produk/"""
    form = ProductFilter(request.GET)
    shown = paged(request, catalogue.products(request.dealer, form.wanted()))
    facts = {
        "lines": catalogue.lines(list(shown.object_list)),
        "steps": beginning.steps(request.dealer),
        "has_products": request.dealer.products.exists(),
    }
    return page(request, "desk/products.html", section="products", form=form, shown=shown, **facts)


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def detail(request: DealerRequest, sku: str) -> HttpResponse:
    """/desk/produk/<sku>/: POST edits the name and whether it is sold."""
    product = _product(request, sku)
    form = EditProduct(request.POST or None, instance=product, dealer=request.dealer)
    if form.is_valid():
        catalogue_edits.save_product(form.instance, fields=form.fields, actor=staff(request))
        messages.success(request, _("Produk disimpan."))
        return redirect("desk:product", sku=sku)
    shown = _product(request, sku)
    sheet, card = catalogue.sheet(request.dealer, shown), history.card(request.dealer, Place.PRODUCT, shown)
    prices = [(tier, EditPrice.of(tier.tier, tier.price)) for tier in sheet.tiers]
    return page(request, "desk/product.html", section="products", form=form, sheet=sheet, prices=prices, history=card)


@desk(Can.EDIT_CATALOGUE)
@require_POST
def price(request: DealerRequest, sku: str, tier: str) -> HttpResponse:
    """POST /desk/produk/<sku>/harga/<tier>/: what it would do, then the same again with the digest."""
    if tier not in Tier.values:
        raise Http404
    product, whose = _product(request, sku), Tier(tier)
    form, effect = EditPrice(request.POST, prefix=tier), None
    if form.is_valid():
        effect = carry_out(
            request,
            lambda *, accept: catalogue_edits.save_price(
                product, tier=whose, amount=form.price, actor=staff(request), accept_below_cost=accept
            ),
        )
        if effect is None:
            messages.success(request, _("Harga disimpan."))
            return redirect("desk:product", sku=sku)
    facts = {"product": product, "tier": whose, "form": form, "effect": effect}
    return page(request, "desk/price.html", section="products", **facts)


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def route(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/jalur/<id>/: one supplier's offer, and what a new cost does to the prices."""
    row = get_object_or_404(request.dealer.routes.select_related("product__brand", "supplier"), pk=pk)
    form, effect = EditRoute(request.POST or None, instance=row), None
    if form.is_valid():
        effect = carry_out(
            request,
            lambda *, accept: catalogue_edits.save_route(
                copied(form.instance), fields=form.fields, actor=staff(request), accept_below_cost=accept
            ),
        )
        if effect is None:
            messages.success(request, _("Jalur disimpan."))
            return redirect("desk:product", sku=row.product.sku)
    facts = {"route": row, "history": history.card(request.dealer, Place.ROUTE, row)}
    return page(request, "desk/route.html", section="products", form=form, effect=effect, **facts)
