"""What the page for partners' developers shows, read from the code that decides it: endings, codes, bounds, pauses."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers import authentication, call_log, partners
from dealers.models import Dealer
from portal.lib import web
from transactions import digiflazz_words, sandbox, webhook_calls, webhook_endpoints, webhooks
from transactions.api import bounds
from transactions.api.digiflazz.views import FULL_LISTS_PER_MINUTE
from transactions.api.native import catalogue
from transactions.api.native.serializers import MOST_IN_A_BATCH
from transactions.models import Kind, Pace, Product, Status
from transactions.sandbox import Ending
from transactions.suppliers.base import Reason
from transactions.suppliers.digiflazz_codes import CODES
from transactions.suppliers.words import public

TRIED = "081234567890"
"""A number of Telkomsel's that succeeds at once in the sandbox."""


@dataclass(frozen=True)
class Try:
    """A number of the sandbox, and what becomes of an order to it."""

    number: str
    says: Promise
    rc: str
    seconds: int | None


def tries() -> list[Try]:
    """Every documented ending, the ordinary one first."""
    return [_try(TRIED, sandbox.AT_ONCE)] + [_try(f"{TRIED[:-3]}{end}", how) for end, how in sandbox.ENDINGS.items()]


def _try(number: str, how: Ending) -> Try:
    if how.seconds is None:
        return Try(number, _("diproses terus, tidak pernah selesai"), "03", None)
    if how.status == Status.SUCCEEDED:
        return Try(number, _("berhasil") if not how.seconds else _("pending, lalu berhasil"), how.rc, how.seconds)
    if how.reason == Reason.PRICE:
        return Try(number, _("gagal: harga berubah"), how.rc, how.seconds)
    return Try(number, _("gagal") if not how.seconds else _("pending, lalu gagal"), how.rc, how.seconds)


@dataclass(frozen=True)
class Rc:
    """A response code of the Digiflazz dialect as we answer it."""

    rc: str
    words: str
    status: str
    has_record: bool


def codes() -> list[Rc]:
    """Every code that a partner may get."""
    return [
        Rc(rc, words, digiflazz_words.status_word(rc), rc in CODES and CODES[rc].has_record)
        for rc, words in digiflazz_words.MESSAGES.items()
    ]


@dataclass(frozen=True)
class Problem:
    """A problem of the native API: its status, and what to do about it."""

    status: int
    code: str
    says: Promise

    @property
    def type(self) -> str:
        """The name in `type`."""
        return f"{web.TYPE_PREFIX}{self.code}"


PROBLEMS = (
    Problem(400, "malformed", _("Isinya bukan JSON.")),
    Problem(401, "unauthenticated", _("Kunci atau tanda tangan tidak dikenal.")),
    Problem(401, "timestamp_out_of_range", _("Jam server Anda tidak tepat.")),
    Problem(401, "replayed", _("Panggilan bertanda tangan ini sudah dipakai. Buat nonce baru.")),
    Problem(402, "insufficient_balance", _("Deposit tidak cukup. Setor dulu, lalu kirim lagi.")),
    Problem(402, "daily_cap_reached", _("Batas belanja hari ini tercapai.")),
    Problem(403, "address_not_allowed", _("Alamat IP server Anda belum didaftarkan di konter.")),
    Problem(403, "partner_not_approved", _("Pendaftaran belum disetujui konter.")),
    Problem(403, "partner_closed", _("Mitra ditutup. Hubungi konter.")),
    Problem(403, "scope_missing", _("Kunci ini tidak boleh dipakai untuk panggilan ini.")),
    Problem(404, "not_found", _("Tidak ada pesanan atau alamat seperti itu.")),
    Problem(405, "method_not_allowed", _("Alamatnya ada, metodenya salah.")),
    Problem(406, "not_acceptable", _("Kami hanya menjawab JSON.")),
    Problem(409, "ref_id_reused", _("ref_id ini milik pesanan lain. Pakai ref_id baru.")),
    Problem(409, "product_closed", _("Produk sedang tutup. Coba lagi nanti.")),
    Problem(409, "price_above_max", _("Harga sekarang di atas max_price.")),
    Problem(409, "too_many_endpoints", _("Alamat webhook sudah penuh. Hapus satu dulu.")),
    Problem(409, "too_many_deposits", _("Tiket deposit yang terbuka sudah cukup. Bayar satu, atau tunggu habis.")),
    Problem(409, "amount_taken", _("Jumlah unik di dekat ini sedang ditunggu semua. Minta jumlah lain.")),
    Problem(409, "no_bank_account", _("Konter belum menerima transfer bank.")),
    Problem(409, "sandbox_has_no_deposits", _("Kunci uji coba tidak menyetor: tiket meminta uang sungguhan.")),
    Problem(413, "too_large", _("Isi lebih dari 64 kB.")),
    Problem(415, "unsupported_media_type", _("Isi harus application/json.")),
    Problem(422, "invalid", _("Ada isian yang salah; errors menyebut yang mana.")),
    Problem(422, "unknown_sku", _("Produk itu tidak dijual. Ambil daftar produk.")),
    Problem(422, "bad_destination", _("Nomor tujuan salah.")),
    Problem(422, "wrong_brand", _("Nomornya milik operator lain.")),
    Problem(422, "unknown_bank", _("Konter tidak punya rekening di bank itu.")),
    Problem(422, "bad_url", _("Alamat webhook harus alamat umum yang ada.")),
    Problem(422, "bad_secret", _("Rahasia webhook tidak cocok dengan formatnya.")),
    Problem(429, "too_many_requests", _("Terlalu sering. Tunggu sesuai Retry-After.")),
    Problem(500, "internal_error", _("Kesalahan kami. Ulangi permintaan yang sama; ref_id menjaganya.")),
    Problem(503, "database_unreachable", _("Kami sedang terganggu. Ulangi permintaan yang sama sesuai Retry-After.")),
)
"""Whatever is answered below 500 with a problem bought nothing; after 5xx the same request tells."""

