"""Looking for orders, and acting on one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transactions.desk_forms.fields import DayField, sure
from transactions.desk_selectors.orders import Wanted
from transactions.models import Brand, Channel, Decision, Status


class OrderFilter(forms.Form):
    """What to look for; what is nonsense is said and left out."""

    q = forms.CharField(label=_("Kode, nomor HP, atau ref"), required=False, max_length=64)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Semua")), *Status.choices])
    channel = forms.ChoiceField(label=_("Lewat"), required=False, choices=[("", _("Semua")), *Channel.choices])
    brand = forms.ModelChoiceField(
        label=_("Merek"), required=False, queryset=Brand.objects.all(), to_field_name="code", empty_label=_("Semua")
    )
    start = DayField(label=_("Dari"))
    end = DayField(label=_("Sampai"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs.update(type="search", autocomplete="off")

    def wanted(self) -> Wanted:
        """What is asked for, as far as it makes sense."""
        self.is_valid()
        given = self.cleaned_data
        brand = given.get("brand")
        return Wanted(
            q=given.get("q", "").strip(),
            status=given.get("status", ""),
            channel=given.get("channel", ""),
            brand=brand.code if brand else "",
            start=given.get("start"),
            end=given.get("end"),
        )


class Confirm(forms.Form):
    """Nothing but the box."""

    sure = sure()


class TakeCash(Confirm):
    """The box, and the rupiah that the page said."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class Decide(forms.Form):
    """How an order ends about which the supplier is silent."""

    verdict = forms.ChoiceField(label=_("Keputusan"), choices=Decision.Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=200,
        min_length=8,
        help_text=_("Tulis apa yang sudah diperiksa dan siapa yang mengatakannya."),
    )
    sure = sure()
