"""A dealer's colour that could not be read is kept as chosen, shown darker, and said to be so."""

import pytest
from django.test import Client

from dealers.models import Dealer, User
from tests import factories
from tests.transactions.storefront_rig import text_of

pytestmark = pytest.mark.django_db
TOO_LIGHT = "terlalu muda untuk tulisan"


def _saved(colour: str) -> tuple[str, Dealer]:
    dealer = factories.dealer()
    admin = User.objects.create_superuser("admin@contoh.test", "konter-test-123", name="Admin")
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    fields = {
        "name": dealer.name,
        "time_zone": dealer.time_zone,
        "brand_colour": colour,
        "is_open": "on",
        "cancel_seconds": "0",
        "four_eyes_above": "500000",
    }
    answer = client.post(f"/admin/dealers/dealer/{dealer.pk}/change/", fields, follow=True)
    dealer.refresh_from_db()
    return text_of(answer), dealer


def test_a_colour_that_is_too_light_is_said_to_appear_darker() -> None:
    page, dealer = _saved("#ffd400")
    assert TOO_LIGHT in page
    assert dealer.brand_colour == "#ffd400"


def test_a_colour_that_can_be_read_needs_no_words() -> None:
    page, dealer = _saved("#1f4f8f")
    assert TOO_LIGHT not in page
    assert dealer.brand_colour == "#1f4f8f"


def test_what_is_no_colour_is_refused() -> None:
    _page, dealer = _saved("yellow")
    assert dealer.brand_colour == "#0b6b55"
