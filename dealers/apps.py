"""The dealers app: tenants, people, partners, the site."""

from django.apps import AppConfig


class DealersConfig(AppConfig):
    name = "dealers"
    verbose_name = "Dealers"
