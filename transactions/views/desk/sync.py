"""A supplier's list: asked for at once, and a person's word about one that is held."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from portal.lib import vault
from portal.templatetags.words import clock
from transactions.desk_forms.sync import DecideList
from transactions.desk_selectors import sync as selectors
from transactions.models import RunState, Supplier, SyncRun
from transactions.suppliers import words
from transactions.suppliers.base import SupplierUnavailable
from transactions.sync import runs
from transactions.views.desk import suppliers
from transactions.views.desk.page import page, staff


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_POST
def fetch(request: DealerRequest, code: str) -> HttpResponse:
    """POST /desk/pemasok/<code>/daftar/ambil/: a whole run at once, with no transaction open."""
    supplier = suppliers.one(request, code)
    try:
        _say(request, runs.run(supplier, actor=staff(request)))
    except runs.Busy:
        messages.info(request, _("Daftar ini sedang diambil. Muat ulang halaman sebentar lagi."))
    except runs.TooSoon as soon:
        until = clock(soon.until, request.dealer.time_zone)
        messages.info(request, _("Pemasok membatasi permintaan. Bisa diambil lagi pukul %(at)s.") % {"at": until})
    except SupplierUnavailable as silent:
        messages.error(request, _("Daftar harga tidak didapat. %(why)s") % {"why": words.staff(silent.trouble)})
    except vault.CannotOpen:
        messages.error(request, str(suppliers.UNREADABLE))
    return redirect("desk:supplier" if request.POST.get("from") == "supplier" else "desk:price_list", code=code)


def _say(request: DealerRequest, run: SyncRun) -> None:
    if run.state == RunState.APPLIED:
        messages.success(request, _("Daftar harga diambil dan diterapkan."))
    elif run.state == RunState.SAME:
        messages.success(request, _("Daftar harga diambil. Tidak ada yang berubah."))
    elif run.state == RunState.HELD:
        messages.warning(request, _("Daftar yang datang mencurigakan, jadi ditahan. Daftar lama tetap dipakai."))
    elif run.state == RunState.DISCARDED:
        messages.info(request, _("Yang datang masih daftar yang sudah dibuang. Daftar lama tetap dipakai."))
    else:
        messages.error(request, str(selectors.trouble_words(run.trouble)))


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def held(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pemasok/<code>/daftar/tahan/: a list that is not believed, its differences, and a person's word."""
    supplier = get_object_or_404(request.dealer.suppliers, code=code)
    waiting = runs.held(supplier)
    if waiting is None and request.method == "GET":
        raise Http404("no list is held")
    form = DecideList(request.POST or None, initial={"seen": waiting.digest if waiting else ""})
    if waiting is None or form.is_valid():
        return _decide(request, supplier, form, waiting)
    facts = {"supplier": supplier, "held": selectors.held(waiting), "form": form}
    return page(request, "desk/price_list_held.html", section="suppliers", **facts)


def _decide(request: DealerRequest, supplier: Supplier, form: DecideList, waiting: SyncRun | None) -> HttpResponse:
    seen = form.cleaned_data["seen"] if waiting else ""
    try:
        if waiting and form.cleaned_data["verdict"] == "apply":
            done = runs.apply_held(supplier, seen=seen, actor=staff(request))
            said = ngettext(
                "Daftar diterapkan, %(n)d harga ikut berubah.",
                "Daftar diterapkan, %(n)d harga ikut berubah.",
                done.prices,
            )
            messages.success(request, said % {"n": done.prices})
        else:
            runs.discard(supplier, seen=seen, actor=staff(request))
            messages.success(request, _("Daftar dibuang. Daftar lama tetap dipakai."))
    except runs.NothingHeld:
        messages.warning(request, _("Daftar yang ditahan sudah berganti. Belum ada yang diputuskan; periksa lagi."))
    return redirect("desk:supplier", code=supplier.code)
