"""People and dealers in the platform's admin."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dealers.forms import email_field
from dealers.models import Dealer, User
from portal.admin import Kept
from portal.lib import colour


class AdminSignInForm(AdminAuthenticationForm):
    """An address in one spelling: the lock after wrong passwords counts per address."""

    username = email_field(autofocus=True)


class NewPersonForm(AdminUserCreationForm):  # type: ignore[type-arg]  # no generic at run time
    """Somebody new, by e-mail."""

    email = email_field()

    class Meta:
        model = User
        fields = ("email", "name")


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """Somebody known."""

    email = email_field()

    class Meta:
        model = User
        fields = ("email", "name", "phone", "platform_role", "is_active", "is_staff", "is_superuser")


admin.site.login_form = AdminSignInForm


@admin.register(User)
class PersonAdmin(Kept, UserAdmin):  # type: ignore[type-arg]  # no generic at run time
    """People: switched off, never removed, since orders and bookings name them."""

    form = PersonForm
    add_form = NewPersonForm
    list_display = ("email", "name", "platform_role", "is_active")
    list_filter = ("platform_role", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "phone")}),
        (_("Hak"), {"fields": ("platform_role", "is_active", "is_staff", "is_superuser")}),
        (_("Waktu"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)


@admin.register(Dealer)
class DealerAdmin(Kept):
    """Dealers of the portal.

    None is added here: a dealer begins together with its book and its owner, by `manage.py open_dealer`.
    """

    list_display = ("name", "slug", "regency", "is_open", "is_zero")
    search_fields = ("name", "slug", "regency")
    list_filter = ("is_open", "time_zone")
    readonly_fields: ClassVar[tuple[str, ...]] = ("created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's
        """Nobody."""
        return False

    def save_model(self, request: HttpRequest, obj: Dealer, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Say so when the colour is too light to be shown as it is."""
        super().save_model(request, obj, form, change)
        shown = colour.shades(obj.brand_colour, colour.LIGHT).brand
        if "brand_colour" in form.changed_data and shown != obj.brand_colour:
            words = _("Warna ini terlalu muda untuk tulisan; di layar tampil lebih gelap (%(shown)s) supaya terbaca.")
            messages.warning(request, words % {"shown": shown})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002  Django's
        """A dealer's address is on receipts and in bookmarks: it is chosen once."""
        return (*self.readonly_fields, "slug", "is_zero") if obj else self.readonly_fields
