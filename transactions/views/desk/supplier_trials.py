"""Trying a supplier from its page: a sale of its sandbox, and having it report to us."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from portal.lib import vault
from transactions import trials, webhook_endpoints
from transactions.desk_forms.suppliers import TrySale
from transactions.desk_selectors import trial
from transactions.suppliers import words
from transactions.suppliers.base import SupplierUnavailable
from transactions.views.desk import suppliers
from transactions.views.desk.page import staff


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_POST
def sell(request: DealerRequest, code: str) -> HttpResponse:
    """POST /desk/pemasok/<code>/uji/: a sale of the supplier's sandbox; no order, no money."""
    supplier = suppliers.one(request, code)
    form = TrySale(request.POST)
    key = form.cleaned_data["sandbox_key"] if form.is_valid() else ""
    try:
        tone, said = trial.words(trials.sell(supplier, sandbox_key=key, actor=staff(request)))
    except SupplierUnavailable as silent:
        messages.error(request, _("Tidak bisa dicoba. %(why)s") % {"why": words.staff(silent.trouble)})
    except vault.CannotOpen:
        messages.error(request, str(suppliers.UNREADABLE))
    else:
        messages.add_message(request, tone, said)
    return redirect("desk:supplier", code=code)


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_POST
def report(request: DealerRequest, code: str) -> HttpResponse:
    """POST /desk/pemasok/<code>/lapor/: register our callback address there, with a new secret."""
    supplier = suppliers.one(request, code)
    secret = webhook_endpoints.new_secret()
    try:
        trials.report_here(supplier, dealer_slug=request.dealer.slug, secret=secret, actor=staff(request))
    except SupplierUnavailable as silent:
        messages.error(request, _("Alamat callback belum terdaftar. %(why)s") % {"why": words.staff(silent.trouble)})
    except vault.CannotOpen:
        messages.error(request, str(suppliers.UNREADABLE))
    else:
        messages.success(request, _("Alamat callback terdaftar di sana; hasil transaksi datang sendiri."))
    return redirect("desk:supplier", code=code)
