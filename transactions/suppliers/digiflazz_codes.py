"""The response codes of the Digiflazz buyer API as one table.

A code means different things at different moments. On the first answer to a request every known
code is final but 03, 85 and 99. On a re-send, which is how a prepaid sale is checked, and in a
callback, only codes that speak of a transaction *record* decide; the others speak of the request
just made, and one check too early (85) would otherwise refund a delivered sale.
Source: Digiflazz buyer API documentation, table of response codes.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transactions.suppliers.base import Outcome, Reason, Trouble
from transactions.suppliers.words import public

_TROUBLES = {
    "41": Trouble.KEY,
    "42": Trouble.USERNAME,
    "45": Trouble.ADDRESS,
    **dict.fromkeys(("61", "67", "80", "81", "82", "88"), Trouble.ACCOUNT),
    **dict.fromkeys(("83", "85", "86"), Trouble.TOO_OFTEN),
}
_PENDING_AT_FIRST = frozenset({"03", "85", "99"})
_NEVER_DECIDES_AGAIN = frozenset({"50", "84", "85"})


@dataclass(frozen=True, kw_only=True)
class Code:
    """`first` holds for the answer to a new request, `again` for a re-send and a callback."""

    rc: str
    staff: Promise
    public: Promise
    reason: Reason
    has_record: bool
    first: Outcome
    again: Outcome


def _first(rc: str) -> Outcome:
    if rc == "00":
        return Outcome.SUCCEEDED
    return Outcome.PENDING if rc in _PENDING_AT_FIRST else Outcome.FAILED


def _row(rc: str, staff: Promise, reason: Reason, *, record: bool = False, says: Promise | None = None) -> Code:
    first = _first(rc)
    decides = record and rc not in _NEVER_DECIDES_AGAIN
    return Code(
        rc=rc,
        staff=staff,
        public=says or public(reason),
        reason=reason,
        has_record=record,
        first=first,
        again=first if decides else Outcome.PENDING,
    )


_OURS = Reason.SUPPLIER_ACCOUNT

CODES: dict[str, Code] = {
    code.rc: code
    for code in (
        _row("00", _("Sukses"), Reason.NONE, record=True),
        _row("01", _("Waktu habis di pemasok, gagal"), Reason.DISTURBED, record=True),
        _row("02", _("Transaksi gagal"), Reason.OTHER, record=True),
        _row("03", _("Transaksi pending"), Reason.NO_ANSWER, record=True),
        _row("40", _("Isi permintaan salah"), _OURS),
        _row("41", _("Tanda tangan (signature) salah"), _OURS),
        _row("42", _("Username API salah"), _OURS),
        _row("43", _("SKU tidak ada atau nonaktif di pemasok"), Reason.PRODUCT),
        _row("44", _("Saldo kita di pemasok tidak cukup"), _OURS),
        _row("45", _("Alamat IP kita belum terdaftar di pemasok"), _OURS),
        _row("47", _("Transaksi sudah terjadi di pembeli lain"), Reason.DUPLICATE),
        _row("49", _("Ref ID tidak unik"), Reason.OTHER),
        _row("50", _("Transaksi tidak ditemukan"), Reason.OTHER, record=True),
        _row("51", _("Nomor tujuan diblokir"), Reason.NUMBER_BLOCKED, record=True),
        _row("52", _("Prefiks tidak sesuai operator"), Reason.WRONG_NUMBER, record=True),
        _row("53", _("Produk sedang tidak tersedia"), Reason.DISTURBED, record=True),
        _row("54", _("Nomor tujuan salah"), Reason.WRONG_NUMBER, record=True),
        _row("55", _("Produk sedang gangguan"), Reason.DISTURBED, record=True),
        _row("57", _("Jumlah digit tidak sesuai"), Reason.WRONG_NUMBER, record=True),
        _row("58", _("Sedang cut-off"), Reason.CUT_OFF, record=True),
        _row("59", _("Tujuan di luar wilayah (cluster)"), Reason.REGION, record=True),
        _row("60", _("Tagihan belum tersedia"), Reason.PRODUCT, record=True),
        _row("61", _("Belum pernah deposit di pemasok"), _OURS),
        _row("62", _("Seller sedang gangguan"), Reason.DISTURBED),
        _row("63", _("Produk tidak mendukung transaksi berulang (multi)"), Reason.DUPLICATE),
        _row("64", _("Tiket deposit ditolak, coba nominal lain"), _OURS),
        _row("66", _("Seller sedang cut-off"), Reason.CUT_OFF),
        _row("67", _("Seller belum terverifikasi"), Reason.DISTURBED),
        _row("68", _("Stok habis"), Reason.DISTURBED),
        _row("69", _("Harga pemasok di atas batas kita (max_price)"), Reason.PRICE),
        _row("70", _("Waktu habis di biller"), Reason.DISTURBED, record=True),
        _row("71", _("Produk sedang tidak stabil"), Reason.DISTURBED, record=True),
        _row("72", _("Paket lama harus dihentikan (UNREG) dulu"), Reason.UNREGISTER_FIRST, record=True),
        _row(
            "73",
            _("kWh melebihi batas"),
            Reason.OTHER,
            record=True,
            says=_("Batas kWh untuk meteran ini sudah tercapai."),
        ),
        _row("74", _("Transaksi dikembalikan (refund)"), Reason.REVERSED, record=True),
        _row("80", _("Akun kita diblokir oleh seller"), _OURS),
        _row("81", _("Seller kita blokir sendiri"), _OURS),
        _row("82", _("Akun kita belum terverifikasi"), _OURS),
        _row("83", _("Terlalu sering meminta daftar harga"), _OURS),
        _row("84", _("Nominal tidak valid"), Reason.PRODUCT, record=True),
        _row("85", _("Terlalu sering memeriksa transaksi, tunggu 1 menit"), Reason.NO_ANSWER),
        _row("86", _("Terlalu sering memeriksa nomor PLN"), _OURS),
        _row("87", _("E-money harus kelipatan 1.000"), Reason.PRODUCT, says=_("Nominal harus kelipatan 1.000.")),
        _row("88", _("Transaksi tidak diizinkan"), _OURS),
        _row("99", _("Masalah router di pemasok, pending"), Reason.NO_ANSWER, record=True),
    )
}

NOT_SENT = "not_sent"
TOO_LATE = "too_late"
NO_ANSWER = "no_answer"
GARBLED = "garbled"

OWN_WORDS: dict[str, tuple[Promise, Promise]] = {
    NOT_SENT: (
        _("Tidak terkirim: koneksi ke pemasok tidak terbentuk"),
        _("Operator sedang tidak bisa dihubungi."),
    ),
    TOO_LATE: (_("Tidak dikirim: waktunya sudah lewat"), public(Reason.NO_ANSWER)),
    NO_ANSWER: (_("Terkirim, tetapi tidak ada jawaban yang utuh"), public(Reason.NO_ANSWER)),
    GARBLED: (_("Jawaban pemasok tidak bisa dipahami"), public(Reason.NO_ANSWER)),
}
"""What our own side says where the supplier gave no code: (for the staff, for the public)."""


def trouble(rc: str) -> Trouble:
    """Why a question that is no sale was refused with this code; an unknown one is an answer we do not understand."""
    return _TROUBLES.get(rc, Trouble.GARBLED)


def staff_text(rc: str) -> Promise:
    """What a code means, for the dealer's people; an unknown one is said to be unknown."""
    if rc in CODES:
        return CODES[rc].staff
    return OWN_WORDS[rc][0] if rc in OWN_WORDS else _("Kode pemasok yang belum dikenal")


def public_text(rc: str) -> Promise:
    """What a customer is told; an unknown code is no answer yet."""
    if rc in CODES:
        return CODES[rc].public
    return OWN_WORDS.get(rc, OWN_WORDS[NO_ANSWER])[1]
