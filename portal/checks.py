"""Mistakes of operation that Django's system checks refuse before anything is served.

Missing secrets are refused by the settings themselves. Here stand the demo that would be reachable
from outside, and a database role from which row-level security hides nothing.
"""

import ipaddress
import ssl
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, connections


@register(Tags.security)
def demo_stays_at_home(**_kwargs: Any) -> list[CheckMessage]:
    """The demo's passwords are known to everyone, so it listens on this machine only."""
    if not settings.DEMO or settings.DEMO_PUBLIC or _is_loopback(settings.HOST):
        return []
    return [
        Error(
            f"The demo, whose passwords everyone knows, would be reachable from other machines (HOST={settings.HOST}).",
            hint="Set HOST=127.0.0.1, or KONTER_DEMO=0, or KONTER_DEMO_PUBLIC=1 if that is what you want.",
            id="konter.E001",
        )
    ]


@register(Tags.security)
def trusted_authorities_can_be_read(**_kwargs: Any) -> list[CheckMessage]:
    """A file that is missing or empty would fail every call over TLS, one by one."""
    if not settings.PROBE_CA:
        return []
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(settings.PROBE_CA)
    except OSError as error:
        hint = "Let it name a PEM file with certificates of authorities, or leave it empty."
        return [Error(f"KONTER_PROBE_CA ({settings.PROBE_CA}) cannot be used: {error}", hint=hint, id="konter.E003")]
    return []


@register(Tags.database)
def serves_with_an_ordinary_role(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Superusers and roles with BYPASSRLS see every dealer's rows whatever the policies say."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        user, unlimited = cursor.fetchone()
    if not unlimited:
        return []
    return [
        Error(
            f"The web's database role {user} is a superuser or has BYPASSRLS, which turns row-level security off.",
            hint="Let DATABASE_URL name konter_app; migrations use DATABASE_OWNER_URL.",
            id="konter.E002",
        )
    ]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
