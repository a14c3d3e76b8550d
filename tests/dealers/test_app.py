"""A shop on the home screen: its name, its colour, its letter, and no other shop in its frame."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from dealers import icons
from dealers.icons import Face, Picture
from dealers.models import Dealer
from tests import factories

pytestmark = pytest.mark.django_db


def _manifest(client: Client, dealer: Dealer) -> dict[str, Any]:
    answer = client.get(f"/k/{dealer.slug}/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    found: dict[str, Any] = json.loads(answer.content)
    return found


def _dealer(**fields: str) -> Dealer:
    dealer = factories.dealer()
    for name, value in fields.items():
        setattr(dealer, name, value)
    dealer.save(update_fields=list(fields))
    return dealer


def test_a_shop_is_installed_under_its_own_name_and_colour(client: Client) -> None:
    dealer = _dealer(name="Berkah Cell", brand_colour="#a03020")
    found = _manifest(client, dealer)
    assert (found["name"], found["short_name"], found["theme_color"]) == ("Berkah Cell", "Berkah Cell", "#a03020")


def test_the_frame_of_an_installed_shop_holds_this_shop_only(client: Client) -> None:
    dealer = factories.dealer()
    found = _manifest(client, dealer)
    assert {found["id"], found["start_url"], found["scope"]} == {f"/k/{dealer.slug}/"}


@pytest.mark.parametrize(
    ("name", "short"),
    [("Berkah Cell", "Berkah Cell"), ("Toko Sinar Pulsa Makassar", "Toko Sinar"), ("Pulsasejahtera", "Pulsasejahte")],
)
def test_a_long_name_is_cut_between_words_where_it_can_be(client: Client, name: str, short: str) -> None:
    assert _manifest(client, _dealer(name=name))["short_name"] == short


def test_every_icon_of_the_manifest_is_there_in_its_size_and_kept_for_ever(client: Client) -> None:
    for icon in _manifest(client, factories.dealer())["icons"]:
        answer = client.get(icon["src"])
        assert (answer.status_code, answer["Content-Type"]) == (200, icon["type"])
        assert "immutable" in answer["Cache-Control"]
        if icon["type"] == "image/png":
            width, height = Image.open(io.BytesIO(answer.content)).size
            assert icon["sizes"] == f"{width}x{height}"
            assert len(answer.content) < 8192


def test_an_icon_under_an_older_address_is_kept_for_an_hour_only(client: Client) -> None:
    dealer = factories.dealer()
    answer = client.get(f"/k/{dealer.slug}/icon-192.png?v=older")
    assert answer["Cache-Control"] == "public, max-age=3600"


def test_another_letter_or_colour_has_another_address() -> None:
    faces = [Face("A", "#0b6b55"), Face("B", "#0b6b55"), Face("A", "#a03020")]
    assert len({face.fingerprint for face in faces}) == 3


@pytest.mark.parametrize(("name", "letter"), [("berkah", "B"), ("(9) Sembilan", "9"), ("Élite", "E"), ("ꦏꦺꦴꦤ꧀ꦠꦼꦂ", "T")])
def test_the_icon_shows_the_first_sign_that_can_be_drawn(name: str, letter: str) -> None:
    assert icons.face(Dealer(name=name, slug="toko", brand_colour="#0b6b55")).letter == letter


@pytest.mark.parametrize(("colour", "ink"), [("#0b6b55", "#ffffff"), ("#ffe14d", "#191b1f"), ("#000000", "#ffffff")])
def test_the_letter_stands_out_from_its_colour(colour: str, ink: str) -> None:
    assert Face("A", colour).ink == ink
    assert f'fill="{ink}"' in icons.svg(Face("A", colour))


def _is_near(found: object, wanted: tuple[int, ...]) -> bool:
    """A palette of 32 colours may be one step off."""
    assert isinstance(found, tuple)
    return all(abs(one - other) <= 2 for one, other in zip(found, wanted, strict=True))


def _drawn(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(icons.png(Face("M", "#0b6b55"), picture))).convert("RGBA")


def test_an_icon_that_the_phone_cuts_has_its_letter_inside_the_middle_circle() -> None:
    image = _drawn(Picture.MASKABLE)
    pixels = image.load()
    assert pixels is not None
    light = [
        (x - 255.5, y - 255.5)
        for x in range(512)
        for y in range(512)
        if pixels[x, y][0] > 128  # type: ignore[index]
    ]
    assert light
    assert max((x * x + y * y) ** 0.5 for x, y in light) < 0.4 * 512
    assert _is_near(pixels[0, 0], (11, 107, 85, 255))
    assert _is_near(pixels[511, 511], (11, 107, 85, 255))


def test_an_icon_that_stays_as_it_is_has_round_corners() -> None:
    image = _drawn(Picture.SMALL)
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert _is_near(image.getpixel((96, 8)), (11, 107, 85, 255))
