"""Partners at the desk: who they are, what was agreed, and keys for their machines."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers import partners
from dealers.models import Partner, Scope
from dealers.partners import Application, Terms
from dealers.reauth import WithPassword
from transactions.desk_forms.fields import RupiahField

_MOST_ADDRESSES = 20
_OVERLAPS = (
    (0, gettext_lazy("Kunci lama langsung mati")),
    (1, gettext_lazy("Kunci lama berlaku 1 hari lagi")),
    (3, gettext_lazy("Kunci lama berlaku 3 hari lagi")),
    (7, gettext_lazy("Kunci lama berlaku 7 hari lagi")),
)


class ApplicationForm(forms.Form):
    """Who wants to buy by machine, or is invited to."""

    name = forms.CharField(label=gettext_lazy("Nama usaha mitra"), max_length=80)
    username = forms.SlugField(
        label=gettext_lazy("Nama pengguna"),
        max_length=40,
        min_length=3,
        help_text=gettext_lazy("Dipakai programnya untuk masuk: huruf kecil, angka, dan tanda hubung."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    contact = forms.CharField(label=gettext_lazy("Orang yang dihubungi"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=120)

    def clean_username(self) -> str:
        """In lower case, as programs will send it."""
        return str(self.cleaned_data["username"]).lower()

    def application(self) -> Application:
        """What was written."""
        given = self.cleaned_data
        return Application(
            username=given["username"],
            name=given["name"],
            contact=given["contact"],
            email=given["email"],
            note=given.get("note", ""),
        )


class PublicApplicationForm(ApplicationForm):
    """The same, by somebody who asks from outside."""

    note = forms.CharField(
        label=gettext_lazy("Perkiraan transaksi sebulan, atau pesan lain"), max_length=200, required=False
    )


class TermsForm(forms.Form):
    """What was agreed with a partner."""

    credit = RupiahField(
        label=gettext_lazy("Boleh berutang sampai"),
        required=False,
        help_text=gettext_lazy("Kosong: hanya dari deposit."),
    )
    daily_cap = RupiahField(
        label=gettext_lazy("Batas belanja sehari"), required=False, help_text=gettext_lazy("Kosong: tanpa batas.")
    )
    addresses = forms.CharField(
        label=gettext_lazy("Alamat IP yang boleh memanggil"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Satu per baris, misalnya 203.0.113.7 atau 203.0.113.0/24. Kosong: semua boleh."),
    )
    always_200 = forms.BooleanField(
        label=gettext_lazy("Jawab selalu dengan HTTP 200 (Digiflazz)"),
        required=False,
        help_text=gettext_lazy("Hanya bila program mitra tidak bisa membaca jawaban 400."),
    )

    def clean_addresses(self) -> tuple[str, ...]:
        """Addresses and networks in their one spelling."""
        lines = [line.strip() for line in str(self.cleaned_data["addresses"]).splitlines() if line.strip()]
        if len(lines) > _MOST_ADDRESSES:
            raise ValidationError(_("Paling banyak %(n)s alamat.") % {"n": _MOST_ADDRESSES})
        try:
            return tuple(partners.network(line) for line in lines)
        except ValueError as error:
            raise ValidationError(_("Bukan alamat IP: %(what)s") % {"what": str(error)[:60]}) from error

    def terms(self, partner: Partner) -> Terms:
        """What was written, at the tier that the partner has."""
        given = self.cleaned_data
        return Terms(
            tier=partner.tier,
            daily_cap=given["daily_cap"],
            addresses=given["addresses"],
            always_200=given["always_200"],
        )


class NewKeyForm(WithPassword):
    """A key for a machine; what it opens, and whether money moves."""

    field_order = ["is_sandbox", "scopes", "password"]
    is_sandbox = forms.ChoiceField(
        label=gettext_lazy("Untuk"),
        choices=[("", gettext_lazy("Sungguhan, dari deposit")), ("1", gettext_lazy("Uji coba, tanpa uang"))],
        required=False,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Boleh"),
        choices=Scope.choices,
        initial=[scope.value for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Pilih paling sedikit satu.")},
    )


class RotateForm(WithPassword):
    """A new key for an old one."""

    field_order = ["days", "password"]
    days = forms.TypedChoiceField(label=gettext_lazy("Kunci lama"), choices=_OVERLAPS, coerce=int, initial=1)

    def overlap(self) -> timedelta:
        """How long the old key goes on working."""
        days: Any = self.cleaned_data["days"]
        return timedelta(days=days)
