"""The QR code of a receipt's verify address, as an inline drawing and as rows of dots."""

import segno
from segno import QRCode

_QUIET = 4
"""Light modules around the code, as the standard asks."""


def svg(address: str) -> str:
    """An `<svg>` that scales with its box: dark on light in every colour scheme, no style of its own."""
    return _made(address).svg_inline(
        border=_QUIET, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )


def rows(address: str) -> list[list[bool]]:
    """Row by row, whether each module is dark; with the quiet zone."""
    return [[bool(dot) for dot in row] for row in _made(address).matrix_iter(border=_QUIET)]


def _made(address: str) -> QRCode:
    return segno.make_qr(address, error="m")
