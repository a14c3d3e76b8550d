"""Where the dealer takes money: the QRIS sticker, the bank accounts, and a QRIS payment that staff saw."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from portal.lib.money import rupiah
from transactions import pay_view, payments, tills
from transactions.desk_forms.tills import AddAccount, ConfirmQris, KeepQris, ReadQris
from transactions.gateways.qris import Sticker
from transactions.models import Qris
from transactions.views.desk.page import page, staff


@sensitive_post_parameters("password")
@desk(Can.EDIT_PAYMENT)
@require_http_methods(["GET", "POST"])
def qris(request: DealerRequest) -> HttpResponse:
    """/desk/qris/: read a sticker, show what is on it, and only then use it."""
    if "keep" in request.POST:
        return _keep(request)
    form = ReadQris(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        found: Sticker = form.cleaned_data["sticker"]
        return _preview(request, found, KeepQris(initial={"payload": found.payload}, person=staff(request)))
    now = _used(request)
    drawn = pay_view.draw(now.payload) if now else ""
    return page(request, "desk/qris.html", section="qris", form=form, now=now, drawn=drawn)


def _used(request: DealerRequest) -> Qris | None:
    return Qris.objects.filter(dealer=request.dealer, is_open=True).first()


def _preview(request: DealerRequest, found: Sticker, form: KeepQris) -> HttpResponse:
    facts = {"found": found, "form": form, "now": _used(request), "drawn": pay_view.draw(found.payload)}
    return page(request, "desk/qris_confirm.html", section="qris", **facts)


def _keep(request: DealerRequest) -> HttpResponse:
    form = KeepQris(request.POST, person=staff(request))
    if form.is_valid():
        kept = tills.use_qris(request.dealer, form.cleaned_data["payload"], actor=staff(request))
        messages.success(request, _("QRIS %(name)s dipakai mulai sekarang.") % {"name": kept.merchant_name})
        return redirect("desk:qris")
    found = form.cleaned_data.get("payload")
    if isinstance(found, Sticker):
        return _preview(request, found, form)
    messages.error(request, _("QRIS-nya berubah di jalan. Baca lagi stikernya; belum ada yang diganti."))
    return redirect("desk:qris")


@desk(Can.EDIT_PAYMENT)
@require_POST
def qris_close(request: DealerRequest) -> HttpResponse:
    """POST /desk/qris/tutup/"""
    tills.close_qris(request.dealer)
    messages.success(request, _("QRIS ditutup: pembeli baru tidak ditawari QRIS. Kode yang terbuka tetap berlaku."))
    return redirect("desk:qris")


@sensitive_post_parameters("password")
@desk(Can.EDIT_PAYMENT)
@require_http_methods(["GET", "POST"])
def bank_accounts(request: DealerRequest) -> HttpResponse:
    """/desk/rekening/: the accounts, and a form for another."""
    form = AddAccount(request.POST or None, person=staff(request))
    if form.is_bound and form.is_valid():
        try:
            tills.add_account(request.dealer, form.account(), actor=staff(request))
            messages.success(request, _("Rekening ditambahkan. Pembeli sekarang bisa memilih Transfer bank."))
            return redirect("desk:bank_accounts")
        except tills.KnownAccount:
            form.add_error("number", _("Rekening ini sudah ada."))
    rows = request.dealer.bank_accounts.all()
    return page(request, "desk/bank_accounts.html", section="bank_accounts", form=form, accounts=rows)


@desk(Can.EDIT_PAYMENT)
@require_POST
def bank_account_switch(request: DealerRequest, pk: int) -> HttpResponse:
    """POST /desk/rekening/<id>/: `open` says whether buyers are told of it."""
    account = get_object_or_404(request.dealer.bank_accounts, pk=pk)
    tills.switch_account(account, is_open="open" in request.POST)
    messages.success(request, _("Rekening dibuka.") if account.is_open else _("Rekening ditutup untuk pesanan baru."))
    return redirect("desk:bank_accounts")


@desk(Can.CONFIRM_PAYMENT)
@require_http_methods(["GET", "POST"])
def confirm_qris(request: DealerRequest, code: str) -> HttpResponse:
    """/desk/pesanan/<code>/qris/: the sum that must be seen in the acquirer's app, and the box that says so."""
    order = get_object_or_404(request.dealer.orders.select_related("product__brand"), code=code.upper())
    due = payments.due(order)
    form = ConfirmQris(request.POST or None, initial={"seen": due})
    if not form.is_valid():
        return page(request, "desk/order_qris.html", section="orders", order=order, form=form, due=due)
    seen, reference = form.cleaned_data["seen"], form.cleaned_data["reference"]
    try:
        payments.confirm_qris(request.dealer, order.pk, seen=seen, reference=reference, actor=staff(request))
        messages.success(request, _("Uang diterima. Pulsa sedang dikirim."))
    except (payments.NotPayable, payments.OtherAmount, payments.AlreadyTaken) as refusal:
        messages.error(request, _why_not(refusal))
    return redirect("desk:order", code=order.code)


def _why_not(refusal: Exception) -> str:
    if isinstance(refusal, payments.OtherAmount):
        return _("Yang ditunggu sekarang %(due)s. Belum ada yang dibukukan; periksa lagi.") % {
            "due": rupiah(refusal.due)
        }
    if isinstance(refusal, payments.AlreadyTaken):
        return _("Nomor referensi ini sudah tercatat untuk uang lain. Belum ada yang dibukukan.")
    return _("Pesanan ini tidak menunggu pembayaran QRIS. Tidak ada uang yang dibukukan.")
