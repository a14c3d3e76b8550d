"""The platform's admin site: tables that belong to no dealer, for platform admins alone.

What belongs to a dealer is behind row-level security and is worked on at the dealer's desk. Nothing is
deleted here that others may point to: the admin cannot see the rows of the dealers, so it could not tell.
"""

from django.contrib import admin
from django.contrib.auth import admin as _registers_group  # noqa: F401  only what is registered can be taken out
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("Admin portal Konter")
admin.site.site_title = _("Admin Konter")
admin.site.index_title = _("Tabel bersama")
# What somebody may do is a role, in one table of the code; groups would be a second one.
admin.site.unregister(Group)


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic at run time
    """A table whose rows are changed, and never removed."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Nobody."""
        return False
