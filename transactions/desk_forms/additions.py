"""New products and routes: by hand, or taken over from a price list with what the list suggests filled in."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealers.models import Dealer
from portal.lib.money import nominal
from transactions import offers
from transactions.catalogue_additions import Take
from transactions.desk_forms.catalogue import EditRoute
from transactions.desk_forms.fields import RupiahField
from transactions.models import Brand, Kind, Product, Route, Supplier
from transactions.offers import Line
from transactions.sync import mapping

MOST = 50
"""Offers that are taken at a time: what one page of the list shows."""


class SkuField(forms.CharField):
    """A code of the dealer's own, in upper case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Kode"), max_length=20, **kwargs)
        self.widget.attrs.update(autocomplete="off", autocapitalize="characters", spellcheck="false")

    def clean(self, value: object) -> str:
        """Letters, digits and hyphens."""
        code: str = super().clean(value).upper()
        if code and not offers.SKU.fullmatch(code):
            raise ValidationError(_("Pakai huruf, angka dan tanda hubung saja, contoh TSEL25."), code="sku")
        return code


class AddProduct(forms.Form):
    """A product by hand; it can be bought once it has a route."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=Kind.choices)
    brand = forms.ModelChoiceField(label=_("Merek"), queryset=Brand.objects.all(), empty_label=_("Pilih"))
    name = forms.CharField(label=_("Nama produk"), max_length=80)
    nominal = RupiahField(label=_("Nominal"), required=False, help_text=_("Kosongkan untuk paket data."))
    sku = SkuField(help_text=_("Kode sendiri, contoh TSEL25. Tidak bisa diganti."))
    description = forms.CharField(label=_("Keterangan"), max_length=200, required=False)

    def __init__(self, data: Any, *, dealer: Dealer) -> None:
        super().__init__(data)
        self._dealer = dealer

    def clean_sku(self) -> str:
        """A code that is free."""
        return _free(self._dealer, self.cleaned_data["sku"])

    def clean(self) -> dict[str, Any]:
        """Pulsa and tokens have a face value."""
        given = super().clean() or {}
        if given.get("kind") != Kind.DATA and not given.get("nominal") and "nominal" not in self.errors:
            self.add_error("nominal", _("Tulis nominalnya."))
        return given

    def product(self) -> Product:
        """The product as it was described, not saved."""
        given = self.cleaned_data
        return Product(dealer=self._dealer, **{**given, "nominal": given["nominal"] or 0})


def _free(dealer: Dealer, sku: str) -> str:
    if Product.objects.filter(dealer=dealer, sku__iexact=sku).exists():
        raise ValidationError(_("Kode ini sudah dipakai produk lain. Ganti."), code="taken")
    return sku


class AddRoute(EditRoute):
    """One more supplier for a product."""

    class Meta(EditRoute.Meta):
        model = Route
        fields = ["supplier", "supplier_sku", "cost", "rank", "cut_off_start", "cut_off_end"]
        labels = {**EditRoute.Meta.labels, "supplier": pgettext_lazy("satu", "Pemasok")}

    def __init__(self, *args: Any, suppliers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[Supplier] = self.fields["supplier"]  # type: ignore[assignment]
        field.queryset = suppliers
        field.empty_label = None if suppliers.count() == 1 else _("Pilih")

    def clean(self) -> dict[str, Any]:
        """A new route is used at once."""
        self.cleaned_data.setdefault("is_open", True)
        return super().clean()


class _OwnProduct(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic to the type checker only
    """One of the dealer's products, by name and code."""

    def label_from_instance(self, obj: Product) -> str:
        """`Telkomsel 10.000 (TSEL10)`."""
        return f"{obj.name} ({obj.sku})"


