"""What is sold: brands and prefixes for everybody; products, suppliers, routes and prices per dealer.

A brand is what pulsa is sold under, apart from the company behind it. A route is one supplier's
offer for one product. A price is what a tier of buyers pays; its every change is kept.
"""

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer


class Kind(models.TextChoices):
    """What a product is, in the trade's words."""

    PULSA = "pulsa", _("Pulsa")
    DATA = "data", _("Paket data")
    PLN = "pln", _("Token PLN")


class Tier(models.TextChoices):
    """Who a price is for."""

    RETAIL = "retail", _("Pelanggan")
    PARTNER = "partner", _("Mitra")


class ClosedBy(models.TextChoices):
    """What closed a route; nobody means a person, and then only a person opens it again."""

    NOBODY = "", _("Orang")
    LIST = "list", _("Tutup di daftar pemasok")
    GONE = "gone", _("Hilang dari daftar pemasok")
    FAILURES = "failures", _("Gagal terus di pemasok")


class Brand(models.Model):
    """Telkomsel, by.U, Tri …; PLN too is a brand, without prefixes."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(_("Merek"), max_length=40)
    company = models.CharField(_("Perusahaan"), max_length=60, blank=True)
    colour = models.CharField(max_length=7, default="#666666", validators=[RegexValidator(r"^#[0-9a-f]{6}$")])
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        db_table = "brand"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Prefix(models.Model):
    """The first digits of a number, in national form; the longest match names the brand."""

    digits = models.CharField(_("Awalan"), max_length=8, unique=True, validators=[RegexValidator(r"^0\d{3,7}$")])
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="prefixes")
    disputed = models.BooleanField(_("Sumber berbeda"), default=False)

    class Meta:
        db_table = "prefix"
        ordering = ["digits"]

    def __str__(self) -> str:
        return self.digits


class Product(models.Model):
    """Something a dealer sells, under the dealer's own code."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="products")
    sku = models.CharField(_("Kode"), max_length=20)
    name = models.CharField(_("Nama produk"), max_length=80)
    kind = models.CharField(_("Jenis"), max_length=10, choices=Kind)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    nominal = models.PositiveIntegerField(_("Nominal"), help_text="face value in rupiah")
    description = models.CharField(_("Keterangan"), max_length=200, blank=True)
    is_open = models.BooleanField(_("Dijual"), default=True)
    closed_note = models.CharField(_("Alasan tutup"), max_length=120, blank=True)
    reopens_at = models.DateTimeField(_("Buka lagi"), null=True, blank=True)
    accepted_cost = models.PositiveIntegerField(
        default=0, help_text="a cost above the price that somebody agreed to pay, rupiah; 0 = never sell below cost"
    )
    position = models.PositiveIntegerField(default=100)

    class Meta:
        db_table = "product"
        ordering = ["position", "nominal", "sku"]
        constraints = [models.UniqueConstraint(fields=["dealer", "sku"], name="one_product_per_sku")]

    def __str__(self) -> str:
        return self.sku


class Supplier(models.Model):
    """Whom the dealer buys from; `connector` says which protocol is spoken. Secrets are sealed."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="suppliers")
    code = models.SlugField(_("Kode"), max_length=20)
    name = models.CharField(_("Nama pemasok"), max_length=80)
    connector = models.CharField(max_length=20)
    base_url = models.CharField(max_length=200, blank=True)
    username = models.CharField(max_length=80, blank=True)
    api_key = models.TextField(blank=True)
    callback_secret = models.TextField(blank=True)
    is_open = models.BooleanField(_("Dipakai"), default=True)
    closed_note = models.CharField(max_length=120, blank=True)
    longest_hours = models.PositiveSmallIntegerField(
        default=24, help_text="how long a sale may stay without a verdict before a person must look"
    )
    reported_balance = models.BigIntegerField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "supplier"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["dealer", "code"], name="one_supplier_per_code")]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """A supplier's offer for a product: under which SKU, at which cost, tried in which order."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="routes")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="routes")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="routes")
    supplier_sku = models.CharField(_("Kode pemasok"), max_length=40)
    cost = models.PositiveIntegerField(_("Modal"), validators=[MinValueValidator(1)])
    rank = models.PositiveSmallIntegerField(_("Urutan"), default=1)
    cut_off_start = models.TimeField(null=True, blank=True, help_text="WIB")
    cut_off_end = models.TimeField(null=True, blank=True, help_text="WIB; may lie after midnight")
    is_open = models.BooleanField(default=True)
    closed_note = models.CharField(max_length=120, blank=True)
    closed_by = models.CharField(max_length=10, choices=ClosedBy, blank=True, default="", db_default="")
    retry_at = models.DateTimeField(null=True, blank=True, help_text="when a closed route is tried with one sale")

    class Meta:
        db_table = "route"
        ordering = ["rank", "cost", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "product", "supplier"], name="one_route_per_supplier"),
            models.CheckConstraint(condition=models.Q(cost__gt=0), name="a_route_costs_something"),
        ]

    def __str__(self) -> str:
        return self.supplier_sku


class MarkupRule(models.Model):
    """How a price follows from a cost; of the rules that fit a product the most specific wins."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="markup_rules")
    tier = models.CharField(_("Untuk"), max_length=20, choices=Tier, default=Tier.RETAIL)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, blank=True)
    kind = models.CharField(_("Jenis"), max_length=10, choices=Kind, blank=True)
    nominal = models.PositiveIntegerField(_("Nominal"), null=True, blank=True)
    fixed = models.IntegerField(_("Tambah rupiah"), default=0)
    percent_bp = models.IntegerField(_("Tambah persen"), default=0, help_text="hundredths of a percent")
    round_to = models.PositiveSmallIntegerField(
        _("Bulatkan ke"), default=100, choices=[(1, _("tidak")), (100, "100"), (500, "500")]
    )

    class Meta:
        db_table = "markup_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "tier", "brand", "kind", "nominal"],
                name="one_markup_rule_per_scope",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.tier} +{self.fixed} +{self.percent_bp / 100} %"


class Price(models.Model):
    """What a tier pays for a product today, in rupiah; by rule, or set by hand."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="prices")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    tier = models.CharField(max_length=20, choices=Tier)
    amount = models.PositiveIntegerField(_("Harga jual"))
    by_hand = models.BooleanField(default=False)

    class Meta:
        db_table = "price"
        constraints = [
            models.UniqueConstraint(fields=["dealer", "product", "tier"], name="one_price_per_tier"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_price_is_positive"),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class PriceChange(models.Model):
    """History of a price: append-only."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="price_changes")
    tier = models.CharField(max_length=20, choices=Tier)
    old = models.PositiveIntegerField(null=True)
    new = models.PositiveIntegerField()
    cost = models.PositiveIntegerField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "price_change"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["dealer", "product", "tier", "-at"], name="price_change_by_product")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
