"""The tenant: a dealer, its outlets, and who works there."""

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does at a dealer; what that allows is in `dealers/access.py`."""

    OWNER = "owner", _("Pemilik")
    MANAGER = "manager", _("Manajer")
    CASHIER = "cashier", _("Kasir")
    CS = "cs", _("Layanan pelanggan")
    TRAINER = "trainer", _("Pelatih")


class Zone(models.TextChoices):
    """The three zones of Indonesia, as people name them."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class Dealer(models.Model):
    """A pulsa dealer with a site of its own. Dealer zero is the operator of the portal."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("Nama toko"), max_length=80)
    is_zero = models.BooleanField(default=False)
    regency = models.CharField(_("Kabupaten/kota"), max_length=80, blank=True)
    address = models.CharField(_("Alamat"), max_length=200, blank=True)
    phone = models.CharField(_("Telepon"), max_length=16, blank=True)
    time_zone = models.CharField(_("Zona waktu"), max_length=20, choices=Zone, default=Zone.WIB)
    brand_colour = models.CharField(
        _("Warna toko"), max_length=7, default="#0b6b55", validators=[RegexValidator(r"^#[0-9a-f]{6}$")]
    )
    is_open = models.BooleanField(_("Buka"), default=True)
    closed_note = models.CharField(_("Keterangan tutup"), max_length=120, blank=True)
    cancel_seconds = models.PositiveSmallIntegerField(
        _("Waktu batal (detik)"), default=0, validators=[MaxValueValidator(30)]
    )
    four_eyes_above = models.PositiveBigIntegerField(
        _("Dua orang di atas"),
        default=500_000,
        help_text=_("Keputusan atas jumlah yang lebih besar perlu orang kedua."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "dealer"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_zero"], condition=models.Q(is_zero=True), name="one_dealer_zero"),
            models.CheckConstraint(condition=models.Q(cancel_seconds__lte=30), name="cancel_window_at_most_30_seconds"),
        ]

    def __str__(self) -> str:
        return self.name


class Outlet(models.Model):
    """A place where the dealer serves people in person."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="outlets")
    name = models.CharField(_("Nama gerai"), max_length=80)
    address = models.CharField(_("Alamat"), max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "outlet"
        constraints = [models.UniqueConstraint(fields=["dealer", "name"], name="one_outlet_per_name")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody works at a dealer, in one role."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["dealer", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"
