"""How much and how often machines may call, whatever they speak."""

from django.http import HttpRequest

MOST_BYTES = 64 * 1024
CALLS_PER_MINUTE = 1_200
"""For each key; as many may come at once."""
STRANGERS_PER_MINUTE = 120
"""Calls without a valid key that one address may make."""


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body is over the bound; by its announced length first, so that no more of it is read."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return not announced.isdecimal() or int(announced) > MOST_BYTES or len(request.body) > MOST_BYTES
