"""Money that came into the bank: entered from the statement, proposed, confirmed by a person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dealers import days
from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from portal.lib.money import rupiah
from transactions import bank_lines, deposit_tickets
from transactions.desk_forms.tills import EnterLine, MatchLine, PasteLines, SendBack
from transactions.desk_selectors import money_in
from transactions.models import BankLine, LineState, Order, Status
from transactions.views.desk.page import page, staff


@desk(Can.MATCH_MONEY)
@require_http_methods(["GET", "POST"])
def index(request: DealerRequest) -> HttpResponse:
    """/desk/uang-masuk/: what waits, and two ways to enter more."""
    is_pasted, today = "paste-text" in request.POST, days.today(request.dealer)
    given = request.POST or None
    single = EnterLine(None if is_pasted else given, dealer=request.dealer, today=today)
    many = PasteLines(given if is_pasted else None, dealer=request.dealer, today=today)
    form: EnterLine | PasteLines = many if is_pasted else single
    if form.is_bound and form.is_valid():
        _say(
            request,
            bank_lines.enter(request.dealer, form.cleaned_data["account"], form.rows(), actor=staff(request)),
        )
        return redirect("desk:money_in")
    return page(request, "desk/money_in.html", section="money_in", single=single, many=many, **_waiting(request))


def _waiting(request: DealerRequest) -> dict[str, Any]:
    items = money_in.items(request.dealer)
    return {
        "items": items,
        "exact_count": sum(item.is_exact for item in items),
        "decided": money_in.decided(request.dealer),
        "has_accounts": request.dealer.bank_accounts.exists(),
    }


def _say(request: DealerRequest, entered: bank_lines.Entered) -> None:
    if entered.new:
        text = ngettext("%(n)s uang masuk dicatat.", "%(n)s uang masuk dicatat.", entered.new)
        messages.success(request, text % {"n": entered.new})
    if entered.credited:
        text = ngettext(
            "%(n)s di antaranya deposit mitra, langsung masuk saldonya.",
            "%(n)s di antaranya deposit mitra, langsung masuk saldonya.",
            entered.credited,
        )
        messages.success(request, text % {"n": entered.credited})
    if entered.known:
        text = ngettext(
            "%(n)s baris sudah tercatat sebelumnya dan dilewati.",
            "%(n)s baris sudah tercatat sebelumnya dan dilewati.",
            entered.known,
        )
        messages.info(request, text % {"n": entered.known})


@desk(Can.MATCH_MONEY)
@require_POST
def confirm_exact(request: DealerRequest) -> HttpResponse:
    """POST /desk/uang-masuk/persis/: every line that fits one code exactly."""
    done = bank_lines.confirm_exact(request.dealer, actor=staff(request))
    text = ngettext("%(n)s pembayaran dicocokkan.", "%(n)s pembayaran dicocokkan.", done)
    messages.success(request, text % {"n": done})
    return redirect("desk:money_in")


@desk(Can.MATCH_MONEY)
@require_http_methods(["GET", "POST"])
def line(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/uang-masuk/<id>/: confirm a proposal (`payment`, `forgives`; `ticket`), or name the order or partner."""
    row = get_object_or_404(request.dealer.bank_lines.select_related("account", "decided_by"), pk=pk)
    form = MatchLine(request.POST or None)
    if row.state == LineState.OPEN and form.is_bound and form.is_valid():
        try:
            _matched(request, row, form.cleaned_data)
            return redirect("desk:money_in")
        except bank_lines.UnknownOrder:
            form.add_error("code", _("Tidak ada pesanan dengan kode ini di toko ini."))
        except (bank_lines.UnknownPartner, deposit_tickets.UnknownTicket):
            form.add_error("partner", _("Pilih mitra toko ini."))
        except bank_lines.AlreadyDecided:
            messages.error(request, _("Orang lain sudah mencocokkan uang ini. Tidak ada yang dibukukan lagi."))
            return redirect("desk:money_in")
    return _line_page(request, row, form)


def _line_page(request: DealerRequest, row: BankLine, form: MatchLine) -> HttpResponse:
    item = money_in.item(request.dealer, row) if row.state == LineState.OPEN else None
    facts = {
        "partners": money_in.partners(request.dealer),
        "became": row.deposit_tickets.select_related("partner").first(),
    }
    return page(
        request, "desk/bank_line.html", section="money_in", row=row, item=item, form=form, back=SendBack(), **facts
    )


def _matched(request: DealerRequest, row: BankLine, said: dict[str, object]) -> None:
    who, payment, code = staff(request), said["payment"], str(said["code"])
    if said["ticket"] or said["partner"]:
        messages.success(request, _deposited(request, row, said))
        return
    if isinstance(payment, int):
        forgives = bool(said["forgives"])
        order = bank_lines.confirm(request.dealer, row.pk, payment_id=payment, actor=who, forgives=forgives)
    else:
        order = bank_lines.assign(request.dealer, row.pk, code=code, actor=who)
    messages.success(request, _became(row, order))


def _deposited(request: DealerRequest, row: BankLine, said: dict[str, object]) -> str:
    who, code, username = staff(request), str(said["ticket"]), str(said["partner"])
    if code:
        ticket = bank_lines.confirm_deposit(request.dealer, row.pk, code=code, actor=who)
    else:
        ticket = bank_lines.give_to_partner(request.dealer, row.pk, username=username, actor=who)
    return _("%(amount)s masuk saldo %(name)s.") % {"amount": rupiah(row.amount), "name": ticket.partner.name}


def _became(row: BankLine, order: Order) -> str:
    given = {"amount": rupiah(row.amount), "code": order.code}
    if order.status == Status.AWAITING_PAYMENT:
        return _("%(amount)s dicatat untuk pesanan %(code)s, yang masih kurang.") % given
    return _("%(amount)s dicatat untuk pesanan %(code)s.") % given


@desk(Can.SETTLE_INCIDENT)
@require_POST
def send_back(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/uang-masuk/<id>/balik/: nobody's order, the money went back to its sender."""
    row, form = get_object_or_404(request.dealer.bank_lines, pk=pk), SendBack(request.POST)
    if not form.is_valid():
        messages.error(request, _("Isi bukti kirim balik dan centang kotaknya. Belum ada yang dibukukan."))
        return redirect("desk:bank_line", pk=row.pk)
    try:
        bank_lines.send_back(request.dealer, row.pk, reference=form.cleaned_data["reference"], actor=staff(request))
        messages.success(request, _("%(amount)s dicatat sebagai dikirim balik.") % {"amount": rupiah(row.amount)})
    except bank_lines.AlreadyDecided:
        messages.error(request, _("Orang lain sudah mencocokkan uang ini. Tidak ada yang dibukukan lagi."))
    return redirect("desk:money_in")
