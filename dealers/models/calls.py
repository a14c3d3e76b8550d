"""What partners' machines asked of us and were told, kept for a while so that both sides can read it."""

from django.db import models

from dealers.models.dealers import Dealer
from dealers.models.partners import Partner

LONGEST_BODY = 2_000
"""Characters of a request and of an answer that are kept."""
LONGEST_PATH = 300
BLOCKED_CODES = ("address_not_allowed", "45")
"""The call came from an address that the partner does not call from: one word for each dialect."""


class Dialect(models.TextChoices):
    """In which language a machine spoke."""

    NATIVE = "native", "Konter"
    DIGIFLAZZ = "digiflazz", "Digiflazz"


class PartnerCall(models.Model):
    """One call of a known partner's machine, taken or refused. Numbers are cut to their ends, secrets hidden.

    Written by `dealers/sql/call_log_v1.sql` alone.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="calls")
    at = models.DateTimeField(help_text="when the answer was made")
    key_name = models.CharField(max_length=12, blank=True, help_text="empty: of none of its keys")
    is_sandbox = models.BooleanField()
    dialect = models.CharField(max_length=10, choices=Dialect)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=LONGEST_PATH, help_text="with its query")
    ref_id = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True, help_text="a problem's code, or the protocol's rc")
    ms = models.PositiveIntegerField()
    address = models.CharField(max_length=45)
    request_id = models.CharField(max_length=64)
    request = models.TextField(blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        db_table = "partner_call"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["dealer", "partner", "-id"], name="partner_call_newest"),
            models.Index(fields=["dealer", "at"], name="partner_call_by_age"),
            models.Index(
                fields=["dealer", "partner", "-id"],
                name="partner_call_blocked",
                condition=models.Q(code__in=BLOCKED_CODES),
            ),
            models.Index(
                fields=["dealer", "partner", "ref_id"], name="partner_call_by_ref", condition=~models.Q(ref_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.request_id
