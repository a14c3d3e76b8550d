"""`{% wallets_of user %}`: the block of a person's account page that speaks of money and orders."""

from typing import Any

from django import template

from dealers.models import User
from transactions import wallets

register = template.Library()


@register.inclusion_tag("transactions/account/_wallets.html")
def wallets_of(user: User) -> dict[str, Any]:
    """What the person has at each dealer, and the newest orders there."""
    return {"purses": wallets.purses(user)}
