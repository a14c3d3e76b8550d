"""Suppliers: what is left there, how they are reached, and whether the dealer buys there. Secrets are never shown."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from portal.lib import outbound, tenancy, vault
from portal.lib.money import rupiah
from transactions import catalogue_additions, catalogue_edits, mirrors, stock
from transactions.desk_forms.catalogue import SwitchSupplier
from transactions.desk_forms.suppliers import AddSupplier, EditSupplier, TrySale
from transactions.desk_selectors import catalogue, history, supplier_figures, sync
from transactions.models import Place, Supplier
from transactions.suppliers import words
from transactions.suppliers.base import SupplierUnavailable
from transactions.suppliers.registry import ACCOUNTS
from transactions.views.desk.page import page, staff

UNREADABLE = gettext_lazy("Kunci yang tersimpan tidak bisa dibuka lagi. Tulis kuncinya sekali lagi.")
_REFUSED: dict[type[Exception], tuple[str, Promise]] = {
    catalogue_additions.CodeTaken: ("code", gettext_lazy("Kode ini sudah dipakai. Pilih yang lain.")),
    catalogue_additions.NotEncrypted: ("base_url", gettext_lazy("Alamatnya harus https://, supaya kunci aman.")),
    outbound.ForbiddenAddress: (
        "base_url",
        gettext_lazy("Alamat ini menuju jaringan yang tidak boleh dihubungi dari portal ini."),
    ),
}


def one(request: DealerRequest, code: str) -> Supplier:
    """A supplier of the dealer, for views that open their own transactions."""
    with tenancy.inside(request.dealer.pk):
        return get_object_or_404(request.dealer.suppliers, code=code)


@desk(Can.EDIT_CATALOGUE)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/pemasok/"""
    return page(request, "desk/suppliers.html", section="suppliers", lines=supplier_figures.lines(request.dealer))


@desk(Can.EDIT_CATALOGUE)
@require_GET
def detail(request: DealerRequest, code: str) -> HttpResponse:
    """GET /desk/pemasok/<code>/"""
    supplier = get_object_or_404(request.dealer.suppliers, code=code)
    card = history.card(request.dealer, Place.SUPPLIER, supplier)
    facts = {"facts": catalogue.connection(supplier), "sync": sync.card(supplier), "history": card, "trial": TrySale()}
    return page(request, "desk/supplier.html", section="suppliers", **facts)


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def add(request: DealerRequest) -> HttpResponse:
    """/desk/pemasok/baru/: an account of the dealer's own; its address is looked up before it is kept."""
    form = AddSupplier(request.POST or None, dealer=request.dealer, kind=request.GET.get("jenis", ""))
    with tenancy.inside(request.dealer.pk):
        is_whole = form.is_valid()
    if is_whole and _accepted(form, lambda: _add(request, form)):
        messages.success(request, _("Pemasok disimpan. Coba hubungan sekarang."))
        return redirect("desk:supplier", code=form.cleaned_data["code"])
    with tenancy.inside(request.dealer.pk):
        facts = {"form": form, "kinds": ACCOUNTS, "stock": catalogue.stock_on_offer(request.dealer)}
        return page(request, "desk/supplier_add.html", section="suppliers", **facts)


def _add(request: DealerRequest, form: AddSupplier) -> None:
    given = {name: form.cleaned_data[name] for name in ("code", "connector")}
    catalogue_additions.add_supplier(request.dealer, **given, account=form.account(), actor=staff(request))


def _change(request: DealerRequest, supplier: Supplier, form: EditSupplier) -> None:
    catalogue_additions.change_supplier(supplier, account=form.account(), actor=staff(request))


def _accepted(form: BaseForm, deed: Callable[[], None]) -> bool:
    """Do it, or say beside the field why it was refused."""
    try:
        deed()
    except tuple(_REFUSED) as refused:
        field, why = _REFUSED[type(refused)]
        form.add_error(field, str(why))
        return False
    return True


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_POST
def use_stock(request: DealerRequest) -> HttpResponse:
    """POST /desk/pemasok/stok/: buy from dealer zero's stock, if that was agreed."""
    try:
        supplier = stock.join(request.dealer)
    except stock.NoRight:
        messages.error(request, _("Toko ini belum punya hak membeli stok. Mintalah ke pengelola portal."))
        return redirect("desk:supplier_add")
    except stock.NameTaken:
        messages.error(request, _("Nama mitra untuk toko ini sudah terpakai. Hubungi pengelola portal."))
        return redirect("desk:supplier_add")
    messages.success(request, _("Stok Konter siap dipakai."))
    return redirect("desk:supplier", code=supplier.code)


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def edit(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pemasok/<code>/ubah/: another name, address or key."""
    supplier = one(request, code)
    if supplier.connector not in ACCOUNTS:
        raise Http404("nothing to edit: dealer zero's stock needs no account")
    form = EditSupplier.of(request.POST or None, supplier)
    if form.is_valid() and _accepted(form, lambda: _change(request, supplier, form)):
        messages.success(request, _("Pemasok disimpan. Coba hubungan sekarang."))
        return redirect("desk:supplier", code=code)
    with tenancy.inside(request.dealer.pk):
        return page(request, "desk/supplier_edit.html", section="suppliers", form=form, supplier=supplier)


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_POST
def ask(request: DealerRequest, code: str) -> HttpResponse:
    """POST /desk/pemasok/<code>/coba/: ask for the balance, with no transaction open."""
    supplier = one(request, code)
    try:
        mirrors.refresh(supplier)
    except SupplierUnavailable as silent:
        messages.error(request, _("Belum terhubung. %(why)s") % {"why": words.staff(silent.trouble)})
    except vault.CannotOpen:
        messages.error(request, str(UNREADABLE))
    else:
        messages.success(request, _("Terhubung. Saldo %(sum)s.") % {"sum": rupiah(supplier.reported_balance or 0)})
    return redirect("desk:supplier", code=code)


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def switch(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pemasok/<code>/pakai/: stop buying there, or begin again."""
    supplier = get_object_or_404(request.dealer.suppliers, code=code)
    form = SwitchSupplier(request.POST or None)
    if not form.is_valid():
        facts = {"supplier": supplier, "lost": catalogue.only_from(supplier)}
        return page(request, "desk/supplier_switch.html", section="suppliers", form=form, **facts)
    is_open = not supplier.is_open
    note = form.cleaned_data["closed_note"]
    catalogue_edits.use_supplier(supplier, is_open=is_open, note=note, actor=staff(request))
    messages.success(request, _("Pemasok dipakai lagi.") if is_open else _("Pemasok tidak dipakai."))
    return redirect("desk:suppliers")
