"""Asking a dealer to become its partner: a form on the dealer's site, answered at the desk."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dealers import partners
from dealers.middleware import DealerRequest
from portal.lib import limits, web
from transactions import todo
from transactions.desk_forms.partners import PublicApplicationForm
from transactions.models import TaskKind

ANSWERED_WITHIN = timedelta(days=3)


@require_http_methods(["GET", "POST"])
def apply(request: DealerRequest) -> HttpResponse:
    """`/k/<dealer>/mitra/`. Raises `limits.TooMany` for an address that applies without end."""
    form = PublicApplicationForm(request.POST or None)
    if not form.is_bound:
        return _page(request, form)
    address = web.limit_key(web.client_ip(request))
    limits.hit("apply", address, per_minute=settings.ACCOUNT_TRIES_PER_MINUTE)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made = partners.apply(request.dealer, form.application())
    except partners.UsernameTaken:
        form.add_error("username", _("Nama pengguna ini sudah dipakai di portal ini."))
        return _page(request, form, status=422)
    todo.ask(request.dealer.pk, TaskKind.PARTNER, made.username, within=ANSWERED_WITHIN, note=made.name)
    return render(request, "storefront/partnering.html", {"made": made}, status=201)


def _page(request: DealerRequest, form: PublicApplicationForm, *, status: int = 200) -> HttpResponse:
    return render(request, "storefront/partnering.html", {"form": form}, status=status)
