"""What suppliers offer, as it was last taken over, and how each taking over went.

`SupplierOffer` is the last list that was applied, one row per code. `SyncRun` is one try; its offers are kept only
while it waits for a person. `SyncEvent` tells what changed, numbered per dealer in the order of commits.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.models.catalog import Product, Supplier, Tier


class SupplierOffer(models.Model):
    """One line of a supplier's list in force: the fields of `suppliers.base.Offer`, `price` in rupiah."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="offers", db_index=False)
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=60)
    brand = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    price = models.PositiveIntegerField()
    is_open = models.BooleanField()
    cut_off_start = models.CharField(max_length=5)
    cut_off_end = models.CharField(max_length=5)
    description = models.CharField(max_length=500)
    multi = models.BooleanField()
    nominal = models.PositiveIntegerField()
    digest = models.BigIntegerField(help_text="the same for the same content")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "supplier_offer"
        constraints = [
            models.UniqueConstraint(fields=["dealer", "supplier", "sku"], name="one_offer_per_sku"),
            models.CheckConstraint(condition=models.Q(price__gt=0), name="an_offer_costs_something"),
        ]

    def __str__(self) -> str:
        return self.sku


class RunState(models.TextChoices):
    """How a run stands; only *held* waits for a person."""

    RUNNING = "running", _("Sedang diambil")
    APPLIED = "applied", _("Diterapkan")
    SAME = "same", _("Tidak ada perubahan")
    HELD = "held", _("Ditahan")
    FAILED = "failed", _("Gagal")
    DISCARDED = "discarded", _("Dibuang")
    REPLACED = "replaced", _("Diganti daftar yang lebih baru")


class Doubt(models.TextChoices):
    """Why a list is not believed."""

    MISSING = "missing", _("Terlalu banyak kode hilang")
    WILD = "wild", _("Harga melompat terlalu jauh")


class SyncRun(models.Model):
    """One fetch of one supplier's list, and what became of it. `trouble` is a `suppliers.base.Trouble`."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.RUNNING)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    fetched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, blank=True)
    doubt = models.CharField(max_length=10, choices=Doubt, blank=True)
    digest = models.CharField(max_length=40, blank=True)
    rows = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0, help_text="lines that could not be used")
    new = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    price_up = models.PositiveIntegerField(default=0)
    price_down = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    routes = models.PositiveIntegerField(default=0, help_text="routes that changed")
    prices = models.PositiveIntegerField(default=0, help_text="prices that followed")
    offers = models.JSONField(null=True, help_text="the list itself, while it is held")

    class Meta:
        db_table = "sync_run"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "supplier"],
                condition=models.Q(state="running"),
                name="one_running_sync_per_supplier",
            ),
            models.UniqueConstraint(
                fields=["dealer", "supplier"], condition=models.Q(state="held"), name="one_held_list_per_supplier"
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", offers__isnull=False) | ~models.Q(state="held"),
                name="a_held_run_keeps_its_list",
            ),
        ]
        indexes = [models.Index(fields=["dealer", "supplier", "-id"], name="sync_run_newest")]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.state}"


class SyncState(models.Model):
    """Where one supplier's sync stands: its row is the lock, `run` and `lease_until` say who is at work."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    next_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(null=True, help_text="when the supplier was last asked, whatever it said")
    synced_at = models.DateTimeField(null=True, help_text="how fresh what is in force is")
    lease_until = models.DateTimeField(null=True)
    run = models.ForeignKey(SyncRun, on_delete=models.SET_NULL, null=True, related_name="+")
    etag = models.CharField(max_length=200, blank=True)
    discarded = models.CharField(max_length=40, blank=True, help_text="digest of the list that a person discarded")
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "sync_state"
        constraints = [models.UniqueConstraint(fields=["dealer", "supplier"], name="one_sync_per_supplier")]
        indexes = [models.Index(fields=["dealer", "next_at"], name="sync_state_soonest")]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.next_at}"


class EventKind(models.TextChoices):
    """What happened to an offer, or to a product."""

    PRICE_UP = "price_up", _("Harga naik")
    PRICE_DOWN = "price_down", _("Harga turun")
    OPENED = "opened", _("Buka")
    CLOSED = "closed", _("Tutup")
    NEW = "new", _("Baru")
    GONE = "gone", _("Hilang")


class SyncEvent(models.Model):
    """One change: of a supplier's offer, or (`supplier` null) of what the dealer itself sells.

    `version` grows by dealer in the order in which transactions commit: whoever has read up to one misses nothing
    by asking for what is above it. `old` and `new` are rupiah where the kind speaks of a price, `tier` whose.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=EventKind)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    run = models.ForeignKey(SyncRun, on_delete=models.PROTECT, null=True, related_name="events")
    sku = models.CharField(max_length=64)
    tier = models.CharField(max_length=20, choices=Tier, blank=True)
    old = models.PositiveIntegerField(null=True)
    new = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "sync_event"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "version"], name="one_event_per_version"),
            models.CheckConstraint(
                condition=models.Q(supplier__isnull=False) | models.Q(product__isnull=False),
                name="an_event_is_about_something",
            ),
        ]
        indexes = [models.Index(fields=["dealer", "supplier", "-version"], name="sync_event_by_supplier")]

    def __str__(self) -> str:
        return f"{self.version}: {self.kind} {self.sku}"


class SyncVersion(models.Model):
    """The last number that a dealer's events have reached."""

    dealer = models.OneToOneField(Dealer, on_delete=models.PROTECT, related_name="+")
    version = models.BigIntegerField(default=0)

    class Meta:
        db_table = "sync_version"

    def __str__(self) -> str:
        return f"{self.dealer_id}: {self.version}"
