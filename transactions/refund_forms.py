"""What a guest fills in for a refund, and staff on a guest's behalf: whose account it shall go to."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.lib import msisdn
from transactions.forms import number_words
from transactions.models import RefundWay
from transactions.refund_choices import Choice
from transactions.refund_ways import Destination

BANKS = ("BCA", "BRI", "BNI", "Mandiri", "BSI", "CIMB Niaga", "Permata", "Danamon", "SeaBank", "Bank Jago", "BTN")
"""Offered while typing; every other bank can be written, too."""
EWALLETS = ("DANA", "GoPay", "OVO", "ShopeePay", "LinkAja")
_NAME = re.compile(r"[^\W\d_][\w .,'&/-]*", re.UNICODE)


class WayForm(forms.Form):
    """A way that needs nothing more."""

    way: RefundWay

    def __init__(self, *args: Any, way: RefundWay, **kwargs: Any) -> None:
        self.way = way
        super().__init__(*args, **kwargs)

    def destination(self) -> Destination | None:
        """Whose account; None for a way that needs none."""
        return None

    def choice(self) -> Choice:
        """What was chosen, once the form is valid."""
        return Choice(way=self.way, destination=self.destination())


class BankForm(WayForm):
    """A bank account."""

    bank = forms.CharField(
        label=_("Bank"),
        max_length=30,
        widget=forms.TextInput(attrs={"list": "banks", "autocomplete": "off"}),
    )
    number = forms.CharField(
        label=_("Nomor rekening"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(
        label=_("Nama pemilik rekening"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Seperti tertulis di buku tabungan."),
    )

    def clean_bank(self) -> str:
        """A name, not a number."""
        return _name(self.cleaned_data["bank"], _("Tulis nama bank, contoh BCA."))

    def clean_number(self) -> str:
        """Digits only, as a bank's own app takes them."""
        digits = re.sub(r"[\s.\-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{5,20}", digits):
            raise ValidationError(_("Nomor rekening berisi 5 sampai 20 angka."), code="not_an_account")
        return digits

    def clean_holder(self) -> str:
        """A name, not a number."""
        return _name(self.cleaned_data["holder"], _("Tulis nama pemilik rekening."))

    def destination(self) -> Destination:
        """The account."""
        given = self.cleaned_data
        return Destination(at=given["bank"], number=given["number"], holder=given["holder"])


class EwalletForm(WayForm):
    """An e-wallet, known by a phone number."""

    kind = forms.ChoiceField(label=_("E-wallet"), choices=[(name, name) for name in EWALLETS])
    number = forms.CharField(
        label=_("Nomor HP e-wallet"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "type": "tel", "autocomplete": "tel-national"}),
    )

    def clean_number(self) -> str:
        """E.164."""
        try:
            return msisdn.parse(self.cleaned_data["number"])
        except msisdn.NotANumber as error:
            raise ValidationError(number_words(error), code=str(error.reason)) from error

    def destination(self) -> Destination:
        """The e-wallet."""
        return Destination(at=self.cleaned_data["kind"], number=self.cleaned_data["number"])


def form_for(way: str, data: Any) -> WayForm | None:
    """The form of a way; None for a word that is no way."""
    if way not in RefundWay.values or not way:
        return None
    kinds = {RefundWay.BANK: BankForm, RefundWay.EWALLET: EwalletForm}
    return kinds.get(RefundWay(way), WayForm)(data, way=RefundWay(way))


def _name(text: str, wrong: Any) -> str:
    plain = " ".join(text.split())
    if not _NAME.fullmatch(plain):
        raise ValidationError(wrong, code="not_a_name")
    return plain
