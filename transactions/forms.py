"""What may stand in the fields of the storefront's forms.

A form says what is wrong in sentences that belong beside the field; nothing is bought or looked up
for others here. The number is read by what is sold: a phone number, or a meter number for PLN.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dealers.models import Dealer
from portal.lib import ids, money, msisdn
from transactions import catalog, form_tokens, packages
from transactions.models import Kind, Product

_MOST_DIGITS_MISSING = 6
"""Four digits are enough to know the brand."""

_PLAIN: dict[msisdn.Reason, Promise] = {
    msisdn.Reason.EMPTY: gettext_lazy("Isi nomornya dulu."),
    msisdn.Reason.LETTERS: gettext_lazy("Nomor hanya berisi angka."),
    msisdn.Reason.NOT_MOBILE: gettext_lazy("Ini bukan nomor HP Indonesia. Nomor HP mulai dengan 08 atau +62."),
    msisdn.Reason.NOT_A_METER: gettext_lazy("Nomor meter atau ID pelanggan berisi 11 atau 12 angka."),
}


def number_words(error: msisdn.NotANumber) -> str:
    """What is wrong with a number, said to whoever typed it."""
    if error.reason == msisdn.Reason.TOO_SHORT:
        return ngettext("Nomor kurang %(n)s angka.", "Nomor kurang %(n)s angka.", error.count) % {"n": error.count}
    if error.reason == msisdn.Reason.TOO_LONG:
        words = ngettext("Nomor kelebihan %(n)s angka.", "Nomor kelebihan %(n)s angka.", error.count)
        return words % {"n": error.count}
    return str(_PLAIN[error.reason])


def read_number(text: str, kind: Kind) -> str:
    """E.164, or a meter number when PLN is sold. Raises `forms.ValidationError`."""
    try:
        return msisdn.parse_meter(text) if kind == Kind.PLN else msisdn.parse(text)
    except msisdn.NotANumber as error:
        raise forms.ValidationError(number_words(error), code=str(error.reason)) from error


def read_beginning(text: str) -> str:
    """A number of which at least the first four digits are typed, in E.164, filled up with zeros.

    Enough to know the brand while somebody is still typing. Raises `forms.ValidationError`.
    """
    try:
        return msisdn.parse(text)
    except msisdn.NotANumber as error:
        if error.reason != msisdn.Reason.TOO_SHORT or error.count > _MOST_DIGITS_MISSING:
            raise forms.ValidationError(number_words(error), code=str(error.reason)) from error
        return read_number(text + "0" * error.count, Kind.PULSA)


class _Text(forms.CharField):
    """A field that is the same in every form: Django copies each for each form, in case somebody changes it there."""

    def __deepcopy__(self, memo: dict[int, object]) -> "_Text":
        return self


class QuoteForm(forms.Form):
    """A number, or its beginning; with what is sold and by whom, if the asker knows better."""

    destination = _Text(max_length=64, required=False)
    brand = _Text(max_length=10, required=False)
    jenis = _Text(max_length=10, required=False)
    days = _Text(max_length=10, required=False)
    most = _Text(max_length=10, required=False)
    order = _Text(max_length=10, required=False)

    def clean_jenis(self) -> Kind:
        """The kind that is asked for; pulsa for everything unknown."""
        return kind_of(self.cleaned_data["jenis"])

    def clean(self) -> dict[str, Any]:
        """Read the number once its kind is known; a meter number says nothing about prices."""
        data = self.cleaned_data
        data.setdefault("jenis", Kind.PULSA)
        if "destination" in data and data["jenis"] != Kind.PLN:
            try:
                data["number"] = read_beginning(data["destination"])
            except forms.ValidationError as error:
                self.add_error("destination", error)
        return data

    @property
    def sieve(self) -> packages.Sieve:
        """Which packages are asked for."""
        fields = {name: str(self.data.get(name, "")) for name in ("days", "most", "order")}
        return packages.sieve(days=fields["days"], price=fields["most"], order=fields["order"])


class SaleForm(forms.Form):
    """A purchase: number, product, way to pay, and the token of the page that showed the price."""

    destination = _Text(max_length=64, required=False)
    sku = _Text(max_length=20, required=False)
    gateway = _Text(max_length=20, required=False)
    token = _Text(max_length=form_tokens.LONGEST, required=False)
    brand = _Text(max_length=10, required=False)
    again = _Text(max_length=5, required=False)
    confirm = _Text(max_length=10, required=False)
    pin = _Text(max_length=12, required=False)

    def __init__(self, data: Mapping[str, Any], *, dealer: Dealer, kind: Kind) -> None:
        super().__init__(data)
        self._dealer = dealer
        self._kind = kind

    def clean_sku(self) -> Product:
        """The dealer's product."""
        sku = self.cleaned_data["sku"]
        found = catalog.product(self._dealer.pk, sku) if sku else None
        if found is None:
            raise forms.ValidationError(_("Produk ini tidak ada di toko ini.") if sku else _("Pilih nominalnya dulu."))
        return found

    def clean_token(self) -> form_tokens.FormToken:
        """A token of ours, of any age."""
        try:
            return form_tokens.read(self._dealer.pk, self.cleaned_data["token"])
        except form_tokens.Forged as error:
            raise forms.ValidationError(
                _("Formulir ini tidak dikenali. Periksa isinya, lalu tekan Bayar lagi.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """Read the number by what the product is."""
        product = self.cleaned_data.get("sku")
        kind = Kind(product.kind) if product else self._kind
        if "destination" in self.cleaned_data:
            try:
                self.cleaned_data["destination"] = read_number(self.cleaned_data["destination"], kind)
            except forms.ValidationError as error:
                self.add_error("destination", error)
        return self.cleaned_data

    @property
    def seen_price(self) -> int | None:
        """What the page showed beside the chosen product, in rupiah, if it said so."""
        sku = self.cleaned_data["sku"].sku
        try:
            return money.parse_rupiah(str(self.data.get(f"price.{sku}", ""))[:20])
        except money.NotMoney:
            return None


def kind_of(text: object) -> Kind:
    """The kind of this name; pulsa for everything unknown."""
    return Kind(text) if text in Kind.values else Kind.PULSA


class LookupForm(forms.Form):
    """An order's code, and the last four digits of the number that was topped up.

    What is wrong with a code is not said: a mistyped one and somebody else's get the same answer.
    """

    kode = forms.CharField(max_length=40, error_messages={"required": gettext_lazy("Isi kode pesanan dulu.")})
    akhir = forms.CharField(
        max_length=20, error_messages={"required": gettext_lazy("Isi empat angka terakhir nomornya.")}
    )

    def clean_kode(self) -> str:
        """The code in its one spelling, or as it was typed."""
        typed: str = self.cleaned_data["kode"]
        try:
            return ids.normalise(typed)
        except ids.BadCode:
            return typed

    def clean_akhir(self) -> str:
        """Four digits; of a whole number its last four."""
        digits = "".join(char for char in self.cleaned_data["akhir"] if char.isascii() and char.isdecimal())
        if len(digits) < 4:
            raise forms.ValidationError(gettext_lazy("Isi empat angka terakhir nomornya."), code="digits")
        return digits[-4:]
