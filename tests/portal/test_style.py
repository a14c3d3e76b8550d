"""The style block of a page is exactly what the page's policy allows."""

import base64
import hashlib
import re

import pytest
from django.test import Client, RequestFactory

from portal.lib import style
from tests import factories

pytestmark = pytest.mark.django_db


def _hashes(page: str) -> list[str]:
    blocks = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}'" for css in blocks]


def _allowed(policy: str) -> list[str]:
    return next(part.split()[1:] for part in policy.split(";") if part.split()[0] == "style-src")


@pytest.mark.parametrize("colour", ["#0b6b55", "#1f4f8f"])
def test_a_shop_page_allows_its_one_style_block_and_nothing_else(client: Client, colour: str) -> None:
    dealer = factories.dealer(brand_colour=colour)
    answer = client.get(f"/k/{dealer.slug}/")
    hashes = _hashes(answer.content.decode())
    assert len(hashes) == 1
    assert _allowed(answer["Content-Security-Policy"]) == ["'self'", *hashes]
    assert 'rel="stylesheet"' not in answer.content.decode()


def test_the_shops_colour_stands_in_the_block() -> None:
    css = style.sheet("#1f4f8f").css
    assert css.rindex("--brand:#1f4f8f") > css.index("--brand:#0b6b55")


def test_the_block_is_small_and_says_the_same() -> None:
    css = style.sheet(style.DEFAULT_COLOUR).css
    assert "/*" not in css
    assert "\n" not in css
    assert css.count("{") == css.count("}")


@pytest.mark.parametrize("colour", ["", "red", "#FFF", "#1f4f8f;}</style>"])
def test_what_is_no_colour_never_reaches_the_page(colour: str) -> None:
    assert style.sheet(colour) == style.sheet(style.DEFAULT_COLOUR)
    assert style.palette(colour).css == ""


def test_a_desk_page_carries_only_the_colour(client: Client) -> None:
    dealer = factories.dealer(brand_colour="#1f4f8f")
    client.force_login(factories.member(dealer), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/desk/")
    page = answer.content.decode()
    assert re.findall(r"<style>", page) == ["<style>"]
    assert len(re.findall(r"<style>(.*?)</style>", page)[0]) < 400
    assert _allowed(answer["Content-Security-Policy"]) == ["'self'", *_hashes(page)]
    assert "/static/konter.css" in page


def test_a_page_without_a_block_allows_none() -> None:
    request = RequestFactory().get("/")
    assert style.written(request, style.palette(style.DEFAULT_COLOUR)) == ""
    assert not hasattr(request, "_style_hashes")


def test_a_page_that_was_not_found_has_its_style_too(client: Client) -> None:
    answer = client.get("/k/tidak-ada/")
    assert answer.status_code == 404
    hashes = _hashes(answer.content.decode())
    assert len(hashes) == 1
    assert _allowed(answer["Content-Security-Policy"]) == ["'self'", *hashes]


@pytest.mark.parametrize("colour", [style.DEFAULT_COLOUR, "#1f4f8f"])
def test_the_samples_hold_both_palettes(colour: str) -> None:
    css = style.samples(colour).css
    light, dark = css.split(".on-dark")
    assert "--paper:#fffdf9" in light
    assert "--paper:#17191d" in dark
    assert css.count("color-scheme") == 2
