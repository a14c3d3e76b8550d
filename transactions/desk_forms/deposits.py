"""Deposit tickets at the desk, and the bank's own list of movements."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from portal.lib.money import rupiah
from transactions import bank_files
from transactions.deposit_tickets import LARGEST, SMALLEST
from transactions.desk_forms.fields import RupiahField
from transactions.models import BankAccount, TicketState
from transactions.models.deposit_tickets import LONGEST_PROOF


class TicketFilter(forms.Form):
    """Which tickets."""

    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("Semua")), *TicketState.choices])


class OpenTicket(forms.Form):
    """How much the dealer will transfer to dealer zero."""

    amount = RupiahField(label=_("Jumlah setoran"), smallest=SMALLEST)
    bank = forms.ChoiceField(label=_("Transfer ke"))

    def __init__(self, data: Any = None, *, banks: list[str]) -> None:
        super().__init__(data)
        self.fields["bank"].choices = [(bank, bank) for bank in banks]  # type: ignore[attr-defined]  # a ChoiceField
        if len(banks) == 1:
            self.fields["bank"].widget = forms.HiddenInput()
            self.initial["bank"] = banks[0]

    def clean_amount(self) -> int:
        """Not more than one ticket may be about."""
        amount: int = self.cleaned_data["amount"]
        if amount > LARGEST:
            raise ValidationError(_("Paling banyak %(largest)s."), params={"largest": rupiah(LARGEST)})
        return amount


class ClaimTicket(forms.Form):
    """What proves that it was transferred."""

    proof = forms.CharField(
        label=_("Bukti transfer"),
        min_length=3,
        max_length=LONGEST_PROOF,
        help_text=_("Nomor referensi bank, atau nama pengirim dan jamnya."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_proof(self) -> str:
        """In one line."""
        text: str = self.cleaned_data["proof"]
        if not text.isprintable():
            raise ValidationError(_("Tulis dalam satu baris, tanpa karakter khusus."), code="one_line")
        return text


class UploadFile(forms.Form):
    """A list of movements as the bank wrote it."""

    account = forms.ModelChoiceField(BankAccount.objects.none(), label=_("Rekening"), empty_label=None)
    file = forms.FileField(
        label=_("Berkas mutasi (CSV)"),
        help_text=_("Unduh dari internet banking BCA, Mandiri, BRI, BNI, atau bank lain. Paling besar 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def __init__(self, *args: Any, dealer: Dealer) -> None:
        super().__init__(*args)
        rows = BankAccount.objects.filter(dealer=dealer).order_by("-is_open", "id")
        self.fields["account"].queryset = rows  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_file(self) -> Any:
        """Not larger than is read at a time."""
        file = self.cleaned_data["file"]
        if file.size > bank_files.MOST_BYTES:
            raise ValidationError(_("Berkasnya terlalu besar. Unduh periode yang lebih pendek."), code="too_large")
        return file


class BookFile(forms.Form):
    """Which lines are booked although they look like money that is in the book."""

    although = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: Any = None, *, numbers: list[int]) -> None:
        super().__init__(data)
        self.fields["although"].choices = [(number, str(number)) for number in numbers]  # type: ignore[attr-defined]
