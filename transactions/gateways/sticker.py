"""Reading the text of a QRIS sticker from a photo that somebody uploaded.

The file is a stranger's: only JPEG, PNG and WebP by their first bytes, no more than so many bytes and pixels,
opened by Pillow with these three decoders alone and drawn anew in grey before anything looks for a code.
The photo itself is never kept.
"""

from io import BytesIO
from typing import BinaryIO

import qriskit
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from transactions.gateways.qris import BadQris

LARGEST_BYTES = 8 * 1024 * 1024
LARGEST_PIXELS = 60_000_000
_SIDES = (1_600, 2_800)
"""Longest sides that are looked at, in pixels: a code that fills the picture, then one that does not."""
_BEGINNINGS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
_NOTHING = _("Tidak ada kode QR yang terbaca di foto ini. Foto lagi dari depan, terang, dan tidak terpotong.")
_OTHER = _("Kode QR di foto ini bukan QRIS.")
_SEVERAL = _("Ada lebih dari satu QRIS di foto ini. Foto satu stiker saja.")


def scan(upload: BinaryIO, *, size: int) -> str:
    """The payload of the one QRIS in a picture of `size` bytes. Raises `BadQris` with a sentence."""
    if size > LARGEST_BYTES:
        raise BadQris(_("Foto ini lebih besar dari 8 MB. Kecilkan dulu, atau tempel teks QRIS-nya."))
    data = upload.read(LARGEST_BYTES + 1)
    kind = next((name for beginning, name in _BEGINNINGS.items() if data.startswith(beginning)), None)
    if kind is None:
        raise BadQris(_("File ini bukan foto JPEG, PNG atau WebP."))
    for side in _SIDES:
        if found := qriskit.scan_all(_redrawn(data, kind, side)):
            return _the_one(found)
    raise BadQris(_NOTHING)


def _the_one(found: list[qriskit.ScanResult]) -> str:
    codes = [each.text for each in found if each.is_qris]
    if len(codes) != 1:
        raise BadQris(_SEVERAL if codes else _OTHER)
    return codes[0]


def _redrawn(data: bytes, kind: str, side: int) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise BadQris(_("Foto ini terlalu besar. Kecilkan dulu, atau tempel teks QRIS-nya."))
            picture.draft("RGB", (side, side))
            picture.thumbnail((side, side))
            flat = Image.new("RGB", picture.size, "white")
            drawn = picture.convert("RGBA")
            flat.paste(drawn, mask=drawn.getchannel("A"))
            return flat.convert("L")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        if isinstance(error, BadQris):
            raise
        raise BadQris(_("Foto ini rusak atau tidak bisa dibuka. Kirim foto lain.")) from error
