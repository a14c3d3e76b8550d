"""Signing in and out, becoming a customer, passwords, and one's own page."""

from collections.abc import Callable
from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from dealers import access, people
from dealers.forms import AddressForm, ChangePasswordForm, NewPasswordForm, SignInForm, SignUpForm
from dealers.models import Role, User

_PROVEN = "sign_up_email"
"""Session key: the address that a sign-up link has proven."""
_BACKEND = "django.contrib.auth.backends.ModelBackend"

sign_out = LogoutView.as_view()


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """`/akun/`: who I am, where I work, and (by `transactions`) my wallets and orders."""
    posts = access.posts_of(request.user) if isinstance(request.user, User) else []
    work = [(post.dealer, Role(post.role).label) for post in posts]
    return render(request, "dealers/account/overview.html", {"work": work})


class SignIn(LoginView):
    """E-mail and password; `next` is followed within this portal only. Eight wrong tries close it for a while."""

    template_name = "dealers/account/sign_in.html"
    authentication_form = SignInForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        people.slow_down("sign_in", request, per_minute=settings.ACCOUNT_TRIES_PER_MINUTE)
        return super().post(request, *args, **kwargs)


sign_in = SignIn.as_view()


def locked(request: HttpRequest, _answer: HttpResponse | None, _credentials: dict[str, Any] | None) -> HttpResponse:
    """What axes shows after too many wrong passwords for one account from one address: until when, and why."""
    seconds = int(get_cool_off(request).total_seconds())
    context = {"failures": settings.AXES_FAILURE_LIMIT, "minutes": seconds // 60}
    answer = render(request, "dealers/account/locked.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The first step: an address, which gets a link."""
    return _ask_for_address(request, "sign_up", people.ask_to_sign_up)


def _ask_for_address(request: HttpRequest, step: str, send: Callable[[str], None]) -> HttpResponse:
    """A page that takes an address and sends a link there; the answer is the same for every address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST":
        people.slow_down(step, request, per_minute=settings.ACCOUNT_TRIES_PER_MINUTE)
        if form.is_valid():
            send(form.cleaned_data["email"])
            return redirect(f"{step}_sent")
    return render(request, f"dealers/account/{step}.html", {"form": form})


@require_safe
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """The same for every address."""
    return render(request, "dealers/account/sign_up_sent.html")


@never_cache
@require_GET
def sign_up_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: keeps the proven address in the session, and out of the next page's address."""
    try:
        request.session[_PROVEN] = people.invited(token)
    except people.BadInvitation:
        return render(request, "dealers/account/link_expired.html", {"again": "sign_up"}, status=410)
    return redirect("sign_up_finish")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_finish(request: HttpRequest) -> HttpResponse:
    """The second step: name and password; then signed in."""
    email = request.session.get(_PROVEN)
    if email is None:
        return redirect("sign_up")
    form = SignUpForm(request.POST or None, email=email)
    if request.method == "POST" and form.is_valid():
        return _welcome(request, email, form)
    return render(request, "dealers/account/sign_up_finish.html", {"form": form, "email": email})


def _welcome(request: HttpRequest, email: str, form: SignUpForm) -> HttpResponse:
    del request.session[_PROVEN]
    try:
        user = people.sign_up(email, **form.cleaned_data)
    except people.AlreadyKnown:
        messages.info(request, _("Akun untuk alamat ini sudah ada. Silakan masuk."))
        return redirect("sign_in")
    login(request, user, backend=_BACKEND)
    messages.success(request, _("Akun siap dipakai."))
    return redirect("account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Forgotten password: an address, which gets a link if somebody has it."""
    return _ask_for_address(request, "password_reset", people.forgot_password)


@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """The same for every address."""
    return render(request, "dealers/account/password_reset_sent.html")


class PasswordResetConfirm(PasswordResetConfirmView):
    """A new password by the link of the mail, which works once; every session of the person ends."""

    template_name = "dealers/account/password_reset_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("sign_in")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Kata sandi baru tersimpan. Silakan masuk."))
        return super().form_valid(form)


password_reset_confirm = PasswordResetConfirm.as_view()


class PasswordChange(PasswordChangeView):
    """A new password by the old one; every other session of the person ends."""

    template_name = "dealers/account/password_change.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Kata sandi diganti. Perangkat lain sudah dikeluarkan."))
        return super().form_valid(form)


password_change = PasswordChange.as_view()
