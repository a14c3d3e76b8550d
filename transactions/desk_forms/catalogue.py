"""Products, prices, routes and rules: what may be changed in the desk."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.desk_forms.fields import PercentField, RupiahField, sure
from transactions.desk_selectors.catalogue import Wanted
from transactions.models import Brand, Kind, MarkupRule, Place, Price, Product, Route, Tier


class ProductFilter(forms.Form):
    """Which products to list."""

    q = forms.CharField(label=_("Kode atau nama"), required=False, max_length=40)
    brand = forms.ModelChoiceField(
        label=_("Merek"), required=False, queryset=Brand.objects.all(), to_field_name="code", empty_label=_("Semua")
    )
    kind = forms.ChoiceField(label=_("Jenis"), required=False, choices=[("", _("Semua")), *Kind.choices])
    state = forms.ChoiceField(
        label=_("Keadaan"),
        required=False,
        choices=[("", _("Semua")), ("open", _("Dijual")), ("closed", _("Ditutup"))],
    )

    def wanted(self) -> Wanted:
        """What is asked for, as far as it makes sense."""
        self.is_valid()
        given = self.cleaned_data
        brand = given.get("brand")
        return Wanted(
            q=given.get("q", "").strip(),
            brand=brand.code if brand else "",
            kind=given.get("kind", ""),
            state=given.get("state", ""),
        )


class HistoryFilter(forms.Form):
    """Which edits: of one sort of thing, or of one thing."""

    place = forms.ChoiceField(label=_("Tentang"), required=False, choices=[("", _("Semua")), *Place.choices])
    row = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class EditProduct(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """The name, and whether it is sold; times are the dealer's."""

    is_open = forms.TypedChoiceField(
        label=_("Penjualan"),
        choices=[("True", _("Dijual")), ("False", _("Ditutup"))],
        coerce=lambda text: text == "True",
        widget=forms.RadioSelect,
    )
    reopens_at = forms.DateTimeField(
        label=_("Buka lagi"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_("Perkiraan untuk pembeli; produk dibuka lagi dari halaman ini."),
    )

    class Meta:
        model = Product
        fields = ["name", "description", "is_open", "closed_note", "reopens_at"]

    def __init__(self, *args: Any, dealer: Dealer, **kwargs: Any) -> None:
        self._zone = ZoneInfo(dealer.time_zone)
        with timezone.override(self._zone):
            super().__init__(*args, **kwargs)
        if self.instance.reopens_at:
            self.initial["reopens_at"] = self.instance.reopens_at.astimezone(self._zone).replace(tzinfo=None)

    def full_clean(self) -> None:
        """Read times on the dealer's clock."""
        with timezone.override(self._zone):
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        """A closed product says why; an open one says nothing."""
        given = super().clean() or {}
        if given.get("is_open"):
            given["closed_note"], given["reopens_at"] = "", None
        elif not given.get("closed_note"):
            self.add_error("closed_note", _("Tulis alasannya; pembeli membacanya."))
        reopens: dt.datetime | None = given.get("reopens_at")
        if reopens is not None and reopens < timezone.now():
            self.add_error("reopens_at", _("Waktu ini sudah lewat."))
        return given


class EditPrice(forms.Form):
    """A price by hand, or back to the rules."""

    mode = forms.ChoiceField(
        label=_("Cara"),
        choices=[("rule", _("Ikut aturan")), ("hand", _("Tetapkan sendiri"))],
        widget=forms.RadioSelect,
    )
    amount = RupiahField(label=_("Harga jual"), smallest=1, required=False)

    @classmethod
    def of(cls, tier: Tier, price: Price | None) -> "EditPrice":
        """The form as the tier's price stands; the tier is its prefix, two may share a page."""
        mode = "hand" if price and price.by_hand else "rule"
        return cls(initial={"mode": mode, "amount": price.amount if price else None}, prefix=str(tier))

    def clean(self) -> dict[str, Any]:
        """A price set by hand has an amount."""
        given = super().clean() or {}
        if given.get("mode") == "hand" and given.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Tulis harganya."))
        return given

    @property
    def price(self) -> int | None:
        """Rupiah by hand; None for the rules."""
        amount: int | None = self.cleaned_data["amount"] if self.cleaned_data["mode"] == "hand" else None
        return amount


class EditRoute(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """One supplier's offer for one product."""

    cost = RupiahField(label=_("Modal"), smallest=1)

    class Meta:
        model = Route
        fields = ["supplier_sku", "cost", "rank", "cut_off_start", "cut_off_end", "is_open", "closed_note"]
        labels = {
            "cut_off_start": _("Tutup harian dari (WIB)"),
            "cut_off_end": _("sampai (WIB)"),
            "is_open": _("Jalur dipakai"),
            "closed_note": _("Alasan tidak dipakai"),
        }
        widgets = {
            "cut_off_start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "cut_off_end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "rank": _("1 dicoba paling dulu."),
            "cut_off_start": _("Kosongkan keduanya bila tidak ada."),
            "cut_off_end": "",
        }

    def clean(self) -> dict[str, Any]:
        """Cut-off hours come in pairs."""
        given = super().clean() or {}
        if (given.get("cut_off_start") is None) != (given.get("cut_off_end") is None):
            self.add_error("cut_off_end", _("Isi jam mulai dan jam selesai, atau kosongkan keduanya."))
        if given.get("is_open"):
            given["closed_note"] = ""
        return given


class EditRule(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """How a price follows from a cost, and for which products."""

    nominal = RupiahField(label=_("Nominal"), smallest=1, required=False, help_text=_("Kosong: semua nominal."))
    fixed = RupiahField(label=_("Tambah rupiah"), smallest=-1_000_000)
    percent_bp = PercentField(label=_("Tambah persen"), required=False, max_length=8, help_text=_("Contoh 1,5"))

    class Meta:
        model = MarkupRule
        fields = ["tier", "brand", "kind", "nominal", "fixed", "percent_bp", "round_to"]
        labels = {"brand": _("Merek")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget.choices = [("", _("Semua")), *Kind.choices]
        self.fields["brand"].empty_label = _("Semua")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["percent_bp"].widget.attrs.update(inputmode="decimal")

    def clean(self) -> dict[str, Any]:
        """One rule per scope; the dealer is known to the instance."""
        given = super().clean() or {}
        scope = {name: given.get(name) for name in ("tier", "brand", "kind", "nominal")}
        same = MarkupRule.objects.filter(dealer_id=self.instance.dealer_id, **scope).exclude(pk=self.instance.pk)
        if not self.errors and same.exists():
            raise ValidationError(_("Sudah ada aturan untuk lingkup ini. Ubah yang itu."), code="taken")
        return given


class SwitchSupplier(forms.Form):
    """Why the dealer no longer buys there; nothing to say when it does again."""

    closed_note = forms.CharField(label=_("Alasan"), required=False, max_length=120)
    sure = sure(_("Saya mengerti akibatnya."))
