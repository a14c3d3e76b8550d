"""Every error of the native API as problem details (RFC 9457): a stable `code`, what happened, what about the money."""

import json
from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request

from dealers.authentication import No, Refused
from portal.lib import web
from portal.lib.money import rupiah
from transactions import deposit_tickets, orders, partner_sales, webhook_endpoints, webhooks
from transactions.api.native.deposits import SandboxHasNone
from transactions.forms import number_words
from transactions.ledger import InsufficientBalance

_REALM = {"WWW-Authenticate": 'Bearer realm="Konter"'}


REFUSALS = (
    exceptions.ValidationError,
    partner_sales.UnknownSku,
    partner_sales.BadDestination,
    partner_sales.WrongBrand,
    partner_sales.CapReached,
    partner_sales.RefIdReused,
    orders.ProductClosed,
    orders.PriceRose,
    InsufficientBalance,
)
"""Why an order was not placed; after any of them nothing was bought."""


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's EXCEPTION_HANDLER: an answer for everything that is not a defect of ours."""
    request = context["request"]
    plain = request._request if isinstance(request, Request) else request  # noqa: SLF001  no other way in DRF
    return web.trouble_response(plain, error) or _answer(error)


def of(error: Exception) -> tuple[int, dict[str, Any]]:
    """Status and problem details of one of `REFUSALS`, for a line of a batch."""
    answer = _answer(error)
    if answer is None:
        raise error
    return answer.status_code, json.loads(answer.content)


@singledispatch
def _answer(error: Exception) -> JsonResponse | None:
    del error
    return None


@_answer.register
def _refused(error: Refused) -> JsonResponse:
    words = {
        No.UNKNOWN: _("Kunci atau tanda tangan tidak dikenal."),
        No.CLOCK: _("Konter-Timestamp lebih dari 300 detik dari waktu kami. Periksa jam server Anda."),
        No.REPLAYED: _("Panggilan bertanda tangan ini sudah dipakai, atau tanpa Konter-Nonce. Pakai nonce baru."),
        No.ADDRESS: _("Alamat IP ini tidak ada di daftar yang diizinkan untuk mitra ini."),
        No.APPLIED: _("Pendaftaran mitra belum disetujui."),
        No.CLOSED: _("Mitra ini ditutup. Hubungi toko."),
        No.SCOPE: _("Kunci ini tidak boleh dipakai untuk panggilan ini."),
    }
    is_unknown = error.why in {No.UNKNOWN, No.CLOCK, No.REPLAYED}
    return web.problem(
        401 if is_unknown else 403, str(error.why), words[error.why], headers=_REALM if is_unknown else None
    )


@_answer.register
def _invalid(error: exceptions.ValidationError) -> JsonResponse:
    found = list(_fields(error.detail))
    detail = _("Ada isian yang salah. Tidak ada yang dibeli dan saldo tidak berubah.")
    return web.problem(422, "invalid", detail, errors=found)


