"""Looking for what partners were told, and telling it again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from transactions.models import DeliveryState


class DeliveryFilter(forms.Form):
    """Which deliveries."""

    q = forms.CharField(
        label=_("Kode pesanan atau ref_id"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("Semua")), *DeliveryState.choices])


class EndpointStep(forms.Form):
    """What is to be done with an endpoint."""

    step = forms.ChoiceField(choices=[("resume", _("Lanjutkan")), ("replay", _("Kirim ulang"))])
