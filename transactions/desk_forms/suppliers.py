"""Suppliers: an account with its secrets, and looking through a price list."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions import stock, webhook_endpoints
from transactions.catalogue_additions import Account
from transactions.desk_selectors.price_list import Wanted
from transactions.models import Kind, Supplier
from transactions.suppliers.registry import ACCOUNTS

RESERVED = frozenset({"baru", "stok", stock.SUPPLIER})
"""Words of the desk's own addresses, and the supplier that is dealer zero's stock."""


_OF_KIND: dict[str, dict[str, tuple[Any, Any]]] = {
    "konter": {
        "base_url": (_("Alamat portal"), _("Contoh https://konter.example, atau alamat toko di sana.")),
        "username": (_("Nama pengguna mitra"), _("Nama yang toko di sana berikan kepada Anda sebagai mitranya.")),
        "api_key": (_("Kunci API"), _("Kunci kt_live_… dari toko itu. Disimpan terkunci dan tidak ditampilkan lagi.")),
        "callback_secret": (
            _("Rahasia webhook"),
            _("Boleh kosong: setelah disimpan, satu tombol mendaftarkan alamat callback di sana."),
        ),
    }
}
"""What each field is called where a kind has words of its own, and its hint."""


class _Secret(forms.CharField):
    """Typed or pasted, and never shown again."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "new-password", "spellcheck": "false"}
        super().__init__(max_length=200, widget=forms.PasswordInput(attrs=attrs), **kwargs)


