"""Becoming a customer, and getting back in: nothing here tells a stranger who has an account.

Whoever asks for an account, or forgot a password, gets the same answer whatever the address; what is
true of it stands in a mail to its owner. The account itself is made when the link in that mail is
followed, so an address is always proven, and nobody can take it before its owner comes.
"""

from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from dealers import mails
from dealers.models import User
from portal.lib import limits, web

INVITATION_SECONDS = 24 * 3600
_SALT = "dealers.people.sign_up"
_MAILS_PER_MINUTE, _MAILS_AT_ONCE = 1, 3


class AlreadyKnown(Exception):
    """Somebody has an account under this address already."""


class BadInvitation(Exception):
    """The link was changed, cut off or is older than a day."""


def axes_address(request: HttpRequest) -> str | None:
    """The caller's address for the sign-in lock, behind a trusted proxy too; None where there is none."""
    address = web.client_ip(request)
    return None if address == "unknown" else address


def slow_down(name: str, request: HttpRequest, *, per_minute: int) -> None:
    """Count a try of this caller. Raises `limits.TooMany`."""
    limits.hit(name, web.limit_key(web.client_ip(request)), per_minute=per_minute)


def ask_to_sign_up(email: str) -> None:
    """Send the link that begins an account, or tell the owner that there is one. Raises `limits.TooMany`."""
    _write_seldom(email)
    mails.later(_invite, email)


def forgot_password(email: str) -> None:
    """Send the link that sets a new password, if somebody has this address. Raises `limits.TooMany`."""
    _write_seldom(email)
    mails.later(_send_reset, email)


def _write_seldom(email: str) -> None:
    # A stranger must not fill somebody's mailbox through us, from however many addresses.
    limits.hit("mail_to", email, per_minute=_MAILS_PER_MINUTE, burst=_MAILS_AT_ONCE)


def invitation(email: str) -> str:
    """What the link carries: the address, signed."""
    return signing.dumps(email, salt=_SALT)


def invited(token: str) -> str:
    """The address that a link proves. Raises `BadInvitation`."""
    try:
        return str(signing.loads(token, salt=_SALT, max_age=INVITATION_SECONDS))
    except signing.BadSignature as error:
        raise BadInvitation from error


def sign_up(email: str, *, name: str, phone: str, password: str) -> User:
    """Make the account of somebody whose address is proven; `phone` is E.164 or empty. Raises `AlreadyKnown`."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name, phone=phone)
    except IntegrityError as error:
        raise AlreadyKnown from error


def _invite(email: str) -> None:
    if User.objects.filter(email=email).exists():
        mails.send("known", to=email, subject=_("Anda sudah punya akun Konter"))
    else:
        path = reverse("sign_up_link", args=[invitation(email)])
        mails.send("sign_up", to=email, subject=_("Lanjutkan pendaftaran akun Konter"), path=path)


def _send_reset(email: str) -> None:
    # Whoever has no password yet (a new owner whose first link ran out) gets one this way too.
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return
    subject = _("Buat kata sandi baru untuk akun Konter")
    mails.send("reset", to=email, subject=subject, path=_password_path(user), name=user.name)


def invite_owner(user: User, *, shop: str) -> None:
    """Tell somebody whose account was just made that the shop is theirs, with the link that sets the first password.

    Raises `OSError` when the mail cannot be handed over.
    """
    subject = _("%(shop)s sudah dibuka di Konter") % {"shop": shop}
    mails.send("owner", to=user.email, subject=subject, path=_password_path(user), name=user.name, shop=shop)


def _password_path(user: User) -> str:
    place = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_reset_confirm", args=[place, default_token_generator.make_token(user)])
