"""Drawings of the status page and the receipt, as inline SVG: no script, no image to load."""

from dataclasses import dataclass

from django import template
from django.utils.safestring import SafeString, mark_safe

from transactions.service import Hour
from transactions.slips import qr as codes

register = template.Library()

_WIDTH, _HEIGHT, _GAP = 288, 40, 3


@dataclass(frozen=True)
class Bar:
    """One hour: where its bar stands, how high it is, and how much of its top failed; as SVG writes numbers."""

    x: str
    y: str
    height: str
    failed: str


@register.inclusion_tag("storefront/_spark.html")
def spark(hours: tuple[Hour, ...], label: str) -> dict[str, object]:
    """A bar for each hour, the highest as high as the drawing; what failed has another colour, on top."""
    most = max((hour.figures.verdicts for hour in hours), default=0) or 1
    step = _WIDTH / max(1, len(hours))
    bars = [_bar(hour, index * step, (_HEIGHT - 2) / most) for index, hour in enumerate(hours)]
    return {"bars": bars, "label": label, "width": _WIDTH, "height": _HEIGHT, "bar": f"{step - _GAP:.1f}"}


def _bar(hour: Hour, x: float, unit: float) -> Bar:
    height = max(1.5, hour.figures.verdicts * unit)
    return Bar(f"{x:.1f}", f"{_HEIGHT - height:.1f}", f"{height:.1f}", f"{hour.figures.failed * unit:.1f}")


@register.filter
def qr(address: str) -> SafeString:
    """The QR code of an address."""
    return mark_safe(codes.svg(address))  # noqa: S308  drawn by segno: numbers, and no word of the address


@register.filter
def hundredths(rate: float) -> str:
    """0.984 -> `98 %`: rounded down, so that 100 % means that nothing failed."""
    return f"{int(rate * 100)} %"
