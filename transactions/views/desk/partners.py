"""Partners: who buys here by machine, what was agreed, and the keys of their programs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dealers import partners
from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from dealers.models import Partner, PartnerKey
from dealers.partners import Issued
from transactions import ledger, todo
from transactions.desk_forms.partners import ApplicationForm, NewKeyForm, RotateForm, TermsForm
from transactions.desk_selectors import deposits
from transactions.desk_selectors import partners as selectors
from transactions.models import TaskKind
from transactions.views.desk.page import page, staff


@desk(Can.EDIT_PARTNER)
@require_http_methods(["GET", "POST"])
def index(request: DealerRequest) -> HttpResponse:
    """/desk/mitra/: every partner, and a form to invite one."""
    form = ApplicationForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = partners.invite(request.dealer, form.application(), by=staff(request))
            messages.success(request, _("Mitra ditambahkan. Buat kunci untuk programnya."))
            return redirect("desk:partner", username=made.username)
        except partners.UsernameTaken:
            form.add_error("username", _("Nama pengguna ini sudah dipakai di portal ini."))
    rows = selectors.rows(request.dealer)
    return page(request, "desk/partners.html", section="partners", form=form, rows=rows)


@desk(Can.EDIT_PARTNER)
@require_http_methods(["GET", "POST"])
def detail(request: DealerRequest, username: str) -> HttpResponse:
    """/desk/mitra/<username>/: where it stands; POST changes what was agreed."""
    partner = _partner(request, username)
    facts = selectors.row(request.dealer, partner)
    agreed = {
        "credit": facts.credit or None,
        "daily_cap": partner.daily_cap,
        "addresses": "\n".join(partner.addresses),
        "always_200": partner.always_200,
    }
    form = TermsForm(request.POST or None, initial=agreed)
    if form.is_bound and form.is_valid():
        partners.agree(partner, form.terms(partner))
        credit = form.cleaned_data["credit"] or 0
        ledger.set_credit_limit(request.dealer.pk, selectors.wallet_of(partner), limit=credit)
        messages.success(request, _("Kesepakatan disimpan."))
        return redirect("desk:partner", username=username)
    shown = {"keys": partner.keys.select_related("created_by"), "tickets": deposits.newest(request.dealer, partner)}
    return page(request, "desk/partner.html", section="partners", facts=facts, partner=partner, form=form, **shown)


@desk(Can.EDIT_PARTNER)
@require_POST
def decide(request: DealerRequest, username: str) -> HttpResponse:
    """POST /desk/mitra/<username>/jawab/: `welcome` approves an application, anything else refuses it."""
    partner = _partner(request, username)
    try:
        partners.decide(partner, is_welcome="welcome" in request.POST, by=staff(request))
        messages.success(request, _("Jawaban disimpan."))
    except partners.NotWaiting:
        messages.error(request, _("Pendaftaran ini sudah dijawab."))
    todo.done(request.dealer.pk, TaskKind.PARTNER, username, by=staff(request))
    return redirect("desk:partner", username=username)


@desk(Can.EDIT_PARTNER)
@require_POST
def switch(request: DealerRequest, username: str) -> HttpResponse:
    """POST /desk/mitra/<username>/buka-tutup/: `open` lets it buy again, anything else stops it."""
    partner = _partner(request, username)
    if "open" in request.POST:
        partners.reopen(partner, by=staff(request))
        messages.success(request, _("Mitra boleh membeli lagi, dengan kunci yang ada."))
    else:
        partners.close(partner, by=staff(request))
        messages.success(request, _("Mitra ditutup. Pesanan yang sudah masuk tetap diselesaikan."))
    return redirect("desk:partner", username=username)


@sensitive_post_parameters("password")
@desk(Can.EDIT_PARTNER)
@never_cache
@require_http_methods(["GET", "POST"])
def new_key(request: DealerRequest, username: str) -> HttpResponse:
    """/desk/mitra/<username>/kunci/: a new key, shown once."""
    partner = _partner(request, username)
    form = NewKeyForm(request.POST or None, person=staff(request))
    if not form.is_valid():
        return page(request, "desk/partner_key.html", section="partners", partner=partner, form=form)
    given = form.cleaned_data
    made = partners.issue(
        partner, scopes=tuple(given["scopes"]), is_sandbox=given["is_sandbox"] == "1", by=staff(request)
    )
    return _shown_once(request, partner, made)


@sensitive_post_parameters("password")
@desk(Can.EDIT_PARTNER)
@never_cache
@require_http_methods(["GET", "POST"])
def rotate(request: DealerRequest, username: str, name: str) -> HttpResponse:
    """/desk/mitra/<username>/kunci/<name>/: another key in its place, with an overlap."""
    partner = _partner(request, username)
    key = _key(partner, name)
    form = RotateForm(request.POST or None, person=staff(request))
    if not form.is_valid():
        return page(request, "desk/partner_key.html", section="partners", partner=partner, form=form, old=key)
    made = partners.rotate(key, overlap=form.overlap(), by=staff(request))
    return _shown_once(request, partner, made, old=key)


@desk(Can.EDIT_PARTNER)
@require_POST
def revoke(request: DealerRequest, username: str, name: str) -> HttpResponse:
    """POST /desk/mitra/<username>/kunci/<name>/mati/"""
    partners.revoke(_key(_partner(request, username), name))
    messages.success(request, _("Kunci dimatikan. Program yang memakainya ditolak mulai sekarang."))
    return redirect("desk:partner", username=username)


def _shown_once(
    request: DealerRequest, partner: Partner, made: Issued, *, old: PartnerKey | None = None
) -> HttpResponse:
    return page(request, "desk/partner_key.html", section="partners", partner=partner, made=made, old=old)


def _partner(request: DealerRequest, username: str) -> Partner:
    return get_object_or_404(request.dealer.partners.select_related("buyer", "decided_by"), username=username)


def _key(partner: Partner, name: str) -> PartnerKey:
    return get_object_or_404(partner.keys.select_related("partner"), name=name)
