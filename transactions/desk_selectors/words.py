"""The desk's words for accounts, events and gateways: what a bookkeeper at a counter would say."""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portal.lib.money import rupiah
from transactions.models import (
    Account,
    AccountKind,
    AmendsKind,
    Attempt,
    IncidentKind,
    OrderEvent,
    PaymentState,
    RefundState,
    RefundWay,
    Status,
)

ACCOUNTS: dict[str, Promise] = {
    AccountKind.WALLET: gettext_lazy("Saldo"),
    AccountKind.UNAPPLIED: gettext_lazy("Uang masuk belum dipakai"),
    AccountKind.HELD: gettext_lazy("Ditahan untuk pesanan"),
    AccountKind.HELD_WITHDRAWALS: gettext_lazy("Ditahan untuk penarikan"),
    AccountKind.REFUNDS_DUE: gettext_lazy("Pengembalian yang belum dibayar"),
    AccountKind.SUSPENSE: gettext_lazy("Uang tanpa pemilik"),
    AccountKind.DUE_TO: gettext_lazy("Utang ke toko lain"),
    AccountKind.DUE_FROM: gettext_lazy("Piutang dari toko lain"),
    AccountKind.CLEARING: gettext_lazy("Di gerbang bayar"),
    AccountKind.BANK: gettext_lazy("Bank"),
    AccountKind.CASH: gettext_lazy("Kas"),
    AccountKind.SUPPLIER: gettext_lazy("Deposit di pemasok"),
    AccountKind.RECEIVABLE: gettext_lazy("Piutang"),
    AccountKind.SALES: gettext_lazy("Penjualan"),
    AccountKind.FEE_INCOME: gettext_lazy("Pendapatan biaya"),
    AccountKind.SHARE_EARNED: gettext_lazy("Bagi hasil diterima"),
    AccountKind.COST: gettext_lazy("Modal terjual"),
    AccountKind.GATEWAY_FEE: gettext_lazy("Biaya gerbang bayar"),
    AccountKind.COMMISSION: gettext_lazy("Komisi"),
    AccountKind.SHARE_PAID: gettext_lazy("Bagi hasil dibayar"),
    AccountKind.GOODWILL: gettext_lazy("Ganti rugi sukarela"),
    AccountKind.PROMO: gettext_lazy("Promo"),
    AccountKind.LATE_LOSS: gettext_lazy("Rugi karena jawaban terlambat"),
    AccountKind.CASH_DIFFERENCE: gettext_lazy("Selisih kas"),
    AccountKind.EQUITY: gettext_lazy("Modal pemilik"),
}
_KEYS: dict[str, Promise] = {
    "counter": gettext_lazy("gerai"),
    "main": gettext_lazy("utama"),
    "sandbox": gettext_lazy("uji coba"),
    "ewallet": gettext_lazy("e-wallet"),
}
GATEWAYS: dict[str, Promise] = {
    "cash": gettext_lazy("Tunai"),
    "balance": gettext_lazy("Saldo"),
    "sandbox": gettext_lazy("Bayar uji coba"),
    "qris": gettext_lazy("QRIS"),
    "transfer": gettext_lazy("Transfer bank"),
}


def account(row: Account, *, whose: str = "") -> str:
    """`Kas · gerai`; `whose` names the person, dealer or supplier behind the key, where somebody has looked it up."""
    if row.kind == AccountKind.LATE_LOSS and row.key:
        return _("Rugi selisih rekap")
    name = str(ACCOUNTS.get(row.kind, row.kind))
    whose = whose or str(_KEYS.get(row.key, row.key))
    return f"{name} · {whose}" if whose else name


def gateway(code: str) -> str:
    """How an order is paid."""
    return str(GATEWAYS.get("transfer" if code.startswith("bank:") else code, code))


def event(row: OrderEvent, suppliers: Mapping[int, str]) -> str:
    """One line of an order's history; `suppliers` names the supplier of each attempt."""
    say = _EVENTS.get(row.kind)
    return say(row, suppliers.get(row.attempt_id or 0, "")) if say else row.kind


