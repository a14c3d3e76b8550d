"""Asking for the password once more, before something that a thief of a session would like to do."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.models import User
from portal.lib import limits


class WithPassword(forms.Form):
    """A form that only the person who signed in can send; `person` is that person. May raise `limits.TooMany`."""

    password = forms.CharField(
        label=gettext_lazy("Kata sandi akun ini"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person

    def clean_password(self) -> str:
        """The person's own password."""
        limits.hit("reauth", str(self._person.pk), per_minute=settings.ACCOUNT_TRIES_PER_MINUTE)
        given: str = self.cleaned_data["password"]
        if not self._person.check_password(given):
            raise ValidationError(_("Kata sandi tidak cocok."), code="password")
        return given
