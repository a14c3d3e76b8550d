"""The book: accounts with balances, a statement of each, wallets, and cash for a wallet."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from dealers import days
from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from dealers.models import PartnerState, User
from portal.lib import ids, tenancy
from portal.lib.money import rupiah
from transactions import counter, ledger
from transactions.desk_forms.money import DepositCash, PeriodFilter
from transactions.desk_selectors import money, statement
from transactions.desk_selectors.statement import Statement
from transactions.models import Account
from transactions.views.desk import csv_files
from transactions.views.desk.csv_files import Cell
from transactions.views.desk.page import page, paged, staff


@desk(Can.SEE_MONEY)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/uang/"""
    has_partners = request.dealer.partners.filter(state=PartnerState.ACTIVE).exists()
    books = money.groups(request.dealer)
    return page(request, "desk/money.html", section="money", books=books, has_partners=has_partners)


@desk(Can.SEE_MONEY)
@require_GET
def account(request: DealerRequest, pk: int) -> HttpResponse:
    """GET /desk/uang/<account>/"""
    row, form = _account(request, pk), _period(request)
    number = int(n) if (n := request.GET.get("page", "1")).isdecimal() and 0 < int(n) < 10_000 else 1
    found = statement.read(request.dealer, row, form.period(), page=number)
    shown = Paginator(range(found.count), statement.PAGE).get_page(number)
    facts = {
        "account": row,
        "name": money.name(request.dealer, row),
        "form": form,
        "period": form.period(),
        "shown": shown,
    }
    return page(request, "desk/statement.html", section="money", found=found, **facts)


@own_transactions
@desk(Can.SEE_MONEY)
@require_GET
def account_csv(request: DealerRequest, pk: int) -> StreamingHttpResponse:
    """GET /desk/uang/<account>.csv: the whole period, oldest first; the last line is the ledger's balance."""
    with tenancy.inside(request.dealer.pk):
        row = _account(request, pk)
        found = statement.whole(request.dealer, row, _period(request).period())
    return csv_files.answer(request.dealer, _table(found), name=f"{row.kind}-{row.key}".strip("-").replace(":", "-"))


def _table(found: Statement) -> Iterator[list[Cell]]:
    came_in, went_out = pgettext("mutasi", "Masuk"), pgettext("mutasi", "Keluar")
    yield [_("Waktu"), _("Keterangan"), _("Akun lawan"), _("Ref"), came_in, went_out, _("Saldo")]
    yield [None, _("Saldo awal"), None, None, None, None, found.opening]
    for row in found.rows:
        yield [row.at, row.text, row.other, row.reference, row.came_in, row.went_out, row.after]
    yield [None, _("Saldo akhir"), None, None, None, None, found.closing]


def _account(request: DealerRequest, pk: int) -> Account:
    return get_object_or_404(request.dealer.accounts, pk=pk)


def _period(request: DealerRequest) -> PeriodFilter:
    given = request.GET if "start" in request.GET or "end" in request.GET else None
    return PeriodFilter(given, today=days.today(request.dealer))


@desk(Can.SEE_MONEY)
@require_GET
def wallets(request: DealerRequest) -> HttpResponse:
    """GET /desk/saldo/"""
    shown = paged(request, money.wallet_rows(request.dealer))
    rows = money.with_owners(list(shown.object_list))
    return page(request, "desk/wallets.html", section="wallets", shown=shown, wallets=rows)


@desk(Can.SEE_MONEY)
@require_http_methods(["GET", "POST"])
def deposit(request: DealerRequest) -> HttpResponse:
    """/desk/saldo/setor/: who and how much, then the same again with `sure`."""
    form = DepositCash(request.POST or None, initial={"token": ids.new_token()})
    if not form.is_valid():
        return page(request, "desk/deposit.html", section="wallets", form=form)
    customer, amount = form.cleaned_data["email"], form.cleaned_data["amount"]
    if "sure" not in request.POST:
        known = money.customer(request.dealer, customer)
        facts = {"customer": known, "amount": amount, "after": known.balance + amount}
        return page(request, "desk/deposit_confirm.html", section="wallets", form=form, **facts)
    return _deposited(request, customer, amount, form.cleaned_data["token"])


def _deposited(request: DealerRequest, customer: User, amount: int, token: str) -> HttpResponse:
    try:
        counter.deposit_cash(request.dealer, customer, amount=amount, token=token, cashier=staff(request))
        messages.success(request, _("%(amount)s masuk ke saldo %(who)s.") % {"amount": rupiah(amount), "who": customer})
    except ledger.ReferenceReused:
        messages.error(
            request, _("Formulir ini sudah dipakai untuk setoran lain. Mulai lagi; tidak ada yang dibukukan.")
        )
    return redirect("desk:wallets")
