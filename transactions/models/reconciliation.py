"""A day's statement held against our books: what agrees, what differs, and what was decided about it.

A day belongs to one supplier (their statement against our attempts) or to one partner (their statement against the
orders that they sent to us). Sums are rupiah.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer, Partner
from transactions.models.catalog import Supplier
from transactions.models.incidents import Incident
from transactions.models.ledger import Transfer
from transactions.models.orders import Attempt, Order


class DayState(models.TextChoices):
    """Where a day stands."""

    AWAITED = "awaited", _("Menunggu laporan mereka")
    MATCHING = "matching", _("Sedang dicocokkan")
    PENDING = "pending", _("Menunggu kepastian")
    AGREED = "agreed", _("Cocok semua")
    DIFFERENT = "different", _("Ada selisih")
    SETTLED = "settled", _("Selesai")
    FAILED = "failed", _("Laporan tidak didapat")


class StatementSource(models.TextChoices):
    """How their side came here."""

    CONNECTOR = "connector", _("Diambil otomatis")
    UPLOAD = "upload", _("Diunggah")


class ReconcileDay(models.Model):
    """One day of one supplier or partner. The row is the lock and says when to look again; `cursor` how far it got."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="reconcile_days")
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, null=True, related_name="reconcile_days")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="reconcile_days")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=DayState, default=DayState.AWAITED)
    source = models.CharField(max_length=10, choices=StatementSource, blank=True)
    ours = models.PositiveIntegerField(default=0, help_text="sales that belong to the day here")
    theirs = models.PositiveIntegerField(default=0, help_text="lines that they report, repeats left out")
    matched = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0, help_text="without a final word yet: asked again")
    different = models.PositiveIntegerField(default=0, help_text="differences found, decided ones included")
    repeats = models.PositiveIntegerField(default=0, help_text="lines of theirs that only said the same again")
    sum_ours = models.BigIntegerField(default=0)
    sum_theirs = models.BigIntegerField(default=0)
    trouble = models.CharField(max_length=20, blank=True, help_text="a suppliers.base.Trouble")
    failures = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0, help_text="how often what waits was looked at again")
    cursor = models.CharField(max_length=120, blank=True, help_text="the last difference that was written")
    next_at = models.DateTimeField(null=True, help_text="when there is something to do")
    lease_until = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "reconcile_day"
        ordering = ["-day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "supplier", "day"], name="one_reconciliation_per_supplier_and_day"
            ),
            models.UniqueConstraint(fields=["dealer", "partner", "day"], name="one_reconciliation_per_partner_and_day"),
            models.CheckConstraint(
                condition=models.Q(supplier__isnull=False, partner__isnull=True)
                | models.Q(supplier__isnull=True, partner__isnull=False),
                name="a_reconciliation_is_with_one_side",
            ),
        ]
        indexes = [models.Index(fields=["dealer", "-day", "id"], name="reconcile_day_newest")]

    def __str__(self) -> str:
        return f"{self.day}: {self.state}"

    @property
    def share(self) -> int | None:
        """Hundredths of a percent of what could be compared that agreed by itself; None where there was nothing."""
        compared = self.matched + self.different
        return self.matched * 10_000 // compared if compared else None


class ReconcileStatement(models.Model):
    """What they say about a day, line by line; a draft is an upload that nobody has confirmed yet."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    day = models.OneToOneField(ReconcileDay, on_delete=models.CASCADE, related_name="statement")
    lines = models.JSONField(null=True)
    draft = models.JSONField(null=True)
    draft_digest = models.CharField(max_length=40, blank=True)
    draft_name = models.CharField(max_length=80, blank=True)
    draft_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "reconcile_statement"

    def __str__(self) -> str:
        return f"statement of {self.day_id}"


class DifferenceKind(models.TextChoices):
    """What disagrees."""

    MISSING_HERE = "missing_here", _("Hanya ada di laporan mereka")
    MISSING_THERE = "missing_there", _("Tidak ada di laporan mereka")
    PRICE = "price", _("Harga berbeda")
    OUTCOME = "outcome", _("Hasil berbeda")
    CONTENT = "content", _("Nomor, produk atau SN berbeda")
    DUPLICATE = "duplicate", _("Dilaporkan dua kali")


class DifferenceState(models.TextChoices):
    """Where a difference stands."""

    OPEN = "open", _("Belum diputuskan")
    PROPOSED = "proposed", _("Menunggu orang kedua")
    WAITING = "waiting", _("Menunggu koreksi mereka")
    RESOLVED = "resolved", _("Selesai")


class Resolution(models.TextChoices):
    """What a person said about a difference; *vanished* is nobody's word: a later statement agreed."""

    ACCEPT = "accept", _("Angka mereka benar")
    WRITE_OFF = "write_off", _("Tanggung sebagai rugi")
    WAIT = "wait", _("Mereka akan mengoreksi")
    MISTAKEN = "mistaken", _("Buku kita benar, tanpa pembukuan")
    INCIDENT = "incident", _("Jadikan insiden")
    VANISHED = "vanished", _("Cocok kemudian")


BOOKED = (Resolution.ACCEPT, Resolution.WRITE_OFF)
"""The resolutions that move money: each with exactly one transfer, `reconcile:<id>`."""
_BOOKS = models.Q(state="resolved", resolution__in=["accept", "write_off"])


class Difference(models.Model):
    """One thing about which their statement and our books disagree, as both sides had it when it was found.

    `amount` is theirs less ours, in rupiah. `ours` and `theirs` hold the fields of a `StatementLine`.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    day = models.ForeignKey(ReconcileDay, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=15, choices=DifferenceKind)
    key = models.CharField(max_length=90, help_text="the reference in one spelling")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    amount = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=DifferenceState, default=DifferenceState.OPEN)
    resolution = models.CharField(max_length=10, choices=Resolution, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="+")
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "reconcile_difference"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "day", "kind", "key"],
                condition=~models.Q(state="resolved"),
                name="one_open_difference_per_line",
            ),
            models.UniqueConstraint(fields=["dealer", "transfer"], name="one_difference_per_booking"),
            models.CheckConstraint(
                condition=(_BOOKS & models.Q(transfer__isnull=False)) | (~_BOOKS & models.Q(transfer__isnull=True)),
                name="a_difference_books_what_it_says",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="resolved") | ~models.Q(resolution=""),
                name="a_resolved_difference_says_how",
            ),
        ]
        indexes = [models.Index(fields=["dealer", "day", "state", "id"], name="difference_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def booking(self) -> str:
        """The reference of its transfer, if there is or will be one."""
        return f"reconcile:{self.pk}"
