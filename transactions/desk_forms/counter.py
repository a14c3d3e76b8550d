"""Selling at the counter: a number in any spelling, a product at the price shown, and the money in hand."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from transactions import forms as shop
from transactions.models import Kind


class Destination(forms.Form):
    """The first step: what for, and which number."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=Kind.choices, required=False)
    number = forms.CharField(label=_("Nomor"), max_length=40)
    brand = forms.CharField(max_length=10, required=False)

    def given(self) -> dict[str, Any]:
        """What could be read of it; nothing before it is sent."""
        self.is_valid()
        return getattr(self, "cleaned_data", {})

    def clean_kind(self) -> Kind:
        """Pulsa when nothing is said."""
        return Kind(self.cleaned_data.get("kind") or Kind.PULSA)

    def clean(self) -> dict[str, Any]:
        """`destination`: E.164 for phones, the digits of a meter for PLN."""
        given = super().clean() or {}
        text = given.get("number", "")
        if text:
            try:
                given["destination"] = shop.read_number(text, given.get("kind") or Kind.PULSA)
            except ValidationError as error:
                self.add_error("number", error)
        return given


class Sell(Destination):
    """The whole sale; `choice` is `<sku>:<price shown>`."""

    choice = forms.CharField(label=_("Produk"), max_length=60, error_messages={"required": _("Pilih produknya.")})
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    paid = forms.BooleanField(
        label=_("Uang sudah diterima"), error_messages={"required": _("Terima uangnya dulu, lalu centang kotak ini.")}
    )
    again = forms.BooleanField(required=False)
    confirm = forms.CharField(required=False, max_length=10)

    def clean_choice(self) -> tuple[str, int]:
        """The product's code and the rupiah that the cashier saw."""
        found = re.fullmatch(r"([^:]{1,20}):(\d{1,12})", self.cleaned_data["choice"])
        if not found:
            raise ValidationError(_("Pilih produknya."))
        return found[1], int(found[2])


class CashCode(forms.Form):
    """A customer at the counter reads an order code aloud."""

    code = forms.CharField(
        label=_("Kode pesanan"), max_length=24, help_text=_("11 huruf dan angka, contoh 7K3M-Q9XA-2B4.")
    )
