"""A shop's colour, and the shades of it that a page needs: readable whatever the dealer has chosen.

The shades are found in OKLCH, where a step of lightness looks like one: a colour keeps its hue and moves only as far as
WCAG's 4.5:1 asks, against the text on it and against every ground that it stands on as text. Formulas: WCAG 2.2
(relative luminance, contrast) and Björn Ottosson's OKLab.
"""

import math
import re
from dataclasses import dataclass

Rgb = tuple[float, float, float]
"""Red, green and blue of sRGB, 0 to 1."""

TEXT = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""
_STEP = 0.005
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a page stands on, light or dark: the stylesheet's `--paper`, `--ground` and `--field`."""

    paper: str
    ground: str
    field: str
    is_dark: bool

    @property
    def all(self) -> tuple[str, str, str]:
        """Everything that text may stand on."""
        return self.paper, self.ground, self.field


LIGHT = Ground(paper="#fffdf9", ground="#f4f1ea", field="#ffffff", is_dark=False)
DARK = Ground(paper="#17191d", ground="#0f1114", field="#1d2025", is_dark=True)


@dataclass(frozen=True, kw_only=True)
class Shades:
    """`#rrggbb`: the colour itself, text on it, a soft fill, and a line."""

    brand: str
    on_brand: str
    soft: str
    line: str


def is_colour(text: str) -> bool:
    """Whether this is `#rrggbb` in small letters."""
    return bool(_HEX.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shades(colour: str, ground: Ground) -> Shades:
    """The shades of `colour` on this ground. Every text on and of them has a contrast of at least 4.5."""
    lightness, chroma, hue = _oklch(colour)
    if ground.is_dark:
        lightness, chroma = max(lightness, 0.72), min(chroma, 0.15)
    while True:
        brand = _hex(lightness, chroma, hue)
        found = Shades(
            brand=brand,
            on_brand=_hex(0.24, min(chroma, 0.05), hue) if ground.is_dark else "#ffffff",
            soft=_mixed(brand, ground.paper, 0.16 if ground.is_dark else 0.1),
            line=_mixed(brand, ground.paper, 0.45 if ground.is_dark else 0.38),
        )
        if _is_readable(found, ground):
            return found
        lightness += _STEP if ground.is_dark else -_STEP


def is_changed(colour: str) -> bool:
    """Whether the colour is too light to be used as it is: by day it appears darker than it was chosen."""
    return shades(colour, LIGHT).brand != colour


def _is_readable(found: Shades, ground: Ground) -> bool:
    stands_on = (*ground.all, found.soft, found.on_brand)
    return all(contrast(found.brand, other) >= TEXT for other in stands_on)


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _curved(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = map(_linear, _rgb(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _oklch(colour: str) -> tuple[float, float, float]:
    lightness, a, b = _oklab(colour)
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The nearest colour that a screen can show: chroma gives way, never lightness or hue."""
    while True:
        linear = _from_oklab(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
        if chroma <= 0 or all(-1e-4 <= value <= 1 + 1e-4 for value in linear):
            return _written(linear)
        chroma -= 0.004


def _mixed(one: str, other: str, share: float) -> str:
    mixed = [first * share + second * (1 - share) for first, second in zip(_oklab(one), _oklab(other), strict=True)]
    return _written(_from_oklab(*mixed))


def _written(linear: Rgb) -> str:
    return "#" + "".join(f"{round(255 * _curved(min(max(value, 0), 1))):02x}" for value in linear)
