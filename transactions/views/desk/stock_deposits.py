"""A dealer's deposits at dealer zero, whose stock it buys: how much to transfer, where to, and that it was sent."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from portal.lib import tenancy
from transactions import deposit_tickets, stock_deposits
from transactions.desk_forms.deposits import ClaimTicket, OpenTicket
from transactions.models import DepositTicket
from transactions.stock_deposits import NoStock
from transactions.views.desk.page import page


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def index(request: DealerRequest) -> HttpResponse:
    """/desk/pemasok/stok/deposit/: the tickets; POST opens one."""
    try:
        seen = stock_deposits.look(request.dealer)
    except NoStock as error:
        raise Http404("buys no stock") from error
    form = OpenTicket(request.POST or None, banks=seen.banks)
    if form.is_bound and form.is_valid():
        opened = _open(request, form)
        if opened is not None:
            return redirect("desk:stock_deposit", code=opened.code)
    with tenancy.inside(request.dealer.pk):
        return page(request, "desk/stock_deposits.html", section="suppliers", seen=seen, form=form)


def _open(request: DealerRequest, form: OpenTicket) -> DepositTicket | None:
    try:
        return stock_deposits.open_(request.dealer, **form.cleaned_data).ticket
    except deposit_tickets.TooManyOpen:
        form.add_error(None, _("Masih ada lima tiket yang menunggu. Transfer atau batalkan salah satu dulu."))
    except deposit_tickets.NoAccount:
        form.add_error("bank", _("Rekening ini tidak dipakai lagi. Pilih yang lain."))
    except deposit_tickets.NoAmountLeft:
        form.add_error("amount", _("Semua jumlah unik di dekat ini sedang ditunggu. Coba jumlah lain."))
    return None


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def detail(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pemasok/stok/deposit/<code>/: what to transfer and where; POST says that it was (`proof`)."""
    ticket = _one(request, code)
    form = ClaimTicket(request.POST or None)
    if form.is_bound and form.is_valid():
        stock_deposits.claim(request.dealer, code, proof=form.cleaned_data["proof"])
        messages.success(request, _("Terima kasih. Pengelola diminta memeriksa transfer ini."))
        return redirect("desk:stock_deposit", code=code)
    with tenancy.inside(request.dealer.pk):
        return page(request, "desk/stock_deposit.html", section="suppliers", ticket=ticket, form=form)


@own_transactions
@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["POST"])
def give_up(request: DealerRequest, code: str) -> HttpResponse:
    """POST /desk/pemasok/stok/deposit/<code>/batal/"""
    ticket = _one(request, code)
    try:
        stock_deposits.give_up(request.dealer, ticket.code)
        messages.success(request, _("Tiket dibatalkan. Jangan transfer jumlah itu lagi."))
    except deposit_tickets.AlreadyOver:
        messages.error(request, _("Uang tiket ini sudah masuk saldo."))
    return redirect("desk:stock_deposits")


def _one(request: DealerRequest, code: str) -> DepositTicket:
    try:
        return stock_deposits.find(request.dealer, code)
    except (NoStock, deposit_tickets.UnknownTicket) as error:
        raise Http404("no such ticket") from error