def _fields(detail: Any, at: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(inner, f"{at}.{name}" if at else str(name))
    elif isinstance(detail, list) and any(isinstance(each, dict | list) for each in detail):
        for number, inner in enumerate(detail):
            yield from _fields(inner, f"{at}[{number}]")
    else:
        words = detail if isinstance(detail, list) else [detail]
        yield {"field": at, "detail": " ".join(str(word) for word in words)}


@_answer.register
def _by_drf(error: exceptions.APIException) -> JsonResponse:
    code = {"parse_error": "malformed", "not_authenticated": "unauthenticated"}.get(
        error.default_code, error.default_code
    )
    return web.problem(error.status_code, code, str(error.detail))


@_answer.register
def _missing(_error: Http404) -> JsonResponse:
    return web.problem(404, "not_found", _("Tidak ada di sini."))


def _field(name: str, code: str, words: str) -> JsonResponse:
    return web.problem(422, code, words, errors=[{"field": name, "detail": words}])


@_answer.register
def _unknown_sku(error: partner_sales.UnknownSku) -> JsonResponse:
    return _field("sku", "unknown_sku", _("Produk %(sku)s tidak dijual.") % {"sku": str(error)[:40]})


@_answer.register
def _bad_number(error: partner_sales.BadDestination) -> JsonResponse:
    return _field("destination", "bad_destination", number_words(error.error))


@_answer.register
def _wrong_brand(_error: partner_sales.WrongBrand) -> JsonResponse:
    return _field("destination", "wrong_brand", _("Awalan nomor ini milik operator lain."))


@_answer.register
def _closed(_error: orders.ProductClosed) -> JsonResponse:
    return web.problem(409, "product_closed", _("Produk ini sedang tutup. Saldo tidak berubah."))


@_answer.register
def _rose(error: orders.PriceRose) -> JsonResponse:
    words = _("Harga sekarang %(price)s, di atas max_price. Saldo tidak berubah.") % {"price": rupiah(error.price)}
    return web.problem(409, "price_above_max", words, price=error.price)


@_answer.register
def _poor(_error: InsufficientBalance) -> JsonResponse:
    return web.problem(402, "insufficient_balance", _("Saldo deposit tidak cukup. Tidak ada yang dibeli."))


@_answer.register
def _capped(error: partner_sales.CapReached) -> JsonResponse:
    words = _("Batas belanja hari ini %(cap)s, sudah terpakai %(spent)s. Tidak ada yang dibeli.")
    given = {"cap": rupiah(error.cap), "spent": rupiah(error.spent)}
    return web.problem(402, "daily_cap_reached", words % given, cap=error.cap, spent=error.spent)


@_answer.register
def _reused(error: partner_sales.RefIdReused) -> JsonResponse:
    words = _("ref_id ini sudah dipakai untuk pesanan %(code)s dengan isi lain. Tidak ada yang dibeli.")
    return web.problem(409, "ref_id_reused", words % {"code": error.order.code}, order=error.order.code)


@_answer.register
def _bad_url(_error: webhooks.BadUrl) -> JsonResponse:
    return _field("url", "bad_url", _("Alamat ini tidak bisa dipakai: harus alamat umum (http atau https) yang ada."))


@_answer.register
def _bad_secret(_error: webhook_endpoints.BadSecret) -> JsonResponse:
    words = _("Rahasia ini tidak cocok: native whsec_ dan base64 dari 24-64 byte, digiflazz 8-128 karakter.")
    return _field("secret", "bad_secret", words)


@_answer.register
def _many_endpoints(_error: webhook_endpoints.TooMany) -> JsonResponse:
    words = _("Paling banyak %(most)s alamat webhook. Hapus satu dulu.") % {"most": webhook_endpoints.MOST_ENDPOINTS}
    return web.problem(409, "too_many_endpoints", words)


@_answer.register
def _no_trial_deposit(_error: SandboxHasNone) -> JsonResponse:
    words = _("Kunci uji coba tidak punya deposit: tiket akan meminta uang sungguhan. Pakai kunci sungguhan.")
    return web.problem(409, "sandbox_has_no_deposits", words)


@_answer.register
def _no_account(error: deposit_tickets.NoAccount) -> JsonResponse:
    if not error.banks:
        return web.problem(409, "no_bank_account", _("Toko ini belum menerima transfer. Hubungi toko."))
    return _field(
        "bank", "unknown_bank", _("Toko tidak punya rekening di bank ini. Pilih: %s.") % ", ".join(error.banks)
    )


@_answer.register
def _many_deposits(_error: deposit_tickets.TooManyOpen) -> JsonResponse:
    words = _("Paling banyak %(most)s tiket deposit menunggu. Transfer dulu yang ada, atau tunggu habis waktunya.")
    return web.problem(409, "too_many_deposits", words % {"most": deposit_tickets.MOST_OPEN})


@_answer.register
def _no_sum_left(_error: deposit_tickets.NoAmountLeft) -> JsonResponse:
    return web.problem(409, "amount_taken", _("Semua jumlah unik di dekat ini sedang ditunggu. Coba jumlah lain."))


@_answer.register
def _other_deposit(error: deposit_tickets.RefIdReused) -> JsonResponse:
    words = _("ref_id ini sudah dipakai untuk tiket deposit %(code)s dengan isi lain. Tidak ada tiket baru.")
    return web.problem(409, "ref_id_reused", words % {"code": error.ticket.code}, deposit=error.ticket.code)


def not_found(request: HttpRequest, rest: str = "") -> JsonResponse:
    """Every address below `/api/v1/` that is none."""
    del request, rest
    return web.problem(404, "not_found", _("Alamat ini tidak ada di API."))
