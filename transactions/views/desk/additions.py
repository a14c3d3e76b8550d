"""Products and routes that are added by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import catalogue_additions, catalogue_edits
from transactions.desk_forms.additions import AddProduct, AddRoute
from transactions.models import Product, Route
from transactions.views.desk.edits import carry_out, copied
from transactions.views.desk.page import page, staff


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def product(request: DealerRequest) -> HttpResponse:
    """/desk/produk/baru/: a product without routes; its first route is the next step."""
    form = AddProduct(request.POST or None, dealer=request.dealer)
    if form.is_valid():
        made = form.product()
        try:
            catalogue_additions.add_product(made, actor=staff(request))
            messages.success(request, _("Produk disimpan. Tambah jalurnya supaya bisa dijual."))
            return redirect("desk:route_add", sku=made.sku)
        except catalogue_additions.CodeTaken:
            form.add_error("sku", _("Kode ini sudah dipakai produk lain. Ganti."))
    return page(request, "desk/product_add.html", section="products", form=form)


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def route(request: DealerRequest, sku: str) -> HttpResponse:
    """/desk/produk/<sku>/jalur/baru/: one more supplier, and what its cost does to the prices."""
    row = get_object_or_404(request.dealer.products.select_related("brand"), sku=sku)
    suppliers = request.dealer.suppliers.exclude(routes__product=row)
    new = Route(dealer=request.dealer, product=row, rank=catalogue_additions.last_rank(row))
    form = AddRoute(request.POST or None, instance=new, suppliers=suppliers)
    return _route(request, row, form)


def _route(request: DealerRequest, row: Product, form: AddRoute) -> HttpResponse:
    effect = None
    if form.is_valid():
        try:
            effect = carry_out(
                request,
                lambda *, accept: catalogue_edits.add_routes(
                    [copied(form.instance)], actor=staff(request), accept_below_cost=accept
                ),
            )
        except catalogue_edits.RouteTaken:
            messages.error(request, _("Produk ini sudah punya jalur dari pemasok ini. Belum disimpan."))
            return redirect("desk:product", sku=row.sku)
        if effect is None:
            messages.success(request, _("Jalur disimpan."))
            return redirect("desk:product", sku=row.sku)
    return page(request, "desk/route_add.html", section="products", product=row, form=form, effect=effect)
