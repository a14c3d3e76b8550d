"""People: everybody who signs in, customer or staff, under one e-mail address.

What somebody may do at a dealer is a `Membership`; what somebody may do on the whole portal is
the platform role here. The address is stored in lower case, and the database insists on it.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class PlatformRole(models.TextChoices):
    """What somebody does for the portal as a whole."""

    NONE = "", _("Tidak ada")
    ADMIN = "admin", _("Admin platform")
    REVIEWER = "reviewer", _("Peninjau")
    FINANCE = "finance", _("Keuangan platform")


class UserManager(BaseUserManager["User"]):
    """Creates people; Django's own commands ask for these two names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Somebody who can sign in with `email`; stored in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A platform admin."""
        role = {"is_staff": True, "is_superuser": True, "platform_role": PlatformRole.ADMIN}
        return self.create_user(email, password, **{**role, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address, however it is spelled."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """One person, known by e-mail."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Nama"), max_length=120)
    phone = models.CharField(_("Nomor HP"), max_length=16, blank=True)
    platform_role = models.CharField(max_length=10, choices=PlatformRole, blank=True, default=PlatformRole.NONE)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "person"
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_lower_case")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """The name on screens and receipts."""
        return self.name

    def get_short_name(self) -> str:
        """The first word of the name."""
        return self.name.split(" ")[0]
