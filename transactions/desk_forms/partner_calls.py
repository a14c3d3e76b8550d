"""Looking for a call of a partner's."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dealers.call_log import Wanted
from dealers.models import Dialect

_STATUSES = {"2": range(200, 400), "4": range(400, 500), "5": range(500, 600)}


class CallFilter(forms.Form):
    """Which calls."""

    ref_id = forms.CharField(
        label="ref_id",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "autocapitalize": "none"}),
    )
    day = forms.DateField(label=_("Hari"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    status = forms.ChoiceField(
        label=_("Jawaban"),
        required=False,
        choices=[("", _("Semua")), ("2", _("Diterima (2xx)")), ("4", _("Ditolak (4xx)")), ("5", _("Gangguan (5xx)"))],
    )
    dialect = forms.ChoiceField(label=_("Dialek"), required=False, choices=[("", _("Semua")), *Dialect.choices])
    after = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def wanted(self) -> Wanted:
        """What was filled in; what cannot be read narrows nothing down."""
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            day=given.get("day"),
            statuses=_STATUSES.get(given.get("status", "")),
            ref_id=given.get("ref_id", ""),
            dialect=given.get("dialect", ""),
        )
