"""Reconciliation: which days, a statement as a file, and a person's word about a difference."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dealers import days
from dealers.models import Dealer
from transactions.desk_forms.fields import DayField, sure
from transactions.desk_selectors import recap
from transactions.models import DayState, Difference, DifferenceKind, Resolution
from transactions.reconcile.files import MOST_BYTES

LONGEST_WAIT = dt.timedelta(days=60)


class RecapFilter(forms.Form):
    """Which days."""

    who = forms.ChoiceField(label=_("Pihak"), required=False)
    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("Semua")), *DayState.choices])

    def __init__(self, *args: Any, dealer: Dealer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("Semua")), *recap.choices(dealer)]  # type: ignore[attr-defined]


class OpenDay(forms.Form):
    """A day that is to be compared by hand."""

    who = forms.ChoiceField(label=_("Pihak"))
    day = DayField(label=_("Tanggal"), required=True)

    def __init__(self, *args: Any, dealer: Dealer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = days.today(dealer)
        self.fields["who"].choices = recap.choices(dealer)  # type: ignore[attr-defined]
        self.fields["day"].initial = self._today - dt.timedelta(days=1)

    def clean_day(self) -> dt.date:
        """A day that is over, and not longer ago than anybody has statements of."""
        day: dt.date = self.cleaned_data["day"]
        if not self._today - dt.timedelta(days=366) <= day < self._today:
            raise ValidationError(_("Pilih hari yang sudah lewat, paling lama setahun."), code="day")
        return day


class DifferenceFilter(forms.Form):
    """Which differences of a day."""

    kind = forms.ChoiceField(
        label=_("Jenis selisih"), required=False, choices=[("", _("Semua")), *DifferenceKind.choices]
    )
    open = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("Semua")), ("1", _("Belum selesai"))])


class UploadStatement(forms.Form):
    """Their statement as a file."""

    file = forms.FileField(
        label=_("Berkas CSV"),
        help_text=_("Kolom: ref, sku, nomor, harga, status, SN, tanggal. Urutan dan ejaannya bebas."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )

    def clean_file(self) -> Any:
        """Not larger than is read."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise ValidationError(_("Berkasnya terlalu besar. Paling besar 6 MB."), code="too_large")
        return given


class UseDraft(forms.Form):
    """A person's word about an upload; `seen` is its digest."""

    step = forms.ChoiceField(choices=[("use", ""), ("discard", "")])
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)


class Resolve(forms.Form):
    """A person's word about a difference, each beside what it does to money; `seen` is what it rests on."""

    decides = True

    resolution = forms.ChoiceField(label=_("Keputusan"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Alasan"), min_length=8, max_length=200, help_text=_("Apa yang sudah diperiksa."))
    due_on = DayField(label=_("Dijanjikan paling lambat"))
    sure = sure(_("Akibatnya sudah dibaca dan benar."))
    seen = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, difference: Difference, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        label = "{}<br><span class='small muted'>{}</span>"
        ways = [(way.value, format_html(label, way.label, effect)) for way, effect in recap.effects(difference)]
        self.fields["resolution"].choices = ways  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["due_on"].help_text = _("Hanya bila mereka akan mengoreksi.")

    def clean(self) -> dict[str, Any]:
        """What is waited for has a day in the future."""
        given = super().clean() or {}
        due_on = given.get("due_on")
        if given.get("resolution") == Resolution.WAIT:
            if due_on is None or not self._today < due_on <= self._today + LONGEST_WAIT:
                self.add_error("due_on", _("Pilih tanggal setelah hari ini, paling lama 60 hari."))
        else:
            given["due_on"] = None
        return given


class ApproveDifference(forms.Form):
    """The second person's word."""

    sure = sure(_("Saya sudah memeriksa dan menyetujui."))
    seen = forms.CharField(max_length=80, widget=forms.HiddenInput)
