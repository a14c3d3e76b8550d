"""A shop's icon: the first letter of its name on its colour, as SVG and PNG, for the phone's home screen.

Nothing is uploaded and nothing is stored: the same letter and colour always give the same picture.
"""

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from html import escape

from dealers.models import Dealer

_STYLE = "1"
"""Part of every fingerprint: raise it when the drawing changes."""
_INK, _PAPER = "#191b1f", "#ffffff"


class Picture(StrEnum):
    """The PNGs that a manifest names, by the last part of their address."""

    SMALL = "192"
    LARGE = "512"
    MASKABLE = "maskable"
    """Colour to the edge and the letter inside the middle circle: the phone cuts its own shape out of it."""

    @property
    def pixels(self) -> int:
        """Width and height."""
        return 192 if self == Picture.SMALL else 512


@dataclass(frozen=True)
class Face:
    """What an icon shows."""

    letter: str
    colour: str

    @property
    def ink(self) -> str:
        """The letter's colour: the one of dark and white that stands out more."""
        lightness = _luminance(self.colour)
        return _PAPER if 1.05 / (lightness + 0.05) >= (lightness + 0.05) / (_luminance(_INK) + 0.05) else _INK

    @property
    def fingerprint(self) -> str:
        """Changes when the picture does."""
        return hashlib.sha256(f"{_STYLE} {self.letter} {self.colour}".encode()).hexdigest()[:12]


def face(dealer: Dealer) -> Face:
    """The first letter or digit of the name that the icons' font has, or of the slug."""
    plain = unicodedata.normalize("NFKD", f"{dealer.name} {dealer.slug} k")
    return Face(next(sign for sign in plain if sign.isascii() and sign.isalnum()).upper(), dealer.brand_colour)


def svg(shown: Face) -> str:
    """A rounded square; it scales, so one is enough."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="14" fill="{escape(shown.colour)}"/>'
        f'<text x="32" y="44" font-family="system-ui,sans-serif" font-size="34" font-weight="800" text-anchor="middle"'
        f' fill="{shown.ink}">{escape(shown.letter)}</text></svg>'
    )


@lru_cache(maxsize=256)
def png(shown: Face, picture: Picture) -> bytes:
    """Drawn twice as large and made smaller, for smooth edges; a few kilobytes, kept in memory."""
    from PIL import Image, ImageDraw, ImageFont  # twelve megabytes, which most processes never need

    full = picture.pixels * 2
    image = Image.new("RGBA", (full, full), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    radius = 0 if picture == Picture.MASKABLE else full * 14 // 64
    draw.rounded_rectangle((0, 0, full - 1, full - 1), radius=radius, fill=shown.colour)
    font = ImageFont.load_default(full * (0.54 if picture == Picture.MASKABLE else 0.68))
    weight = full // 64  # the font has one weight, a mark needs a heavier one
    left, top, right, bottom = draw.textbbox((0, 0), shown.letter, font=font, stroke_width=weight)
    place = ((full - left - right) / 2, (full - top - bottom) / 2)
    draw.text(place, shown.letter, font=font, fill=shown.ink, stroke_width=weight, stroke_fill=shown.ink)
    small = image.resize((picture.pixels, picture.pixels), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.quantize(32, method=Image.Quantize.FASTOCTREE).save(written, "PNG", optimize=True)
    return written.getvalue()


def _luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of `#rrggbb`."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