def _status(row: OrderEvent, _supplier: str) -> str:
    return str(Status(row.new).label) if row.new in Status.values else row.new


def _receipt(row: OrderEvent, _supplier: str) -> str:
    amount = rupiah(int(row.note)) if row.note.isdecimal() else row.note
    return _("Uang diterima: %(amount)s") % {"amount": amount}


def _payment(row: OrderEvent, _supplier: str) -> str:
    return _("Kode bayar: %(state)s") % {"state": PaymentState(row.new).label}


def _method(row: OrderEvent, _supplier: str) -> str:
    return _("Cara bayar diganti: %(old)s → %(new)s") % {"old": gateway(row.old), "new": gateway(row.new)}


def _refund(row: OrderEvent, _supplier: str) -> str:
    return _("Pengembalian: %(state)s") % {"state": RefundState(row.new).label}


def _refund_way(row: OrderEvent, _supplier: str) -> str:
    return _("Pengembalian lewat: %(way)s") % {"way": RefundWay(row.new).label}


def _refund_proposed(row: OrderEvent, _supplier: str) -> str:
    return _("Usul pengembalian lewat: %(way)s") % {"way": RefundWay(row.new).label}


def _attempt(row: OrderEvent, supplier: str) -> str:
    if row.new == Attempt.Outcome.PENDING:
        return _("Dikirim ke %(supplier)s") % {"supplier": supplier}
    said = Attempt.Outcome(row.new).label
    return _("%(supplier)s menjawab: %(said)s") % {"supplier": supplier, "said": said}


def _incident(row: OrderEvent, supplier: str) -> str:
    if row.new in IncidentKind.values:
        return _("Insiden dibuka: %(kind)s") % {"kind": IncidentKind(row.new).label}
    return _("Insiden selesai") if supplier == "" else pgettext("satu", "Insiden")


def _withdrawn(_row: OrderEvent, supplier: str) -> str:
    return _("%(supplier)s menarik kembali jawaban yang menjadi insiden") % {"supplier": supplier}


def _insisted(_row: OrderEvent, supplier: str) -> str:
    return _("%(supplier)s mengulang jawaban yang menjadi insiden") % {"supplier": supplier}


def _late(_row: OrderEvent, supplier: str) -> str:
    return _("Jawaban %(supplier)s datang setelah waktunya; disimpan, tidak dipakai") % {"supplier": supplier}


def _proposed(row: OrderEvent, _supplier: str) -> str:
    from_word = {"succeeded": _("pulsa masuk"), "failed": _("tidak masuk, uang kembali")}
    return _("Usul keputusan: %(verdict)s") % {"verdict": from_word.get(row.new, row.new)}


def _amends(row: OrderEvent, _supplier: str) -> str:
    return _("%(what)s diberikan: %(amount)s") % _given(row)


def _amends_proposed(row: OrderEvent, _supplier: str) -> str:
    return _("%(what)s diusulkan: %(amount)s") % _given(row)


def _amends_dropped(row: OrderEvent, _supplier: str) -> str:
    return _("%(what)s tidak jadi: %(amount)s") % _given(row)


def _given(row: OrderEvent) -> dict[str, object]:
    return {"what": AmendsKind(row.new).label, "amount": rupiah(int(row.note))}


def _placed(_row: OrderEvent, _supplier: str) -> str:
    return _("Pesanan dibuat")


_EVENTS: dict[str, Callable[[OrderEvent, str], str]] = {
    "placed": _placed,
    "status": _status,
    "receipt": _receipt,
    "payment": _payment,
    "method": _method,
    "refund": _refund,
    "refund_way": _refund_way,
    "refund_proposed": _refund_proposed,
    "attempt": _attempt,
    "incident": _incident,
    "incident_withdrawn": _withdrawn,
    "incident_insisted": _insisted,
    "late_answer": _late,
    "decision_proposed": _proposed,
    "amends": _amends,
    "amends_proposed": _amends_proposed,
    "amends_dropped": _amends_dropped,
}
