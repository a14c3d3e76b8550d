"""The one style block of a page: in the page itself, and named in its policy by its hash.

On a slow line a stylesheet of its own costs a round trip before anything is seen. The block is our own file from
`static/` and the shades of the shop's colour, nothing that anybody typed; what a page carries is made once per colour
and process. A tag writes the block, and the middleware adds to the policy exactly what the tag has written.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from csp.constants import HEADER
from csp.utils import build_policy
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponseBase

from portal.lib import colour as colours
from portal.lib.colour import Shades

SHEET = "konter.css"
DEFAULT_COLOUR = "#0b6b55"
"""The colour that the stylesheet itself holds, with shades chosen by eye."""
_ROOT = re.compile(r":root\{([^}]*)\}")
_WRITTEN = "_style_hashes"


@dataclass(frozen=True)
class Block:
    """What stands between the tags, and its name in the policy."""

    css: str
    source: str


@lru_cache(maxsize=256)
def sheet(colour: str) -> Block:
    """The whole stylesheet in a shop's colour."""
    return _block(_small(_file(SHEET)) + _tokens(colour))


@lru_cache(maxsize=256)
def palette(colour: str) -> Block:
    """Only the shop's colour, for pages that link the stylesheet."""
    return _block(_tokens(colour))


@lru_cache(maxsize=256)
def samples(colour: str) -> Block:
    """`.on-light` and `.on-dark`: the tokens of both, side by side on one page, whatever the system prefers."""
    css = _small(_file(SHEET))
    light, dark = (found[1].replace("color-scheme:light dark;", "") for found in list(_ROOT.finditer(css))[:2])
    tokens = list(_ROOT.finditer(_tokens(colour)))
    of_shop = [found[1] for found in tokens] or ["", ""]
    return _block(
        f".on-light{{{light};{of_shop[0]};color-scheme:light}}.on-dark{{{dark};{of_shop[1]};color-scheme:dark}}"
    )


PLAIN_CSS = (
    ":root{color-scheme:light dark}body{max-width:36rem;margin:12vh auto 0;padding:16px;line-height:1.5;"
    "font-family:system-ui,sans-serif}h1{font-size:1.625rem;line-height:1.2;letter-spacing:-.02em}a{color:inherit}"
    "p a{display:inline-block;padding:8px 0}small{opacity:.8}"
)


def plain(request: HttpRequest) -> str:
    """The few lines of style of a page that must come even when nothing else works: no file is read."""
    return written(request, _block(PLAIN_CSS))


def written(request: HttpRequest, block: Block) -> str:
    """The block as a page carries it; from here on the page's policy allows it."""
    if not block.css:
        return ""
    setattr(request, _WRITTEN, [*getattr(request, _WRITTEN, []), block.source])
    return f"<style>{block.css}</style>"


class PolicyMiddleware:
    """The policy of django-csp; allows the style blocks that were written into the page, and no others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers.setdefault(HEADER, _policy(*getattr(request, _WRITTEN, ())))
        return response


@lru_cache(maxsize=256)
def _policy(*sources: str) -> str:
    return build_policy(update={"style-src": sources} if sources else None)


def _block(css: str) -> Block:
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Block(css, f"'sha256-{digest}'")


def _file(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")


def _small(css: str) -> str:
    """Without comments, indentation and line breaks: our own sheet is written so that this is all there is to take."""
    return re.sub(r"/\*.*?\*/|\n\s*", "", css, flags=re.DOTALL)


def _tokens(colour: str) -> str:
    """The shop's colour for light and dark; nothing for the sheet's own colour, or for what is none."""
    if colour == DEFAULT_COLOUR or not colours.is_colour(colour):
        return ""
    light, dark = colours.shades(colour, colours.LIGHT), colours.shades(colour, colours.DARK)
    return f":root{{{_declared(light)}}}@media (prefers-color-scheme:dark){{:root{{{_declared(dark)}}}}}"


def _declared(shades: Shades) -> str:
    return f"--brand:{shades.brand};--on-brand:{shades.on_brand};--brand-soft:{shades.soft};--brand-line:{shades.line}"
