"""The landing page is light: it must open on a slow line and a cheap phone."""

import gzip
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from django.conf import settings

from tests.transactions.storefront_rig import storefront

pytestmark = pytest.mark.django_db

STATIC = Path(settings.BASE_DIR) / "static"
KB = 1024


def _on_the_wire(name: str) -> int:
    return len(brotli.compress((STATIC / name).read_bytes()))


def test_page_style_and_script_together_stay_under_twenty_kilobytes() -> None:
    here = storefront()
    page = here.browser.get(here.address, headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    loaded = set(re.findall(r'(?:src|href)="/static/([^"]+)"', gzip.decompress(page.content).decode()))
    assert loaded == {"favicon.svg", "sale.js"}
    assert len(page.content) < 12 * KB
    assert len(page.content) + sum(_on_the_wire(name) for name in loaded) < 20 * KB


@pytest.mark.parametrize(("name", "most"), [("konter.css", 6 * KB), ("sale.js", 1.5 * KB), ("order.js", 1.5 * KB)])
def test_each_file_keeps_to_its_size(name: str, most: float) -> None:
    assert _on_the_wire(name) <= most


def test_a_quote_for_somebody_typing_is_a_few_hundred_bytes_not_a_page() -> None:
    here = storefront()
    answer = here.browser.post(f"{here.address}quote/", {"destination": "0812"}, headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 2 * KB
