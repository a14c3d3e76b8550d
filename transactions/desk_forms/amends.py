"""Giving a customer something for an order: how much, and the reason that the customer reads."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.lib.money import rupiah
from transactions.amends import Wish
from transactions.desk_forms.fields import RupiahField
from transactions.models import AmendsKind


class Give(forms.Form):
    """A sum in rupiah and a reason."""

    amount = RupiahField(label=_("Jumlah"), smallest=100)
    reason = forms.CharField(
        label=_("Alasan"),
        min_length=8,
        max_length=200,
        help_text=_("Pembeli membacanya di halaman pesanannya. Contoh: Kuota yang masuk kurang 2 GB."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        """In one line."""
        text: str = self.cleaned_data["reason"]
        if not text.isprintable():
            raise ValidationError(_("Tulis dalam satu baris, tanpa karakter khusus."), code="one_line")
        return " ".join(text.split())

    def refuse(self, most: int) -> None:
        """The sum is more than can be given: say how much can."""
        if most:
            self.add_error("amount", _("Paling banyak %(largest)s.") % {"largest": rupiah(most)})
        else:
            self.add_error("amount", _("Tidak ada lagi yang bisa diberikan untuk pesanan ini."))

    def wish(self, kind: AmendsKind) -> Wish:
        """What is to be given, once the form is valid."""
        given = self.cleaned_data
        return Wish(kind=kind, amount=given["amount"], reason=given["reason"], token=given["token"], seen=given["seen"])
