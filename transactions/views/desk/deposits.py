"""Money into the dealer's deposit at a supplier, and into a partner's wallet here: shown first, booked once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from portal.lib.money import rupiah
from portal.templatetags.words import clock, day
from transactions import accounts, deposits, ledger, mirrors
from transactions.desk_forms.money import PartnerDeposit, SupplierDeposit
from transactions.views.desk.page import page, staff


@desk(Can.SEE_MONEY)
@require_http_methods(["GET", "POST"])
def supplier(request: DealerRequest) -> HttpResponse:
    """/desk/uang/pemasok/: how much, where from and the proof, then the same again with `sure`."""
    form = SupplierDeposit(request.POST or None, dealer=request.dealer, initial={"supplier": request.GET.get("to")})
    if not form.is_valid():
        return page(request, "desk/supplier_deposit.html", section="money", form=form)
    given = form.cleaned_data
    row, amount = given["supplier"], given["amount"]
    if "sure" not in request.POST:
        before = mirrors.expected(row)
        facts = {"to": row, "given": given, "before": before, "after": before + amount}
        return page(request, "desk/supplier_deposit.html", section="money", form=form, **facts)
    try:
        deposits.to_supplier(row, amount=amount, source=given["source"], proof=given["proof"], actor=staff(request))
        messages.success(request, _("%(sum)s dibukukan untuk %(who)s.") % {"sum": rupiah(amount), "who": row.name})
    except deposits.BookedBefore as before_now:
        _say_booked(request, before_now)
    return redirect("desk:supplier", code=row.code)


@desk(Can.SEE_MONEY)
@require_http_methods(["GET", "POST"])
def partner(request: DealerRequest) -> HttpResponse:
    """/desk/uang/mitra/: whose wallet and how much, then the same again with `sure`."""
    form = PartnerDeposit(request.POST or None, dealer=request.dealer)
    if not form.is_valid():
        return page(request, "desk/partner_deposit.html", section="money", form=form)
    given = form.cleaned_data
    row, amount = given["partner"], given["amount"]
    if "sure" not in request.POST:
        before = ledger.wallet_balance(request.dealer.pk, accounts.wallet(row.wallet_key))
        facts = {"to": row, "given": given, "before": before, "after": before + amount}
        return page(request, "desk/partner_deposit.html", section="money", form=form, **facts)
    said = {"amount": amount, "source": given["source"], "proof": given["proof"]}
    try:
        deposits.to_partner(request.dealer, row, **said, actor=staff(request))
        messages.success(request, _("%(sum)s masuk ke saldo %(who)s.") % {"sum": rupiah(amount), "who": row.name})
    except deposits.BookedBefore as before_now:
        _say_booked(request, before_now)
    return redirect("desk:wallets")


def _say_booked(request: DealerRequest, booked: deposits.BookedBefore) -> None:
    transfer, zone = booked.transfer, request.dealer.time_zone
    when = f"{day(transfer.at, zone)} {clock(transfer.at, zone)}"
    words = {"sum": rupiah(transfer.amount), "when": when}
    messages.error(request, _("Bukti ini sudah dibukukan: %(sum)s pada %(when)s. Tidak dibukukan lagi.") % words)
