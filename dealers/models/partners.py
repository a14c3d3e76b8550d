"""A partner buys from a dealer by machine: another dealer on this portal, or a system outside.

A dealer that sells from dealer zero's stock is dealer zero's partner like any other, with its
wallet in dealer zero's book.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealers.models.dealers import Dealer

NONCE_LENGTH = 64


class PartnerState(models.TextChoices):
    """Whether a partner may buy."""

    APPLIED = "applied", _("Menunggu persetujuan")
    ACTIVE = "active", _("Aktif")
    CLOSED = "closed", _("Ditutup")


class Scope(models.TextChoices):
    """What a key opens; a sandbox key opens the same, without money."""

    BUY = "buy", _("Membeli")
    READ = "read", _("Melihat harga, pesanan, dan saldo")
    WEBHOOK = "webhook", _("Mengatur webhook")
    DEPOSIT = "deposit", _("Membuka tiket deposit")


class Partner(models.Model):
    """Who buys by machine from `dealer`, at which price tier and within which bounds. Sums are rupiah."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="partners")
    username = models.SlugField(_("Nama pengguna"), max_length=40, unique=True)
    name = models.CharField(_("Nama mitra"), max_length=80)
    buyer = models.ForeignKey(
        Dealer, on_delete=models.PROTECT, null=True, blank=True, related_name="supplied_as", help_text="on this portal"
    )
    tier = models.CharField(_("Tingkat harga"), max_length=20, default="partner")
    state = models.CharField(max_length=10, choices=PartnerState, default=PartnerState.ACTIVE, db_default="active")
    contact = models.CharField(_("Orang yang dihubungi"), max_length=80, blank=True, db_default="")
    email = models.EmailField(_("E-mail"), blank=True, db_default="")
    note = models.CharField(_("Catatan"), max_length=200, blank=True, db_default="")
    addresses = ArrayField(
        models.CharField(max_length=43),
        default=list,
        db_default=[],
        help_text="addresses and networks that may call; none listed: all may",
    )
    daily_cap = models.PositiveBigIntegerField(
        null=True, help_text="the most it may spend in a day of the dealer's; null: no bound"
    )
    always_200 = models.BooleanField(
        default=False, db_default=False, help_text="its client loses the rc of an answer with status 400"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "partner"
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "buyer"], condition=models.Q(buyer__isnull=False), name="one_partner_per_buyer"
            ),
            models.CheckConstraint(condition=~models.Q(buyer=models.F("dealer")), name="nobody_is_their_own_partner"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def wallet_key(self) -> str:
        """The key of this partner's wallet in the seller's book."""
        return f"dealer:{self.buyer_id}" if self.buyer_id else f"partner:{self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether it may buy."""
        return self.state == PartnerState.ACTIVE


class PartnerKey(models.Model):
    """One key of a partner's machine: shown once, found by `lookup`, opened only to check a signature."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=12, help_text="what people call it by; no secret")
    lookup = models.CharField(max_length=100, unique=True, help_text="a keyed hash")
    sealed = models.TextField()
    last4 = models.CharField(max_length=4)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    is_sandbox = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True, help_text="to the minute")

    class Meta:
        db_table = "partner_key"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["dealer", "name"], name="one_partner_key_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_valid(self) -> bool:
        """Whether it opens anything now."""
        return self.expires_at is None or self.expires_at > timezone.now()


class PartnerNonce(models.Model):
    """A nonce of a signed call that changes something: used once."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=NONCE_LENGTH)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "partner_nonce"
        constraints = [models.UniqueConstraint(fields=["dealer", "partner", "nonce"], name="a_nonce_is_used_once")]
        indexes = [models.Index(fields=["dealer", "at"], name="partner_nonce_by_age")]

    def __str__(self) -> str:
        return self.nonce
