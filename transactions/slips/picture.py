"""A receipt as a picture, to be kept in a phone's gallery or sent in a chat; drawn anew each time, never kept.

In Pillow's own font, so that it looks the same on a machine without fonts.
"""

from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from transactions.slips import qr
from transactions.slips.content import Slip

_WIDTH, _EDGE, _TALLEST = 720, 48, 2400
_INK, _GREY, _PAPER, _LINE = "#191b1f", "#595c65", "#fffdf9", "#b9b3a5"
_MODULE = 6
_TOOTH = 18
_MISSING = str.maketrans({"•": "*", "–": "-"})
"""What the font does not have, and what stands in for it."""


class _Pen:
    """Writes from top to bottom; `y` is where the next line begins."""

    def __init__(self, sheet: Image.Image) -> None:
        self._draw = ImageDraw.Draw(sheet)
        self.y = _EDGE

    def text(self, text: str, *, size: int = 28, ink: str = _INK, bold: bool = False) -> None:
        """A paragraph on the left, broken where it is too wide."""
        font = _font(size)
        for line in self._broken(text, font):
            self._draw.text((_EDGE, self.y), line, fill=ink, font=font, stroke_width=0.7 if bold else 0)
            self.y += round(size * 1.35)

    def pair(self, label: str, value: str, *, size: int = 28, bold: bool = True) -> None:
        """Label left, value right; the value on lines of its own where both do not fit."""
        font, room = _font(size), _WIDTH - 2 * _EDGE
        self._draw.text((_EDGE, self.y), label, fill=_GREY, font=font)
        if font.getlength(label) + font.getlength(value) + 24 > room:
            self.y += round(size * 1.35)
        for line in self._broken(value, font):
            at = (_WIDTH - _EDGE - font.getlength(line), self.y)
            self._draw.text(at, line, fill=_INK, font=font, stroke_width=0.6 if bold else 0)
            self.y += round(size * 1.45)

    def tear(self) -> None:
        """A dashed line, as on the page."""
        self.y += 14
        for x in range(_EDGE, _WIDTH - _EDGE, 18):
            self._draw.line((x, self.y, min(x + 9, _WIDTH - _EDGE), self.y), fill=_LINE, width=2)
        self.y += 18

    def code(self, address: str) -> None:
        """The QR code in the middle, dark on white."""
        rows = qr.rows(address)
        side = len(rows) * _MODULE
        left, top = (_WIDTH - side) // 2, self.y
        self._draw.rectangle((left, top, left + side, top + side), fill="#ffffff")
        for y, row in enumerate(rows):
            for x, is_dark in enumerate(row):
                if is_dark:
                    at = (left + x * _MODULE, top + y * _MODULE)
                    self._draw.rectangle((*at, at[0] + _MODULE - 1, at[1] + _MODULE - 1), fill="#000000")
        self.y += side + 16

    def torn_edge(self) -> None:
        """The teeth of torn paper, along the bottom."""
        self.y += 20
        for x in range(0, _WIDTH, 2 * _TOOTH):
            teeth = [(x, self.y + _TOOTH), (x + _TOOTH, self.y), (x + 2 * _TOOTH, self.y + _TOOTH)]
            self._draw.polygon(teeth, fill="#e9e4d9")
        self.y += _TOOTH

    def _broken(self, text: str, font: ImageFont.FreeTypeFont) -> list[str]:
        lines = [""]
        for word in text.translate(_MISSING).split():
            longer = f"{lines[-1]} {word}".strip()
            lines = [*lines[:-1], longer] if font.getlength(longer) <= _WIDTH - 2 * _EDGE else [*lines, word]
        return [line for line in lines if line]


def png(slip: Slip) -> bytes:
    """The picture, 720 pixels wide."""
    sheet = Image.new("RGB", (_WIDTH, _TALLEST), _PAPER)
    pen = _Pen(sheet)
    pen.text(slip.dealer.name, size=40, bold=True)
    if slip.dealer.address:
        pen.text(slip.dealer.address, size=26, ink=_GREY)
    pen.tear()
    for label, value in slip.facts:
        pen.pair(label, value)
    pen.tear()
    pen.text(slip.serial_label, size=26, ink=_GREY)
    pen.text(slip.serial, size=40, bold=True)
    if slip.serial_note:
        pen.text(slip.serial_note, size=26, ink=_GREY)
    pen.tear()
    pen.pair(_("Harga"), slip.price, size=38)
    pen.tear()
    pen.code(slip.address)
    pen.text(f"{_('Cek keaslian')}: {''.join(slip.typed)}", size=22, ink=_GREY)
    pen.text(f"{_('Keluhan')}: {' · '.join(slip.complaints)}", size=22, ink=_GREY)
    pen.torn_edge()
    written = BytesIO()
    # Few colours: a fifth of the bytes, which somebody sends over a slow line.
    sheet.crop((0, 0, _WIDTH, pen.y)).quantize(16).save(written, "PNG", optimize=True)
    return written.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, and has no font that scales")
    return font
