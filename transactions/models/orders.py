"""An order, what was tried to fulfil it, and everything that happened to it.

The number that is topped up stands in `Order.destination` and in the raw `Exchange` only; the
append-only tables hold ids, so that a person's data can be erased without touching the ledger.
"""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer, Outlet, Partner
from transactions.models.catalog import Product, Route, Supplier
from transactions.models.ledger import Account


class Status(models.TextChoices):
    """Where an order stands; who may move it is in `transactions/states.py`."""

    AWAITING_PAYMENT = "awaiting_payment", _("Menunggu pembayaran")
    PAID = "paid", _("Dibayar")
    PROCESSING = "processing", _("Sedang dikirim")
    SUCCEEDED = "succeeded", _("Berhasil")
    FAILED = "failed", _("Tidak berhasil")
    EXPIRED = "expired", _("Kedaluwarsa")
    CANCELLED = "cancelled", _("Dibatalkan")


class Channel(models.TextChoices):
    """Through which door an order came."""

    WEB = "web", _("Situs")
    COUNTER = "counter", _("Gerai")
    PARTNER = "partner", _("Mitra")


class Order(models.Model):
    """One sale of one product to one number. All sums are rupiah."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    code = models.CharField(max_length=11, unique=True)
    secret = models.CharField(max_length=32)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, db_index=False)
    destination = models.CharField(max_length=32)
    price = models.PositiveBigIntegerField()
    max_cost = models.PositiveBigIntegerField(help_text="the most that may be paid to a supplier, rupiah")
    cost = models.PositiveBigIntegerField(null=True, help_text="what the supplier took, rupiah")
    status = models.CharField(max_length=20, choices=Status)
    channel = models.CharField(max_length=10, choices=Channel)
    gateway = models.CharField(max_length=20)
    reason = models.CharField(max_length=20, blank=True)
    rc = models.CharField(max_length=12, blank=True)
    sn = models.CharField(max_length=120, blank=True)
    wallet = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, null=True, db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, db_index=False)
    ref_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  null where nobody gave one: unique
    form_token = models.CharField(max_length=64, null=True)  # noqa: DJ001  null where no form was sent: unique
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "form_token"], name="one_order_per_form_token"),
            models.UniqueConstraint(fields=["dealer", "partner", "ref_id"], name="one_order_per_ref_id"),
            models.UniqueConstraint(fields=["dealer", "id"], name="an_order_in_its_dealer"),
            models.CheckConstraint(condition=models.Q(price__gt=0), name="an_order_has_a_price"),
            models.CheckConstraint(
                condition=models.Q(partner__isnull=True, ref_id__isnull=True)
                | models.Q(partner__isnull=False, ref_id__isnull=False),
                name="a_partner_order_has_a_ref_id",
            ),
        ]
        indexes = [
            models.Index(fields=["dealer", "-created_at"], name="orders_newest"),
            models.Index(fields=["dealer", "status", "-created_at"], name="orders_by_status"),
            models.Index(fields=["dealer", "destination", "-created_at"], name="orders_by_destination"),
            models.Index(fields=["dealer", "customer"], name="orders_by_customer"),
            models.Index(fields=["dealer", "partner", "-created_at"], name="orders_by_partner"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_final(self) -> bool:
        """Whether the order has ended; what comes later is its own transfer."""
        return self.status in {Status.SUCCEEDED, Status.FAILED, Status.EXPIRED, Status.CANCELLED}


class OrderEvent(models.Model):
    """One change of an order, payment or attempt: append-only, ids only."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=40)
    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20, blank=True)
    attempt_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "order_event"
        ordering = ["id"]
        indexes = [models.Index(fields=["dealer", "order", "id"], name="order_event_by_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.old} → {self.new}"


class Attempt(models.Model):
    """One request to one supplier. *Pending* includes unknown; an outcome is final."""

    class Outcome(models.TextChoices):
        """What is known of it."""

        PENDING = "pending", _("Menunggu")
        SUCCEEDED = "succeeded", _("Berhasil")
        FAILED = "failed", _("Gagal")

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attempts")
    route = models.ForeignKey(Route, on_delete=models.SET_NULL, null=True, db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    supplier_sku = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=40)
    cost = models.PositiveBigIntegerField(help_text="expected at first, then what the supplier took, rupiah")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PENDING)
    sends = models.PositiveIntegerField(default=0, help_text="how often the request was sent, checks included")
    first_sent_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rc = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    message = models.CharField(max_length=200, blank=True)
    sn = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "attempt"
        ordering = ["number"]
        constraints = [
            # The database itself refuses to send the same order twice.
            models.UniqueConstraint(
                fields=["dealer", "order"], condition=~models.Q(outcome="failed"), name="one_live_attempt_per_order"
            ),
            models.UniqueConstraint(fields=["dealer", "reference"], name="one_attempt_per_reference"),
            models.UniqueConstraint(fields=["dealer", "order", "number"], name="attempts_are_numbered"),
        ]
        indexes = [
            # The last results of a route, of which its health is judged.
            models.Index(fields=["route", "-id"], name="attempt_by_route"),
            # A day's attempts; small, since they are written in the order of time.
            BrinIndex(fields=["first_sent_at"], name="attempt_by_time", autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.reference


class Exchange(models.Model):
    """A raw call to or from a supplier, secrets masked, at most 8 kB; partitions are dropped after 90 days."""

    dealer = models.ForeignKey(Dealer, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    attempt = models.ForeignKey(
        Attempt, on_delete=models.DO_NOTHING, related_name="exchanges", db_constraint=False, null=True
    )
    direction = models.CharField(max_length=10)
    body = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "exchange"
        ordering = ["id"]
        managed = False

    def __str__(self) -> str:
        return f"{self.direction} {self.at}"


class InboundEvent(models.Model):
    """A callback that was taken in, once per source and event: a repeat changes nothing."""

    class Effect(models.TextChoices):
        """What became of it."""

        APPLIED = "applied", _("Dipakai")
        ORPHAN = "orphan", _("Tidak dikenal")

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=60)
    event_id = models.CharField(max_length=80)
    reference = models.CharField(max_length=80, blank=True)
    effect = models.CharField(max_length=10, choices=Effect)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "inbound_event"
        constraints = [
            models.UniqueConstraint(fields=["dealer", "source", "event_id"], name="one_effect_per_inbound_event")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"


class Decision(models.Model):
    """Staff end an order that no supplier decides: proposed with a reason, above a limit approved by another."""

    class Verdict(models.TextChoices):
        """How the order is to end."""

        SUCCEEDED = "succeeded", _("Pulsa masuk")
        FAILED = "failed", _("Tidak masuk, uang kembali")

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(_("Alasan"), max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "decision"
        constraints = [models.UniqueConstraint(fields=["dealer", "order"], name="one_decision_per_order")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.verdict}"
