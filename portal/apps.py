"""The portal as a Django app: it brings the system checks, commands and template words, and joins the apps."""

from django.apps import AppConfig

from portal import checks

__all__ = ["PortalConfig", "checks"]


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Konter"

    def ready(self) -> None:
        """Connect the hooks once every app has its models."""
        from portal import wiring

        wiring.connect()
