"""`{% style_block dealer.brand_colour %}` and `{% style_colour dealer.brand_colour %}`: see `portal/lib/style.py`."""

from django import template
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from portal.lib import style

register = template.Library()


@register.simple_tag(takes_context=True)
def style_block(context: Context, colour: object = "") -> str:
    """The stylesheet inside the page; a link to it where no request is known, whose policy could be told."""
    request = _request(context)
    if request is None:
        return format_html('<link rel="stylesheet" href="{}">', static(style.SHEET))
    return _safe(style.written(request, style.sheet(str(colour or ""))))


@register.simple_tag(takes_context=True)
def style_colour(context: Context, colour: object = "") -> str:
    """The link to the stylesheet, and the shop's colour inside the page."""
    link = format_html('<link rel="stylesheet" href="{}">', static(style.SHEET))
    request = _request(context)
    return link if request is None else link + _safe(style.written(request, style.palette(str(colour or ""))))


@register.simple_tag(takes_context=True)
def style_samples(context: Context, colour: object = "") -> str:
    """Both palettes for the page that shows the components."""
    request = _request(context)
    return "" if request is None else _safe(style.written(request, style.samples(str(colour or ""))))


def _request(context: Context) -> HttpRequest | None:
    found = context.get("request")
    return found if isinstance(found, HttpRequest) else None


def _safe(block: str) -> str:
    return mark_safe(block)  # noqa: S308  our own file and colours made of numbers, see portal/lib/style.py