class TakeOffer(forms.Form):
    """One ticked offer: a new product as suggested, or one more route of a product that is there."""

    product = _OwnProduct(
        label=_("Jadikan"), required=False, queryset=Product.objects.none(), empty_label=_("Produk baru")
    )
    sku = SkuField(required=False)
    name = forms.CharField(label=_("Nama produk"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Jenis"), choices=Kind.choices, required=False)
    brand = forms.ModelChoiceField(
        label=_("Merek"), queryset=Brand.objects.all(), required=False, empty_label=_("Pilih")
    )
    nominal = RupiahField(label=_("Nominal"), required=False)

    def __init__(self, posted: Mapping[str, Any], *, line: Line, given: Mapping[str, Any], dealer: Dealer) -> None:
        prefix = f"o{sha256(line.offer.sku.encode()).hexdigest()[:12]}"
        suggested = {f"{prefix}-{name}": value for name, value in given.items()}
        super().__init__({**suggested, **{k: posted[k] for k in posted if k.startswith(f"{prefix}-")}}, prefix=prefix)
        self.line, self._dealer = line, dealer
        mine: _OwnProduct = self.fields["product"]  # type: ignore[assignment]
        mine.queryset = Product.objects.filter(dealer=dealer, kind=line.kind).order_by("brand__position", "nominal")
        if line.brand is not None:
            mine.queryset = mine.queryset.filter(brand=line.brand)
        if line.nominal:
            mine.queryset = mine.queryset.filter(nominal__in=(0, line.nominal))

    @property
    def becomes(self) -> Product | None:
        """The product that gets one more route."""
        self.is_valid()
        found: Product | None = self.cleaned_data.get("product")
        return found

    def clean(self) -> dict[str, Any]:
        """A new product is described in full."""
        given = super().clean() or {}
        if given.get("product") is None and "product" not in self.errors:
            for name in ("sku", "name", "kind", "brand"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Isi dulu; dari daftar harga tidak terbaca."))
            if given.get("kind") != Kind.DATA and not given.get("nominal") and "nominal" not in self.errors:
                self.add_error("nominal", _("Tulis nominalnya."))
        return given

    def take(self) -> Take:
        """What was decided."""
        given = self.cleaned_data
        return Take(
            offer=self.line.offer,
            product=given["product"],
            sku=given["sku"],
            name=given["name"],
            kind=Kind(given["kind"] or Kind.PULSA),
            brand=given["brand"],
            nominal=given["nominal"] or 0,
        )


class TakeOffers:
    """All that was ticked: each complete, and no two of them the same."""

    def __init__(self, posted: Mapping[str, Any], *, lines: list[Line], supplier: Supplier) -> None:
        dealer = supplier.dealer
        known = list(Product.objects.filter(dealer=dealer).select_related("brand"))
        here = set(Route.objects.filter(dealer=dealer, supplier=supplier).values_list("product_id", flat=True))
        self._served, self._taken = here, {product.sku.upper() for product in known}
        matches, codes = mapping.match(lines, [row for row in known if row.pk not in here]), set(self._taken)
        self.forms = []
        for line in lines:
            sku = offers.suggest_sku(line, codes)
            codes.add(sku)
            given = _suggested(line, sku, matches.get(line.offer.sku))
            self.forms.append(TakeOffer(posted, line=line, given=given, dealer=dealer))

    def is_valid(self) -> bool:
        """Whether everything can be written down."""
        faulty = [form for form in self.forms if not form.is_valid()]
        return not faulty and self._no_two_alike()

    def _no_two_alike(self) -> bool:
        codes, products = set(self._taken), set(self._served)
        for form in self.forms:
            product, sku = form.cleaned_data["product"], form.cleaned_data["sku"]
            if product is None and sku in codes:
                form.add_error("sku", _("Kode ini sudah dipakai produk lain. Ganti."))
            elif product is not None and product.pk in products:
                form.add_error("product", _("Produk ini sudah punya jalur dari pemasok ini."))
            elif product is None:
                codes.add(sku)
            else:
                products.add(product.pk)
        return not any(form.errors for form in self.forms)

    def takes(self) -> list[Take]:
        """Everything that was decided."""
        return [form.take() for form in self.forms]

    @property
    def faults(self) -> int:
        """How many of them have to be mended."""
        return sum(bool(form.errors) for form in self.forms)


def _suggested(line: Line, sku: str, product: Product | None) -> dict[str, Any]:
    return {
        "product": product.pk if product else "",
        "sku": sku,
        "name": line.offer.name[:80],
        "kind": line.kind or "",
        "brand": line.brand.pk if line.brand else "",
        "nominal": nominal(line.nominal) if line.nominal else "",
    }
