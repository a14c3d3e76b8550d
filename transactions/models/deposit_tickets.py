"""Money that a partner announces: how much it will transfer, to which account, and the bank line that it was."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealers.models import Dealer, Partner
from transactions.models.ledger import Transfer
from transactions.models.methods import BankAccount, BankLine

LONGEST_PROOF = 100
LARGEST_EXTRA = 999


class TicketState(models.TextChoices):
    """Where a ticket stands."""

    OPEN = "open", pgettext_lazy("tiket deposit", "Menunggu transfer")
    CREDITED = "credited", pgettext_lazy("tiket deposit", "Masuk saldo")
    EXPIRED = "expired", pgettext_lazy("tiket deposit", "Habis waktu")
    CANCELLED = "cancelled", pgettext_lazy("tiket deposit", "Dibatalkan")


class TicketSource(models.TextChoices):
    """By which way it was opened."""

    API = "api", "API"
    DIGIFLAZZ = "digiflazz", "Digiflazz"
    DESK = "desk", pgettext_lazy("tiket deposit", "Meja toko")


class DepositTicket(models.Model):
    """A partner's deposit on its way: `amount` is what to transfer, `asked` and a few `extra` rupiah that name it.

    Credited is what came, whatever was asked; then `line`, `transfer` and `came` say so.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="deposit_tickets")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="deposit_tickets")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="deposit_tickets")
    code = models.CharField(max_length=11)
    source = models.CharField(max_length=10, choices=TicketSource)
    ref_id = models.CharField(max_length=64, blank=True, help_text="the partner's own, if it gave one")
    payer = models.CharField(max_length=60, blank=True, help_text="whose bank account it will come from")
    asked = models.PositiveBigIntegerField()
    extra = models.PositiveSmallIntegerField()
    amount = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=TicketState, default=TicketState.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    proof = models.CharField(_("Bukti transfer"), max_length=LONGEST_PROOF, blank=True)
    claimed_at = models.DateTimeField(null=True)
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, null=True, related_name="deposit_tickets")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, related_name="+")
    came = models.PositiveBigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "deposit_ticket"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "code"], name="one_deposit_ticket_per_code"),
            models.UniqueConstraint(
                fields=["dealer", "partner", "ref_id"],
                condition=~models.Q(ref_id=""),
                name="one_deposit_ticket_per_ref_id",
            ),
            # The amount itself says whose money it is.
            models.UniqueConstraint(
                fields=["dealer", "account", "amount"],
                condition=models.Q(state="open"),
                name="one_open_deposit_ticket_per_amount",
            ),
            models.UniqueConstraint(fields=["dealer", "line"], name="a_bank_line_is_one_deposit"),
            models.UniqueConstraint(fields=["dealer", "transfer"], name="a_deposit_is_booked_once"),
            models.CheckConstraint(
                condition=models.Q(asked__gt=0, amount=models.F("asked") + models.F("extra")),
                name="a_deposit_asks_for_its_extra",
            ),
            models.CheckConstraint(
                condition=models.Q(extra__range=(1, LARGEST_EXTRA)) | models.Q(extra=0, source="desk"),
                name="only_the_desk_credits_without_an_extra",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="credited", line__isnull=False, transfer__isnull=False, came__isnull=False, came__gt=0
                )
                | (~models.Q(state="credited") & models.Q(line=None, transfer=None, came=None)),
                name="credited_is_what_a_line_brought",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", finished_at=None)
                | (~models.Q(state="open") & models.Q(finished_at__isnull=False)),
                name="a_deposit_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["dealer", "partner", "-id"], name="deposit_ticket_newest"),
            models.Index(fields=["dealer", "state", "expires_at"], name="deposit_ticket_by_state"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether its money is waited for: open, and its time has not run out."""
        return self.state == TicketState.OPEN and self.expires_at > timezone.now()

    @property
    def standing(self) -> TicketState:
        """The state as it is now; the sweep that writes down what expired may be a minute late."""
        if self.state == TicketState.OPEN and not self.is_open:
            return TicketState.EXPIRED
        return TicketState(self.state)
