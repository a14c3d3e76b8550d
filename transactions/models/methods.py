"""How a dealer is paid without a gateway: its QRIS sticker, and its bank accounts.

Neither is ever changed: another sticker or account is another row, so that an order's page goes on showing
what the buyer was told to pay to.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer

MADE_REFERENCE = "csv:"
"""What a reference begins with that the bank did not give: it was made of what its line says."""


class Qris(models.Model):
    """A dealer's static QRIS as an acquirer printed it; the open one makes the codes of today."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="qris_codes")
    payload = models.CharField(max_length=512)
    merchant_name = models.CharField(_("Nama penerima"), max_length=25)
    city = models.CharField(_("Kota"), max_length=15)
    nmid = models.CharField("NMID", max_length=20)
    is_open = models.BooleanField(_("Dipakai"), default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "qris"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dealer"], condition=models.Q(is_open=True), name="one_open_qris_per_dealer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.merchant_name} {self.nmid}"


class BankAccount(models.Model):
    """A bank account that buyers transfer to. `code` is its account in the book: `bank:<code>`."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="bank_accounts")
    code = models.CharField(max_length=15)
    bank = models.CharField(_("Bank"), max_length=30)
    number = models.CharField(_("Nomor rekening"), max_length=20)
    holder = models.CharField(_("Atas nama"), max_length=60)
    is_open = models.BooleanField(_("Dipakai"), default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "bank_account"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "code"], name="one_bank_account_per_code"),
            models.UniqueConstraint(fields=["dealer", "bank", "number"], name="one_bank_account_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"

    @property
    def tail(self) -> str:
        """The bank and the last four digits, as lists name it."""
        return f"{self.bank} ••{self.number[-4:]}"


class LineState(models.TextChoices):
    """What became of money that came into a bank account."""

    OPEN = "open", _("Belum dicocokkan")
    MATCHED = "matched", _("Dicocokkan")
    SENT_BACK = "sent_back", _("Dikirim balik")


class BankLine(models.Model):
    """One line of a bank statement that staff entered: money that came in, once per reference of the bank.

    As long as it is open its rupiah lie in `suspense:<account code>`, and a task says so.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="bank_lines")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    day = models.DateField(_("Tanggal"))
    amount = models.PositiveBigIntegerField()
    note = models.CharField(_("Pengirim atau berita"), max_length=120, blank=True)
    reference = models.CharField(_("Referensi bank"), max_length=60)
    state = models.CharField(max_length=10, choices=LineState, default=LineState.OPEN)
    sent_back_by = models.CharField(_("Bukti kirim balik"), max_length=60, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bank_line"
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "account", "reference"], name="one_line_per_bank_reference"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_bank_line_is_positive"),
        ]
        indexes = [models.Index(fields=["dealer", "state", "id"], name="bank_line_by_state")]

    def __str__(self) -> str:
        return self.reference

    @property
    def bank_reference(self) -> str:
        """The reference as the bank gave it; "" where it gave none, and ours is made of the line."""
        return "" if self.reference.startswith(MADE_REFERENCE) else self.reference
