"""Characters of a file's bytes: UTF-8 with or without its mark, UTF-16 as spreadsheets write it, or windows-1252."""

import codecs

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NotText(Exception):
    """No text: `what` is `spreadsheet`, `pdf`, `empty` or `binary`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def decode(data: bytes) -> str:
    """The text of a file. Raises `NotText`."""
    if not data.strip():
        raise NotText("empty")
    if data.startswith(_SPREADSHEETS):
        raise NotText("spreadsheet")
    if data.startswith(b"%PDF"):
        raise NotText("pdf")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _try(data, "utf-16")
    if b"\0" in data:
        raise NotText("binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _try(data, "cp1252")


def _try(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText("binary") from error
    if "\0" in text:
        raise NotText("binary")
    return text
