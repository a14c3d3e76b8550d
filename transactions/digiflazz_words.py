"""An order in the words of the Digiflazz buyer API: the answer to a top-up, and the body of its webhook.

A failed order always carries a code that decides on a re-send, whatever our own supplier called it: a code of
ours with the supplier (our balance, our address) would be taken for one of the partner's with us.
Source: Digiflazz buyer API documentation, top-up and table of response codes.
"""

from typing import Any

from transactions.models import Status
from transactions.partner_orders import PartnerOrder
from transactions.suppliers.base import Outcome, Reason
from transactions.suppliers.digiflazz_codes import CODES

SUCCESS, FAILURE, PENDING = "Sukses", "Gagal", "Pending"
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
    "64": "Tarik tiket gagal, coba jumlah atau bank lain",
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
    "84": "Nominal tidak valid",
    "85": "Limitasi transaksi, coba beberapa saat lagi",
    "86": "Limitasi pengecekan nomor PLN, silahkan coba beberapa saat lagi",
    "88": "Transaksi tidak diizinkan",
    "99": "DF Rc Routing Issue",
}
_FAILED = frozenset({Status.FAILED, Status.CANCELLED, Status.EXPIRED})
_BY_REASON = {
    Reason.DISTURBED: "55",
    Reason.PRODUCT: "53",
    Reason.WRONG_NUMBER: "54",
    Reason.NUMBER_BLOCKED: "51",
    Reason.CUT_OFF: "58",
    Reason.REGION: "59",
    Reason.UNREGISTER_FIRST: "72",
    Reason.REVERSED: "74",
}


def rc_of(order: PartnerOrder) -> str:
    """The two characters that go with the status; of a failure one that decides on a re-send."""
    if order.status == Status.SUCCEEDED:
        return "00"
    if order.status not in _FAILED:
        return "03"
    code = CODES.get(order.rc)
    if code is not None and code.again == Outcome.FAILED:
        return code.rc
    return _BY_REASON.get(order.reason, "02")


def data_of(order: PartnerOrder, *, balance: int | None) -> dict[str, Any]:
    """The fields of a top-up's answer, without their envelope; `balance` is what the deposit holds, in rupiah.

    Without a balance `buyer_last_saldo` is left out.
    """
    rc = rc_of(order)
    data: dict[str, Any] = {
        "ref_id": order.ref_id,
        "customer_no": order.destination,
        "buyer_sku_code": order.sku,
        "message": message(rc),
        "status": status_word(rc),
        "rc": rc,
        "sn": order.sn,
        "price": order.price,
    }
    if balance is not None:
        data["buyer_last_saldo"] = balance
    return data


def status_word(rc: str) -> str:
    """`Sukses`, `Pending` or `Gagal`."""
    return {"00": SUCCESS, "03": PENDING, "99": PENDING}.get(rc, FAILURE)


def message(rc: str) -> str:
    """What a code says, in the protocol's own language."""
    return MESSAGES.get(rc, MESSAGES["02"])
