"""The history of the catalogue in a shopkeeper's words: who changed what, when, from what to what.

The rows that edits speak of are looked up together, so a page of fifty edits costs a handful of queries.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.models import Dealer
from portal.lib.money import nominal, rupiah
from portal.templatetags.words import clock, day
from transactions.models import (
    BankAccount,
    Brand,
    ClosedBy,
    Edit,
    Kind,
    MarkupRule,
    Place,
    Price,
    Product,
    Qris,
    Route,
    Supplier,
    Tier,
)

SHOWN = 8
"""How many edits stand on the page of what they are about; the rest is behind a link."""
_NOTHING = "–"
Value = Any
"""What JSON may hold: a string, a number, a truth, nothing."""


@dataclass(frozen=True)
class Change:
    """One column: what it is called, and its values in words; "" where there was none."""

    label: str | Promise
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One edit: what it was about, and each column that differs."""

    edit: Edit
    about: str
    changes: list[Change]


def of_product(product: Product) -> Q:
    """What was edited of a product: itself, its prices and its routes."""
    prices, routes = product.prices.values("pk"), product.routes.values("pk")
    itself = of_row(Place.PRODUCT, product.pk)
    return itself | Q(place=Place.PRICE, row_id__in=prices) | Q(place=Place.ROUTE, row_id__in=routes)


def of_row(place: Place, row_id: int) -> Q:
    """What was edited of one row."""
    return Q(place=place, row_id=row_id)


def edits(dealer: Dealer, which: Q) -> QuerySet[Edit]:
    """Edits, newest first."""
    return Edit.objects.filter(which, dealer=dealer).select_related("actor").order_by("-id")


def lines(dealer: Dealer, rows: Iterable[Edit]) -> list[Line]:
    """Edits in words."""
    found = list(rows)
    names, brands = _names(dealer, found), dict(Brand.objects.values_list("pk", "name"))
    read = _Reader(brands=brands, zone=dealer.time_zone)
    return [
        Line(edit, names.get((edit.place, edit.row_id)) or _gone(edit, read), _changes(edit, read)) for edit in found
    ]


@dataclass(frozen=True)
class Card:
    """The newest edits of one thing, and where the others are."""

    place: Place
    row: int
    lines: list[Line]

    @property
    def is_solo(self) -> bool:
        """Whether every line is about the very thing whose page this is."""
        return self.place != Place.PRODUCT


def card(dealer: Dealer, place: Place, row: Product | Route | MarkupRule | Supplier) -> Card:
    """What stands on the page of a product, route, rule or supplier."""
    which = of_row(place, row.pk)
    if isinstance(row, Product):
        # Its prices have a list of their own on that page.
        which |= Q(place=Place.ROUTE, row_id__in=row.routes.values("pk"))
    return Card(place, row.pk, lines(dealer, edits(dealer, which)[:SHOWN]))


def _names(dealer: Dealer, found: list[Edit]) -> dict[tuple[str, int], str]:
    """What each row is called now."""
    ids = {place: {edit.row_id for edit in found if edit.place == place} for place in Place}
    named: dict[tuple[str, int], str] = {}
    for row in Product.objects.filter(dealer=dealer, pk__in=ids[Place.PRODUCT]):
        named[Place.PRODUCT, row.pk] = row.name
    for price in Price.objects.filter(dealer=dealer, pk__in=ids[Place.PRICE]).select_related("product"):
        named[Place.PRICE, price.pk] = f"{price.product.name} · {Tier(price.tier).label}"
    for route in Route.objects.filter(dealer=dealer, pk__in=ids[Place.ROUTE]).select_related("product", "supplier"):
        named[Place.ROUTE, route.pk] = f"{route.product.name} · {route.supplier.name}"
    for supplier in Supplier.objects.filter(dealer=dealer, pk__in=ids[Place.SUPPLIER]):
        named[Place.SUPPLIER, supplier.pk] = supplier.name
    for qris in Qris.objects.filter(dealer=dealer, pk__in=ids[Place.QRIS]):
        named[Place.QRIS, qris.pk] = f"QRIS · {qris.merchant_name}"
    for account in BankAccount.objects.filter(dealer=dealer, pk__in=ids[Place.BANK_ACCOUNT]):
        named[Place.BANK_ACCOUNT, account.pk] = account.tail
    for rule in MarkupRule.objects.filter(dealer=dealer, pk__in=ids[Place.RULE]).select_related("brand"):
        named[Place.RULE, rule.pk] = _scope(rule.tier, rule.brand.name if rule.brand else "", rule.kind, rule.nominal)
    return named


def _gone(edit: Edit, read: "_Reader") -> str:
    """What a row was called that is no more, by what was kept of it."""
    kept = edit.old or edit.new
    if edit.place == Place.RULE and "tier" in kept:
        return _scope(kept["tier"], read.brands.get(kept["brand_id"], ""), kept["kind"], kept["nominal"])
    return f"#{edit.row_id}"


