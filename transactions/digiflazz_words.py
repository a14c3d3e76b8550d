"""An order in the words of the Digiflazz buyer API, for its answers and its webhooks alike.

Source of fields, status words and response codes: Digiflazz buyer API documentation.
"""

from typing import Any

from transactions.models import Status
from transactions.partner_sales import PartnerOrder
from transactions.suppliers.base import Outcome
from transactions.suppliers.digiflazz_codes import CODES

SUCCESS, PENDING, FAILED = "Sukses", "Pending", "Gagal"
MESSAGES = {
    "00": "Transaksi Sukses",
    "02": "Transaksi Gagal",
    "03": "Transaksi Pending",
    "40": "Payload Error",
    "41": "Signature tidak valid",
    "42": "Gagal memproses API Buyer: username tidak dikenal",
    "43": "SKU tidak ditemukan atau non-aktif",
    "44": "Saldo tidak cukup",
    "45": "IP Anda tidak kami kenali",
    "49": "Ref ID tidak unik",
    "50": "Transaksi tidak ditemukan",
    "51": "Nomor tujuan diblokir",
    "52": "Prefix tidak sesuai dengan operator",
    "53": "Produk sedang tidak tersedia",
    "54": "Nomor tujuan salah",
    "55": "Produk sedang gangguan",
    "57": "Jumlah digit kurang atau lebih",
    "58": "Sedang cut off",
    "59": "Tujuan di luar wilayah (cluster)",
    "62": "Seller sedang mengalami gangguan",
    "66": "Cut off (perbaikan sistem seller)",
    "69": "Harga seller lebih besar dari ketentuan harga buyer",
    "70": "Timeout dari biller",
    "71": "Produk sedang tidak stabil",
    "72": "Lakukan unreg paket dahulu",
    "73": "kWh melebihi batas",
    "74": "Transaksi refund",
    "80": "Akun Anda diblokir",
    "82": "Akun Anda belum terverifikasi",
    "83": "Limitasi pengecekan pricelist, silahkan coba beberapa saat lagi",
    "85": "Limitasi transaksi, coba beberapa saat lagi",
    "86": "Limitasi pengecekan nomor PLN, silahkan coba beberapa saat lagi",
    "88": "Transaksi tidak diizinkan",
    "99": "DF Rc Routing Issue",
}
_FAILED = frozenset({Status.FAILED, Status.CANCELLED, Status.EXPIRED})


def data_of(order: PartnerOrder, *, balance: int) -> dict[str, Any]:
    """What stands in `data`; `balance` is what the partner's deposit holds now, in rupiah."""
    rc = rc_of(order)
    return {
        "ref_id": order.ref_id,
        "customer_no": order.destination,
        "buyer_sku_code": order.sku,
        "message": message(rc),
        "status": status_word(rc),
        "rc": rc,
        "sn": order.sn,
        "buyer_last_saldo": balance,
        "price": order.price,
    }


def rc_of(order: PartnerOrder) -> str:
    """The response code of an order as it stands.

    A supplier's code is passed on only where it speaks of the number or the product: one about our own
    account there would tell the partner that something is wrong with its account here.
    """
    if order.status == Status.SUCCEEDED:
        return "00"
    if order.status not in _FAILED:
        return "03"
    known = CODES.get(order.rc)
    return order.rc if known is not None and known.has_record and known.again == Outcome.FAILED else "02"


def status_word(rc: str) -> str:
    """`Sukses`, `Pending` or `Gagal`."""
    return {"00": SUCCESS, "03": PENDING, "99": PENDING}.get(rc, FAILED)


def message(rc: str) -> str:
    """What a code says, in the protocol's own language."""
    return MESSAGES.get(rc, MESSAGES["02"])
