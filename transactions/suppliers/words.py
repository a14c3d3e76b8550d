"""What the public is told about a verdict, and staff about a connection: one sentence per reason.

The public's sentence says what happened and nothing about the money: where that is, only the order knows.
What is ours alone (balance, address, signature at a supplier) is not named there; staff are told what to do.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transactions.suppliers.base import Reason, Trouble

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


_STAFF: dict[Trouble, Promise] = {
    Trouble.KEY: _("Kunci API salah. Salin lagi dari halaman pemasok, lalu ganti di sini."),
    Trouble.USERNAME: _("Nama pengguna tidak dikenal pemasok. Periksa ejaannya."),
    Trouble.ADDRESS: _("Alamat IP portal ini belum diizinkan. Daftarkan dulu di halaman pemasok."),
    Trouble.ACCOUNT: _("Akun di pemasok belum boleh dipakai: diblokir, belum diverifikasi, atau belum ada izinnya."),
    Trouble.CLOCK: _("Jam portal ini dan jam pemasok terlalu jauh berbeda. Minta pengelola portal memeriksanya."),
    Trouble.LIVE_KEY: _("Kunci ini kunci sungguhan. Untuk mencoba penjualan perlu kunci sandbox dari pemasok."),
    Trouble.NOT_OFFERED: _("Pemasok tidak punya produk yang bisa dipakai untuk mencoba."),
    Trouble.TOO_OFTEN: _("Terlalu sering bertanya. Coba lagi lima menit lagi."),
    Trouble.FORBIDDEN: _("Alamat itu tidak boleh dihubungi dari portal ini. Periksa alamatnya."),
    Trouble.UNREACHABLE: _("Alamat itu tidak bisa dihubungi. Periksa alamatnya, atau coba lagi nanti."),
    Trouble.SILENT: _("Sudah ditanya, tetapi tidak ada jawaban yang utuh. Coba lagi nanti."),
    Trouble.GARBLED: _("Jawabannya tidak dikenali. Periksa alamatnya; biasanya berakhir dengan /v1."),
}


def staff(trouble: Trouble) -> Promise:
    """Why a supplier did not answer a question, and what to do about it."""
    return _STAFF[trouble]
