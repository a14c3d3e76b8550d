"""Brands and prefixes in the platform's admin: shared by all dealers, edited as data."""

from django.contrib import admin

from portal.admin import Kept
from transactions.models import Brand, Prefix


@admin.register(Brand)
class BrandAdmin(Kept):
    """Brands that pulsa is sold under."""

    list_display = ("name", "code", "company", "position")


@admin.register(Prefix)
class PrefixAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic at run time
    """First digits of numbers; the longest match names the brand."""

    list_display = ("digits", "brand", "disputed")
    list_filter = ("brand", "disputed")
    search_fields = ("digits",)