class _Account(forms.Form):
    """Where the supplier is, and who we are there."""

    kind = ""
    name = forms.CharField(label=_("Nama pemasok"), max_length=80, help_text=_("Untuk layar Anda sendiri."))
    base_url = forms.CharField(label=_("Alamat API"), max_length=200)
    username = forms.CharField(label=_("Nama pengguna"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"].widget.attrs.update(inputmode="url", autocomplete="off", spellcheck="false")
        self.fields["username"].widget.attrs.update(autocomplete="off", autocapitalize="none", spellcheck="false")

    def of_kind(self, kind: str) -> None:
        """Ask in the words of this kind of supplier."""
        self.kind = kind
        for name, (label, hint) in _OF_KIND.get(kind, {}).items():
            self.fields[name].label, self.fields[name].help_text = label, hint

    def clean_callback_secret(self) -> str:
        """Another Konter portal signs with a secret of Standard Webhooks."""
        secret: str = self.cleaned_data["callback_secret"].strip()
        if secret and self.kind == "konter":
            try:
                webhook_endpoints.native_key(secret)
            except webhook_endpoints.BadSecret as error:
                raise ValidationError(
                    _("Tulis whsec_ dan isinya utuh, seperti di portal itu."), code="secret"
                ) from error
        return secret

    def clean_base_url(self) -> str:
        """An address that paths can be put behind; that of a shop stands for its portal."""
        url: str = self.cleaned_data["base_url"].strip().rstrip("/")
        if self.kind == "konter":
            url = url.partition("/k/")[0].removesuffix("/api/v1")
        try:
            parts = urlsplit(url)
            is_whole = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_whole = False
        if not is_whole or set(url) & set("?#@\\ "):
            raise ValidationError(_("Tulis alamat lengkap, contoh https://api.digiflazz.com/v1"), code="address")
        return url

    def account(self) -> Account:
        """What was given; an empty secret stays as it is."""
        given = self.cleaned_data
        return Account(
            name=given["name"],
            base_url=given["base_url"],
            username=given["username"],
            api_key=given["api_key"] or None,
            callback_secret=given["callback_secret"] or None,
        )


class AddSupplier(_Account):
    """A supplier with whom the dealer has a contract of its own."""

    connector = forms.ChoiceField(label=_("Jenis pemasok"), widget=forms.HiddenInput)
    code = forms.SlugField(
        label=_("Kode"),
        max_length=20,
        help_text=_("Pendek, huruf kecil dan angka. Ada di alamat callback dan tidak bisa diganti."),
    )
    api_key = _Secret(label=_("Kunci API"), help_text=_("Disimpan terkunci dan tidak pernah ditampilkan lagi."))
    callback_secret = _Secret(
        label=_("Rahasia callback"),
        required=False,
        help_text=_("Sama dengan secret webhook di pemasok. Tanpa ini laporan pemasok ditolak, hasil ditanyakan."),
    )
    field_order = ["connector", "name", "code", "base_url", "username", "api_key", "callback_secret"]

    def __init__(self, *args: Any, dealer: Dealer, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._dealer = dealer
        kind = self.data.get("connector", kind)
        kind = kind if kind in ACCOUNTS else next(iter(ACCOUNTS))
        usual = ACCOUNTS[kind]
        self.of_kind(kind)
        self.fields["connector"].choices = [(key, known.name) for key, known in ACCOUNTS.items()]  # type: ignore[attr-defined]  # a ChoiceField
        self.initial = {
            "connector": kind,
            "name": usual.name,
            "code": usual.code,
            "base_url": usual.url,
            **self.initial,
        }

    def clean_code(self) -> str:
        """A word that is free."""
        code: str = self.cleaned_data["code"].lower()
        if code in RESERVED or Supplier.objects.filter(dealer=self._dealer, code=code).exists():
            raise ValidationError(_("Kode ini sudah dipakai. Pilih yang lain."), code="taken")
        return code


class EditSupplier(_Account):
    """Another address or another key; what is left empty stays."""

    api_key = _Secret(
        label=_("Kunci API baru"),
        required=False,
        help_text=_("Kosongkan bila tidak diganti. Kunci yang tersimpan tidak ditampilkan."),
    )
    callback_secret = _Secret(
        label=_("Rahasia callback baru"), required=False, help_text=_("Kosongkan bila tidak diganti.")
    )

    def clean(self) -> dict[str, Any]:
        """The stored key is not tried out on another address."""
        given = super().clean() or {}
        moved = "base_url" in given and given["base_url"] != self.initial["base_url"]
        if moved and not given.get("api_key"):
            self.add_error("api_key", _("Alamatnya berubah: tulis kunci untuk alamat yang baru."))
        return given

    @classmethod
    def of(cls, data: Any, supplier: Supplier) -> "EditSupplier":
        """The form as the supplier stands."""
        names = ("name", "base_url", "username")
        form = cls(data, initial={name: getattr(supplier, name) for name in names})
        form.kind = supplier.connector
        return form


class TrySale(forms.Form):
    """A sale of the supplier's sandbox, with a key of its own where that is needed; the key is not kept."""

    sandbox_key = _Secret(
        label=_("Kunci sandbox"),
        required=False,
        help_text=_("Kunci kt_test_… dari toko di sana. Dipakai sekali ini saja dan tidak disimpan."),
    )


class PriceListFilter(forms.Form):
    """Which lines of a price list to show."""

    q = forms.CharField(label=_("Kode atau nama"), required=False, max_length=40)
    brand = forms.ChoiceField(label=_("Merek"), required=False)
    kind = forms.ChoiceField(label=_("Jenis"), required=False, choices=[("", _("Semua")), *Kind.choices])
    state = forms.ChoiceField(
        label=_("Keadaan"),
        required=False,
        choices=[
            ("", _("Semua")),
            ("new", _("Belum dijual")),
            ("sold", _("Sudah dijual")),
            ("open", _("Sedang buka")),
            ("suits", _("Cocok dengan produk saya")),
        ],
    )

    def __init__(self, data: Any, *, brands: list[str]) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs.update(type="search", autocomplete="off")
        self.fields["brand"].choices = [("", _("Semua")), *((name, name) for name in brands)]  # type: ignore[attr-defined]  # a ChoiceField

    def wanted(self) -> Wanted:
        """What is asked for, as far as it makes sense."""
        self.is_valid()
        given = self.cleaned_data
        return Wanted(**{name: given.get(name, "").strip() for name in ("q", "brand", "kind", "state")})
