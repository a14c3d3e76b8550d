"""A receipt as the bytes that a 58 mm thermal printer understands: ESC/POS, 32 columns of font A.

Only what the cheapest printers know: initialise, align, bold, double height, and the QR code of `GS ( k`. Text is
plain ASCII, because code pages differ from printer to printer. Nothing is cut: these printers have no knife.
Source: Epson's ESC/POS command reference.
"""

import textwrap
import unicodedata

from django.utils.translation import gettext as _

from transactions.slips.content import Slip

COLUMNS = 32
_START, _END = b"\x1b@", b"\n\n\n\n"
_LEFT, _CENTRE = b"\x1ba\x00", b"\x1ba\x01"
_BOLD, _PLAIN = b"\x1bE\x01", b"\x1bE\x00"
_TALL, _NORMAL = b"\x1d!\x01", b"\x1d!\x00"
_TYPOGRAPHY = str.maketrans({"•": "*", "·": "-", "–": "-", "—": "-", "…": "..", "’": "'", "×": "x"})


def encode(slip: Slip) -> bytes:
    """The whole receipt, ready for the printer."""
    head = [_CENTRE, _BOLD, _TALL, *_lines(slip.dealer.name), _NORMAL, _PLAIN]
    head += _lines(slip.dealer.address) if slip.dealer.address else []
    body = [_LEFT, _rule(), *[line for label, value in slip.facts for line in _pair(label, value)], _rule()]
    serial = [*_lines(slip.serial_label), _BOLD, _TALL, *_lines(slip.serial), _NORMAL, _PLAIN]
    serial += _lines(slip.serial_note) if slip.serial_note else []
    total = [_rule(), _BOLD, *_pair(_("Harga"), slip.price), _PLAIN, _rule()]
    foot = [
        _CENTRE,
        _qr(slip.address),
        b"\n",
        *_lines(_("Cek keaslian")),
        *[line for part in slip.typed for line in _lines(part)],
    ]
    foot += [*_lines(_("Keluhan")), *[line for part in slip.complaints for line in _lines(part)], _LEFT]
    return b"".join([_START, *head, *body, *serial, *total, *foot, _END])


def plain(text: str) -> str:
    """The nearest ASCII: accents dropped, typography replaced."""
    flat = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY))
    return flat.encode("ascii", "ignore").decode()


def _lines(text: str) -> list[bytes]:
    return [f"{line}\n".encode() for line in textwrap.wrap(plain(text), COLUMNS)]


def _pair(label: str, value: str) -> list[bytes]:
    """Label on the left and value on the right of one line, or one below the other where both do not fit."""
    left, right = plain(label), plain(value)
    if len(left) + 1 + len(right) <= COLUMNS:
        return [f"{left}{right:>{COLUMNS - len(left)}}\n".encode()]
    return [*_lines(left), *[f"{line:>{COLUMNS}}\n".encode() for line in textwrap.wrap(right, COLUMNS)]]


def _rule() -> bytes:
    return b"-" * COLUMNS + b"\n"


def _qr(text: str) -> bytes:
    """Model 2, six dots a module, error correction M: store, then print."""
    data = text.encode()
    size = len(data) + 3
    setup = b"\x1d(k\x04\x00\x31\x41\x32\x00" + b"\x1d(k\x03\x00\x31\x43\x06" + b"\x1d(k\x03\x00\x31\x45\x31"
    store = b"\x1d(k" + bytes((size % 256, size // 256)) + b"\x31\x50\x30" + data
    return setup + store + b"\x1d(k\x03\x00\x31\x51\x30"
