"""A person's word about a list that is not believed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from transactions.desk_forms.fields import sure


class DecideList(forms.Form):
    """Whether the held list is taken over; `seen` is the digest of what was looked at."""

    verdict = forms.ChoiceField(
        label=_("Keputusan"),
        choices=[("discard", _("Buang: daftar ini salah")), ("apply", _("Terapkan: daftar ini benar"))],
        widget=forms.RadioSelect,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    sure = sure(_("Saya sudah memeriksa perbedaannya."))