def _scope(tier: str, brand: str, kind: str, of_nominal: int | None) -> str:
    parts = [
        str(Tier(tier).label),
        brand or _("semua merek"),
        str(Kind(kind).label) if kind else _("semua jenis"),
        nominal(of_nominal) if of_nominal else "",
    ]
    return " · ".join(part for part in parts if part)


def _changes(edit: Edit, read: "_Reader") -> list[Change]:
    old, new = edit.old, edit.new
    shown = [name for name in _LABELS if name in old or name in new]
    if edit.action != Edit.Action.CHANGED:
        whole = new or old
        shown = [name for name in shown if name in _MAIN[edit.place] and whole[name]]
    return [
        Change(_LABELS[name], "", _("diganti"))
        if name in _SECRET
        else Change(_LABELS[name], read.value(name, old), read.value(name, new))
        for name in shown
    ]


@dataclass(frozen=True)
class _Reader:
    """Turns a column's value into words."""

    brands: Mapping[int, str]
    zone: str

    def value(self, name: str, values: Mapping[str, Value]) -> str:
        """The value in words; "" where the row did not exist."""
        if name not in values:
            return ""
        value = values[name]
        if value is None or value == "":
            return _NOTHING
        return self._said(name, value)

    def _said(self, name: str, value: Value) -> str:
        if name == "brand_id":
            return self.brands.get(value, str(value))
        if name == "reopens_at":
            at = dt.datetime.fromisoformat(value)
            return f"{day(at, self.zone)} {clock(at, self.zone)}"
        say = _WORDS.get(name)
        return say(value) if say else str(value)


def _yes(value: Value) -> str:
    return _("ya") if value else _("tidak")


def _percent(value: Value) -> str:
    return f"{value / 100:g} %".replace(".", ",")


_LABELS: dict[str, str | Promise] = {
    "name": gettext_lazy("Nama"),
    "description": gettext_lazy("Keterangan"),
    "tier": gettext_lazy("Untuk"),
    "brand_id": gettext_lazy("Merek"),
    "kind": gettext_lazy("Jenis"),
    "nominal": gettext_lazy("Nominal"),
    "amount": gettext_lazy("Harga jual"),
    "by_hand": gettext_lazy("Ditetapkan sendiri"),
    "supplier_sku": gettext_lazy("Kode pemasok"),
    "cost": gettext_lazy("Modal"),
    "rank": gettext_lazy("Urutan"),
    "cut_off_start": gettext_lazy("Tutup harian dari (WIB)"),
    "cut_off_end": gettext_lazy("Tutup harian sampai (WIB)"),
    "fixed": gettext_lazy("Tambah rupiah"),
    "percent_bp": gettext_lazy("Tambah persen"),
    "round_to": gettext_lazy("Bulatkan ke"),
    "accepted_cost": gettext_lazy("Modal di atas harga yang disetujui"),
    "is_open": gettext_lazy("Dipakai"),
    "closed_note": gettext_lazy("Alasan"),
    "closed_by": gettext_lazy("Ditutup otomatis"),
    "reopens_at": gettext_lazy("Buka lagi"),
    "base_url": gettext_lazy("Alamat"),
    "username": gettext_lazy("Nama pengguna"),
    "api_key": gettext_lazy("Kunci API"),
    "callback_secret": gettext_lazy("Rahasia callback"),
    "merchant_name": gettext_lazy("Nama penerima"),
    "nmid": "NMID",
    "bank": gettext_lazy("Bank"),
    "number": gettext_lazy("Nomor rekening"),
    "holder": gettext_lazy("Atas nama"),
    "longest_hours": gettext_lazy("Batas menunggu (jam)"),
}
_MAIN: dict[str, frozenset[str]] = {
    Place.PRODUCT: frozenset({"name", "kind", "nominal"}),
    Place.PRICE: frozenset({"amount"}),
    Place.ROUTE: frozenset({"supplier_sku", "cost", "rank"}),
    Place.RULE: frozenset({"tier", "brand_id", "kind", "nominal", "fixed", "percent_bp", "round_to"}),
    Place.SUPPLIER: frozenset({"name", "base_url", "username"}),
    Place.QRIS: frozenset({"merchant_name", "nmid"}),
    Place.BANK_ACCOUNT: frozenset({"bank", "number", "holder"}),
}
_SECRET = frozenset({"api_key", "callback_secret"})
_WORDS: dict[str, Callable[[Value], str]] = {
    "tier": lambda value: str(Tier(value).label),
    "kind": lambda value: str(Kind(value).label),
    "nominal": nominal,
    "amount": rupiah,
    "cost": rupiah,
    "fixed": rupiah,
    "accepted_cost": rupiah,
    "percent_bp": _percent,
    "by_hand": _yes,
    "is_open": _yes,
    "closed_by": lambda value: str(ClosedBy(value).label),
    "cut_off_start": lambda value: str(value)[:5].replace(":", "."),
    "cut_off_end": lambda value: str(value)[:5].replace(":", "."),
}
