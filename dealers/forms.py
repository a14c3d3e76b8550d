"""Forms of the public directory and of people's own accounts: they validate, they do not save."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dealers import pins
from dealers.models import User
from dealers.reauth import WithPassword
from portal.lib import money, msisdn
from portal.lib.msisdn import NotANumber, Reason

_HINT = gettext_lazy("Paling sedikit 12 karakter. Kalimat pendek yang hanya Anda tahu paling mudah diingat.")


class SearchForm(forms.Form):
    """The directory's search; nonsense finds nothing, it is never an error."""

    q = forms.CharField(
        label=gettext_lazy("Nama konter atau kota"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class EmailInput(forms.EmailField):
    """An address in the one spelling that the database keeps: lower case."""

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()


def email_field(**attrs: Any) -> EmailInput:
    """An address, as a field that password managers know."""
    widget = forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false", **attrs})
    return EmailInput(label=gettext_lazy("E-mail"), max_length=254, widget=widget)


class SignInForm(AuthenticationForm):
    """E-mail and password; whatever is wrong, the answer is one and the same."""

    username = email_field(autofocus=True)
    error_messages = {
        "invalid_login": gettext_lazy("E-mail atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."),
        "inactive": gettext_lazy("E-mail atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Kata sandi")


class AddressForm(forms.Form):
    """Where to send the link that begins an account, or that sets a new password."""

    email = email_field(autofocus=True)


def _one_line(value: str) -> None:
    if any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in value):
        raise ValidationError(_("Tulis nama dalam satu baris, tanpa karakter khusus."), code="one_line")


class SignUpForm(forms.Form):
    """The second step of a sign-up, after the address has been proven by a link."""

    name = forms.CharField(
        label=gettext_lazy("Nama"),
        max_length=120,
        validators=[_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Nomor HP (boleh kosong)"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel-national", "inputmode": "tel"}),
        help_text=gettext_lazy("Ketik atau tempel, contoh 0812 3456 7890"),
    )
    password = forms.CharField(
        label=gettext_lazy("Kata sandi"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_HINT,
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean_phone(self) -> str:
        """E.164, or nothing."""
        typed = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            return msisdn.parse(typed)
        except NotANumber as error:
            raise ValidationError(not_a_number(error), code=str(error.reason)) from error

    def clean(self) -> dict[str, Any]:
        """The password against the validators, who also compare it with the person."""
        cleaned: dict[str, Any] = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(email=self._email, name=cleaned.get("name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


def _digits() -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password", "maxlength": pins.DIGITS})


def _in_our_words(fields: dict[str, forms.Field]) -> None:
    fields["new_password1"].label, fields["new_password1"].help_text = _("Kata sandi baru"), str(_HINT)
    fields["new_password2"].label, fields["new_password2"].help_text = _("Kata sandi baru, sekali lagi"), ""


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # no generic at run time
    """A new password, by the link of a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields)


class ChangePasswordForm(PasswordChangeForm):
    """A new password, by the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Kata sandi sekarang")
        _in_our_words(self.fields)


class PinForm(WithPassword):
    """Six digits, and the rupiah above which a balance asks for them."""

    pin = forms.RegexField(
        rf"^[0-9]{{{pins.DIGITS}}}$",
        label=gettext_lazy("PIN baru, 6 angka"),
        strip=False,
        widget=_digits(),
        error_messages={"invalid": gettext_lazy("PIN berisi tepat 6 angka.")},
    )
    again = forms.CharField(label=gettext_lazy("PIN baru, sekali lagi"), max_length=12, strip=False, widget=_digits())
    ask_above = forms.CharField(
        label=gettext_lazy("Minta PIN di atas (rupiah)"),
        max_length=24,
        help_text=gettext_lazy("Isi 0 supaya PIN selalu diminta."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = ["pin", "again", "ask_above", "password"]

    def clean_pin(self) -> str:
        """Nothing that is guessed first."""
        digits: str = self.cleaned_data["pin"]
        if len(set(digits)) == 1 or digits in "0123456789012345" or digits in "9876543210987654":
            raise ValidationError(_("PIN ini terlalu mudah ditebak. Pilih angka yang tidak berurutan."), code="easy")
        return digits

    def clean_ask_above(self) -> int:
        """Whole rupiah."""
        try:
            amount = money.parse_rupiah(self.cleaned_data["ask_above"])
        except money.NotMoney as error:
            raise ValidationError(_("Tulis jumlah rupiah, contoh 100.000."), code="not_money") from error
        if amount < 0:
            raise ValidationError(_("Tulis jumlah rupiah, contoh 100.000."), code="not_money")
        return amount

    def clean(self) -> dict[str, Any]:
        """Typed twice the same."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "pin" in cleaned and cleaned.get("again") != cleaned["pin"]:
            self.add_error("again", _("PIN yang kedua tidak sama."))
        return cleaned


def not_a_number(error: NotANumber) -> str:
    """What is wrong with a phone number, in words."""
    if error.reason == Reason.TOO_SHORT:
        return ngettext("Nomor kurang %(n)s angka.", "Nomor kurang %(n)s angka.", error.count) % {"n": error.count}
    if error.reason == Reason.TOO_LONG:
        return ngettext("Nomor lebih %(n)s angka.", "Nomor lebih %(n)s angka.", error.count) % {"n": error.count}
    return _("Ini bukan nomor HP Indonesia. Nomor HP mulai dengan 08 atau +62.")
