"""A verdict that contradicts a final one: never swallowed, booked only by a person's word."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.models.orders import Attempt, Order
from transactions.models.refunds import Refund


class IncidentKind(models.TextChoices):
    """Which contradiction."""

    LATE_SUCCESS = "late_success", _("Berhasil setelah uang dikembalikan")
    REVERSAL = "reversal", _("Dibatalkan pemasok setelah berhasil")
    LATE_PAYBACK = "late_payback", _("Kanal ternyata sudah mengembalikan uang")


class Incident(models.Model):
    """What a supplier, or a gateway about a refund, said too late, and the booking that it asks for."""

    class State(models.TextChoices):
        """Who has looked at it."""

        OPEN = "open", _("Terbuka")
        BOOKED = "booked", _("Dibukukan")
        DISMISSED = "dismissed", _("Ditolak")

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="incidents")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="incidents")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=IncidentKind)
    raw_reference = models.CharField(max_length=120, help_text="rc, SN and message as the supplier gave them")
    proposal = models.CharField(max_length=20, help_text="the booking proposed: recapture, late_loss, reversal")
    cost = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    withdrawn_at = models.DateTimeField(null=True, help_text="while open: the supplier now says the opposite again")
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "incident"
        ordering = ["-opened_at"]
        constraints = [
            # A supplier may change its word for ever; what it says meanwhile is the open incident's business.
            models.UniqueConstraint(
                fields=["dealer", "attempt"], condition=models.Q(state="open"), name="one_open_incident_per_attempt"
            ),
            # A gateway's payment is one incident for ever, however often the gateway speaks of it.
            models.UniqueConstraint(
                fields=["dealer", "refund", "raw_reference"],
                condition=models.Q(refund__isnull=False),
                name="one_incident_per_late_payback",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="late_payback", attempt__isnull=True, refund__isnull=False)
                | (~models.Q(kind="late_payback") & models.Q(attempt__isnull=False, refund__isnull=True)),
                name="an_incident_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"