CHANGES: tuple[tuple[str, Promise], ...] = (
    ("2026-11-24", _("Tiket deposit: POST /api/v1/deposits/, dan deposit pada API Digiflazz.")),
    ("2026-11-24", _("Pesanan satu hari: GET /api/v1/orders/?date=; rekap juga sebagai CSV.")),
    ("2026-11-24", _("Log panggilan: GET /api/v1/calls/ menunjukkan 30 hari terakhir.")),
    ("2026-11-24", _("Webhook dalam dua format, dengan kirim ulang.")),
    ("2026-11-24", _("Versi 1: API Konter dan API pembeli Digiflazz.")),
)


def reasons() -> list[tuple[str, Promise]]:
    """The words in `reason`, and what customers are told."""
    return [(str(reason), public(reason)) for reason in Reason if reason != Reason.NONE]


def bounds_of_calls() -> dict[str, object]:
    """Numbers that a client must keep to."""
    return {
        "per_minute": bounds.CALLS_PER_MINUTE,
        "strangers": bounds.STRANGERS_PER_MINUTE,
        "kilobytes": bounds.MOST_BYTES // 1024,
        "batch": MOST_IN_A_BATCH,
        "page": catalogue.PAGE,
        "list_minutes": round(1 / FULL_LISTS_PER_MINUTE),
        "clock": authentication.CLOCK_TOLERANCE_SECONDS,
        "log_days": call_log.KEPT.days,
        "overlap_days": partners.OVERLAP_AT_MOST.days,
        "trial_days": sandbox.KEPT.days,
        "trial_balance": sandbox.BALANCE,
    }


def webhook_rules() -> dict[str, object]:
    """When a delivery is tried again, and when an address is paused."""
    return {
        "pauses": [pause.total_seconds() for pause in webhook_calls.PAUSES],
        "tries": len(webhook_calls.PAUSES) + 1,
        "seconds": round(webhook_calls.CALL_SECONDS),
        "paused_hours": webhook_calls.PAUSED_AFTER // timedelta(hours=1),
        "most": webhook_endpoints.MOST_ENDPOINTS,
        "kept_days": webhooks.DELIVERIES_KEPT.days,
    }


def product_to_try(dealer: Dealer) -> str:
    """What the samples buy: a small pulsa of the operator of `TRIED`. Inside the dealer's transaction."""
    rows = Product.objects.filter(dealer=dealer, kind=Kind.PULSA, brand__code="TSEL", is_open=True)
    return rows.order_by("nominal").values_list("sku", flat=True).first() or "TSEL10"


def arrival(dealer: Dealer) -> Pace | None:
    """How long orders take here. Inside the dealer's transaction."""
    return Pace.objects.filter(dealer=dealer, brand=None).first()
