"""Suppliers: what is left there, and whether the dealer buys there now. Secrets are never shown."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import catalogue_edits
from transactions.desk_forms.catalogue import SwitchSupplier
from transactions.desk_selectors import catalogue, history
from transactions.models import Place
from transactions.views.desk.page import page, staff


@desk(Can.EDIT_CATALOGUE)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/pemasok/"""
    return page(request, "desk/suppliers.html", section="suppliers", deposits=catalogue.suppliers(request.dealer))


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def switch(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pemasok/<code>/: stop buying there, or begin again."""
    supplier = get_object_or_404(request.dealer.suppliers, code=code)
    form = SwitchSupplier(request.POST or None)
    if not form.is_valid():
        card = history.card(request.dealer, Place.SUPPLIER, supplier)
        facts = {"supplier": supplier, "lost": catalogue.only_from(supplier), "history": card}
        return page(request, "desk/supplier.html", section="suppliers", form=form, **facts)
    is_open = not supplier.is_open
    note = form.cleaned_data["closed_note"]
    catalogue_edits.use_supplier(supplier, is_open=is_open, note=note, actor=staff(request))
    messages.success(request, _("Pemasok dipakai lagi.") if is_open else _("Pemasok tidak dipakai."))
    return redirect("desk:suppliers")
