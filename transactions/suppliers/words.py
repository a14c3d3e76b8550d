"""What the public is told about a verdict, one sentence per reason.

The sentence says what happened and nothing about the money: where that is, only the order knows.
What is ours alone (balance, address, signature at a supplier) is not named.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transactions.suppliers.base import Reason

_PUBLIC: dict[Reason, Promise] = {
    Reason.NONE: _("Pengisian berhasil."),
    Reason.WRONG_NUMBER: _("Nomor ini tidak cocok dengan operator atau produknya."),
    Reason.NUMBER_BLOCKED: _("Nomor ini tidak bisa diisi (mungkin sudah hangus)."),
    Reason.REGION: _("Paket ini hanya untuk wilayah tertentu."),
    Reason.DISTURBED: _("Produk ini sedang gangguan."),
    Reason.CUT_OFF: _("Produk ini sedang tutup sementara."),
    Reason.SUPPLIER_ACCOUNT: _("Jalur pengisian kami sedang terkendala."),
    Reason.NO_ANSWER: _("Belum ada jawaban dari operator. Jangan beli lagi dulu."),
    Reason.DUPLICATE: _("Nomor dan produk ini baru saja dibeli."),
    Reason.PRICE: _("Harga produk ini baru saja berubah."),
    Reason.UNREGISTER_FIRST: _("Paket lama di nomor ini harus dihentikan dulu."),
    Reason.REVERSED: _("Operator membatalkan pengisian ini."),
    Reason.PRODUCT: _("Produk ini sedang tidak tersedia."),
    Reason.OTHER: _("Operator menolak pengisian ini."),
}


def public(reason: Reason) -> Promise:
    """The sentence for a customer, in the language of whoever reads it."""
    return _PUBLIC[reason]
