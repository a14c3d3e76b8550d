"""Fields that people at a counter fill in: rupiah, percent, days, and one box to tick before what cannot be undone."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.lib import money

Label = Any
"""A string, or one that is translated when it is shown."""


class RupiahField(forms.CharField):
    """Whole rupiah, written as people write them (`25.400`, `Rp 25.400`)."""

    def __init__(self, *, label: Label, smallest: int = 0, required: bool = True, help_text: Label = "") -> None:
        super().__init__(label=label, required=required, help_text=help_text, max_length=24)
        self._smallest = smallest
        self.widget.attrs.update(inputmode="numeric", autocomplete="off")

    def prepare_value(self, value: object) -> object:
        """25400 -> `25.400` when the form is shown."""
        return money.nominal(value) if isinstance(value, int) else value

    def clean(self, value: object) -> int | None:
        """Rupiah, or None for an empty field that may be empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = money.parse_rupiah(text)
        except money.NotMoney as error:
            raise ValidationError(_("Tulis jumlah rupiah, contoh 25.400."), code="not_money") from error
        if amount < self._smallest:
            raise ValidationError(_("Paling sedikit %(smallest)s."), params={"smallest": money.rupiah(self._smallest)})
        return amount


class PercentField(forms.CharField):
    """Percent with up to two decimals (`1,5`), kept as hundredths of a percent."""

    def prepare_value(self, value: object) -> object:
        """150 -> `1,5`."""
        if not isinstance(value, int):
            return value
        whole, rest = divmod(abs(value), 100)
        text = f"{whole},{rest:02d}".rstrip("0").rstrip(",")
        return f"-{text}" if value < 0 else text

    def clean(self, value: object) -> int:
        """Hundredths of a percent; an empty field is none."""
        text = (super().clean(value) or "0").replace(" ", "").removesuffix("%").replace(".", ",")
        found = re.fullmatch(r"(-?)(\d{1,3})(?:,(\d{1,2}))?", text)
        if not found:
            raise ValidationError(_("Tulis persen, contoh 1,5."), code="not_percent")
        sign, whole, rest = found.groups()
        return (-1 if sign else 1) * (int(whole) * 100 + int((rest or "0").ljust(2, "0")))


class DayField(forms.DateField):
    """A day, chosen by the browser's own calendar."""

    def __init__(self, *, label: Label, required: bool = False) -> None:
        super().__init__(
            label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )


SURE = _("Sudah diperiksa. Ini tidak bisa dibatalkan.")


def sure(label: Label = SURE) -> forms.BooleanField:
    """The box before what cannot be undone."""
    return forms.BooleanField(label=label, required=True, error_messages={"required": _("Centang dulu kotak ini.")})
