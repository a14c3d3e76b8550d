"""QRIS: reading a dealer's static code, saying what is wrong with it, and making a code for one order of it.

A payload is a string of tag, length and value (EMVCo merchant-presented mode; the tags that matter here are
in `qriskit.spec`), closed by a CRC-16/CCITT-FALSE. A code for an order is the dealer's own with tag 01 = 12,
the amount in 54, the payment code in 62.05, and a new CRC. Nothing is added to what the buyer pays: a static
code that asks for a tip or a fee (tags 55 to 57) is refused.
"""

from dataclasses import dataclass

import qriskit
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 512
_LONGEST_REFERENCE = "X" * 25
_NATIONAL = "ID.CO.QRIS.WWW"
_FEE_TAGS = ("55", "56", "57")

NO_SURCHARGE = _(
    "QRIS ini meminta biaya atau tip tambahan (tag 55–57). Tanpa biaya tambahan: Peraturan Bank Indonesia "
    "23/6/PBI/2021 pasal 52 melarang pedagang membebankan biaya QRIS kepada pembeli. Minta QRIS tanpa biaya ke "
    "penyedia QRIS."
)
_FAULTS: dict[str, Promise] = {
    "crc.missing": _("Teks ini terpotong: angka pemeriksa di ujungnya tidak ada. Salin lagi seluruhnya."),
    "crc.not_last": _("Ada isi sesudah angka pemeriksa. Salin lagi hanya teks QRIS-nya."),
    "crc.mismatch": _("Angka pemeriksa tidak cocok: ada huruf yang hilang atau berubah. Salin atau foto lagi."),
    "pfi.invalid": _("Ini bukan QRIS: teks QRIS dimulai dengan 000201."),
    "poi.invalid": _("Jenis QRIS-nya tidak dikenal (tag 01 harus 11 atau 12)."),
    "currency.invalid": _("QRIS ini bukan dalam rupiah."),
    "country.invalid": _("QRIS ini bukan dari Indonesia."),
    "merchant_account.missing": _("QRIS ini tidak menyebut rekening pedagang."),
    "amount.invalid": _("Jumlah di dalam QRIS ini tidak bisa dibaca."),
}
_REQUIRED: dict[str, Promise] = {
    "01": _("Jenis QRIS-nya (tag 01) tidak ada."),
    "52": _("Jenis usaha (tag 52) tidak ada di QRIS ini."),
    "53": _("Mata uang (tag 53) tidak ada di QRIS ini."),
    "58": _("Negara (tag 58) tidak ada di QRIS ini."),
    "59": _("Nama penerima (tag 59) tidak ada di QRIS ini."),
    "60": _("Kota (tag 60) tidak ada di QRIS ini."),
}
_DAMAGED = _("Teks ini bukan QRIS, atau terpotong. Teks QRIS dimulai dengan 000201 dan diakhiri 4 huruf atau angka.")


class BadQris(ValueError):
    """The code cannot be used; `sentence` says why to whoever brought it."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, kw_only=True)
class Sticker:
    """A static code that was checked: its payload in one spelling, and what payers see of the merchant."""

    payload: str
    merchant_name: str
    city: str
    nmid: str


def read(text: str) -> Sticker:
    """A dealer's static code, checked from the CRC to the fees. Raises `BadQris` with the first fault."""
    packed = text.strip()
    if not packed or len(packed) > LONGEST:
        raise BadQris(_DAMAGED)
    try:
        found = qriskit.parse(packed)
    except qriskit.QRISParseError as error:
        raise BadQris(_DAMAGED) from error
    _check(found)
    return Sticker(
        payload=found.dumps(),
        merchant_name=found.merchant_name or "",
        city=found.merchant_city or "",
        nmid=found.nmid or "",
    )


def for_order(payload: str, *, amount: int, reference: str) -> str:
    """The code that asks for `amount` rupiah and carries `reference` (at most 25 characters) back to us."""
    return qriskit.parse(payload).to_dynamic(amount, reference=reference).dumps()


def _check(found: qriskit.QRIS) -> None:
    errors = [issue for issue in qriskit.validate(found) if issue.severity == "error"]
    damaged = next((issue for issue in errors if issue.code.startswith(("pfi.", "crc."))), None)
    if damaged is not None:
        raise BadQris(_FAULTS[damaged.code])
    if any(found.get(tag) is not None for tag in _FEE_TAGS):
        raise BadQris(NO_SURCHARGE)
    if errors:
        raise BadQris(_sentence(errors[0]))
    if not found.is_static:
        raise BadQris(_("Ini QRIS sekali pakai (dinamis). Pakai QRIS tetap yang tercetak di stiker toko."))
    national = found.national
    if national is None or national.guid != _NATIONAL or not found.nmid:
        raise BadQris(_("NMID tidak ada di QRIS ini (tag 51). Minta QRIS yang lengkap ke penyedia QRIS."))
    _check_room(found)


def _sentence(issue: qriskit.Issue) -> str | Promise:
    if issue.code == "tag.required" and issue.path in _REQUIRED:
        return _REQUIRED[issue.path]
    return _FAULTS.get(issue.code) or _("QRIS ini menyalahi aturan di tag %(tag)s.") % {"tag": issue.path or "?"}


def _check_room(found: qriskit.QRIS) -> None:
    """Make the longest code of it, once, so that no order finds out that there is no room."""
    try:
        found.to_dynamic(10**12, reference=_LONGEST_REFERENCE)
    except ValueError as error:
        raise BadQris(_("Data tambahan QRIS ini (tag 62) terlalu penuh untuk kode pesanan.")) from error
