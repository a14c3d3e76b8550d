"""A supplier's price list: looked through, and what is ticked taken over with its price shown first."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import catalogue_additions, catalogue_edits
from transactions.desk_forms.additions import MOST, TakeOffers
from transactions.desk_forms.suppliers import PriceListFilter
from transactions.desk_selectors import catalogue, price_list
from transactions.models import Supplier
from transactions.sync import runs
from transactions.views.desk.edits import carry_out
from transactions.views.desk.page import page, staff


@desk(Can.EDIT_CATALOGUE)
@require_GET
def index(request: DealerRequest, code: str) -> HttpResponse:
    """GET /desk/pemasok/<code>/daftar/: what the supplier offered when it was last asked."""
    supplier = get_object_or_404(request.dealer.suppliers, code=code)
    shelf = price_list.shelf(supplier)
    form = PriceListFilter(request.GET, brands=shelf.brands if shelf else [])
    found = shelf.matching(form.wanted()) if shelf else []
    facts = {
        "supplier": supplier,
        "shelf": shelf,
        "shown": Paginator(found, MOST).get_page(request.GET.get("page")),
        "has_rule": catalogue.has_retail_rule(request.dealer),
        "held": runs.held(supplier),
    }
    return page(request, "desk/price_list.html", section="suppliers", form=form, **facts)


@desk(Can.EDIT_CATALOGUE)
@require_POST
def take(request: DealerRequest, code: str) -> HttpResponse:
    """POST /desk/pemasok/<code>/daftar/jual/: the ticked offers (`pick`), their prices, then the deed."""
    supplier = get_object_or_404(request.dealer.suppliers, code=code)
    shelf = price_list.shelf(supplier)
    lines = shelf.lines(request.POST.getlist("pick")[:MOST]) if shelf else []
    if not catalogue.has_retail_rule(request.dealer):
        return redirect("desk:price_list", code=code)  # which says that a rule comes first
    if not lines:
        messages.error(request, _("Belum ada yang dicentang, atau semuanya sudah dijual."))
        return redirect("desk:price_list", code=code)
    return _take(request, supplier, TakeOffers(request.POST, lines=lines, supplier=supplier))


def _take(request: DealerRequest, supplier: Supplier, form: TakeOffers) -> HttpResponse:
    effect = None
    if form.is_valid():
        try:
            effect = carry_out(
                request,
                lambda *, accept: catalogue_additions.take(
                    supplier, form.takes(), actor=staff(request), accept_below_cost=accept
                ),
            )
        except (catalogue_additions.CodeTaken, catalogue_edits.RouteTaken):
            messages.error(request, _("Orang lain baru saja menambah produk yang sama. Belum disimpan; pilih lagi."))
            return redirect("desk:price_list", code=supplier.code)
        if effect is None:
            n = len(form.forms)
            added = ngettext("%(n)d produk ditambahkan.", "%(n)d produk ditambahkan.", n) % {"n": n}
            messages.success(request, added)
            return redirect("desk:products")
    facts = {"supplier": supplier, "takes": form, "effect": effect}
    return page(request, "desk/price_list_take.html", section="suppliers", **facts)
