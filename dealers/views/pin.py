"""A customer's own PIN: set, changed or removed with the password asked again."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dealers import pins
from dealers.forms import PinForm
from dealers.models import User
from dealers.reauth import WithPassword
from portal.lib import money


@sensitive_post_parameters("pin", "again", "password")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """`/akun/pin/`: the PIN and the sum above which it is asked for; with `remove`, no PIN any more."""
    user = cast(User, request.user)
    now, is_removed = pins.of(user), "remove" in request.POST
    given = request.POST or None
    start = {"ask_above": money.nominal(now.ask_above if now else pins.USUAL_LIMIT)}
    keep = PinForm(None if is_removed else given, person=user, initial=start)
    gone = WithPassword(given if is_removed else None, person=user, prefix="gone")
    if is_removed and gone.is_valid():
        return _removed(request, user)
    if not is_removed and keep.is_bound and keep.is_valid():
        return _kept(request, user, keep)
    return render(request, "dealers/account/pin.html", {"form": keep, "gone": gone, "now": now})


def _kept(request: HttpRequest, user: User, form: PinForm) -> HttpResponse:
    pins.keep(user, form.cleaned_data["pin"], ask_above=form.cleaned_data["ask_above"])
    messages.success(request, _("PIN tersimpan. Saldo di atas batas hanya keluar dengan PIN ini."))
    return redirect("account")


def _removed(request: HttpRequest, user: User) -> HttpResponse:
    pins.remove(user)
    messages.success(request, _("PIN dihapus. Saldo bisa dipakai tanpa PIN."))
    return redirect("account")
