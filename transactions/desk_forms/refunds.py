"""Looking for refunds, and each step of paying one out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from transactions.desk_forms.fields import sure
from transactions.models import RefundState


class RefundFilter(forms.Form):
    """Which refunds."""

    q = forms.CharField(
        label=_("Kode pesanan"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=_("Keadaan"),
        required=False,
        choices=[("", _("Belum selesai")), ("all", _("Semua")), *RefundState.choices],
    )


class HandOver(forms.Form):
    """Cash over the counter, against the code that the guest shows."""

    way = forms.CharField(widget=forms.HiddenInput, initial="cash")
    code = forms.CharField(
        label=_("Kode yang ditunjukkan pembeli"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("8 huruf dan angka di halaman pesanan pembeli. Tanpa kode, pemilik atau manajer harus menyetujui."),
    )
    sure = sure(_("Uang sudah dihitung di depan pembeli. Ini tidak bisa dibatalkan."))


class Begin(forms.Form):
    """Taking a transfer on oneself."""

    way = forms.ChoiceField(choices=[("bank", ""), ("ewallet", "")], widget=forms.HiddenInput)


class Finish(forms.Form):
    """What proves that the money has left."""

    reference = forms.CharField(
        label=_("Nomor bukti"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Nomor referensi dari bank atau e-wallet; setiap nomor hanya untuk satu pengembalian."),
    )
    sure = sure(_("Uang sudah dikirim. Ini tidak bisa dibatalkan."))

    def __init__(self, *args: Any, by_transfer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_transfer = by_transfer
        if not by_transfer:
            del self.fields["reference"]
            self.fields["sure"].label = _("Uang sudah dihitung di depan pembeli. Ini tidak bisa dibatalkan.")

    def clean_reference(self) -> str:
        """One spelling, so that the same line is not used twice."""
        reference = " ".join(str(self.cleaned_data["reference"]).split()).upper()
        if len(reference) < 4:
            raise ValidationError(_("Tulis nomor bukti dari bank atau e-wallet."), code="no_proof")
        return reference
