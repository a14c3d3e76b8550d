"""What a careful cashier says when a purchase does not go through as it is: one question, in plain words.

Every question says what happened, that nothing was taken, and what can be done now. It is a small
form of its own that repeats the purchase with one more answer in it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import singledispatch

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealers import pins
from dealers.models import Dealer
from portal.templatetags.words import clock, phone, rupiah
from transactions import accounts, catalog, ledger, orders, pricing, sales, storefront
from transactions.gateways.registry import Method
from transactions.meters import Holder
from transactions.models import Kind, Order, Product, Status, Tier
from transactions.sales import Wish


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to ask. Without a `button` there is nothing to say yes to; `ways` are other ways to pay.

    `answers` are the fields that the yes adds; `order` is one that stands already.
    """

    title: str
    text: str
    button: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    ways: list[Method] = field(default_factory=list)
    order: Order | None = None
    asks_pin: bool = False


@dataclass(frozen=True)
class Asked:
    """The purchase that a question is about."""

    dealer: Dealer
    wish: Wish
    other_ways: list[Method]

    @property
    def product(self) -> Product:
        """What was to be bought."""
        return self.wish.product


REFUSALS = (
    orders.PriceRose,
    orders.ProductClosed,
    ledger.InsufficientBalance,
    orders.BoughtBefore,
    orders.OtherBrand,
    orders.AlreadyUsed,
    sales.PageTooOld,
    sales.ShopClosed,
    pins.PinNeeded,
    pins.WrongPin,
    pins.PinLocked,
)


@singledispatch
def question(refusal: Exception, asked: Asked) -> Question:
    """What to ask after a refusal; one of `REFUSALS`. Reads the dealer's book."""
    raise TypeError(f"no question for {refusal!r} of {asked.dealer}")


@question.register
def price_rose(refusal: orders.PriceRose, asked: Asked) -> Question:
    """The price is another one now."""
    old = asked.wish.seen_price or pricing.now_and_at(asked.product, Tier.RETAIL, asked.wish.token.shown_at)[1]
    now = rupiah(refusal.price)
    return Question(
        title=_("Harga berubah"),
        text=_("Harga %(product)s sekarang %(now)s, tadi %(old)s. Uang belum dipotong. Lanjut?")
        % {"product": asked.product.name, "now": now, "old": rupiah(old)},
        button=_("Lanjut, bayar %(now)s") % {"now": now},
    )


@question.register
def product_closed(_refusal: orders.ProductClosed, asked: Asked) -> Question:
    """The product cannot be had now: say why, and until when."""
    brand, kind = asked.product.brand, Kind(asked.product.kind)
    tiles = catalog.tiles(asked.dealer.pk, kind=kind, brand=brand)
    tile = next((tile for tile in tiles if tile.product == asked.product and not tile.is_open), None)
    why = storefront.closed_words(tile, asked.dealer.time_zone) if tile else _("Sedang tutup")
    return Question(
        title=_("Produk ini sedang tutup"),
        text=_("%(product)s: %(why)s. Uang belum dipotong. Pilih nominal lain, atau coba lagi nanti.")
        % {"product": asked.product.name, "why": why},
    )


@question.register
def insufficient_balance(_refusal: ledger.InsufficientBalance, asked: Asked) -> Question:
    """The wallet holds too little: say how much is missing, and offer the other ways."""
    customer = asked.wish.customer
    held = ledger.wallet_balance(asked.dealer.pk, accounts.customer_wallet(customer.pk)) if customer else 0
    price = pricing.current(asked.product, Tier.RETAIL) or 0
    return Question(
        title=_("Saldo kurang %(missing)s") % {"missing": rupiah(max(price - held, 0))},
        text=_("Saldo %(held)s, harga %(price)s. Saldo belum dipotong. Bayar dengan cara lain?")
        % {"held": rupiah(held), "price": rupiah(price)},
        ways=asked.other_ways,
    )


@question.register
def bought_before(refusal: orders.BoughtBefore, asked: Asked) -> Question:
    """The same product for the same number within the day."""
    before = refusal.order
    words = {
        "face": asked.product.name,
        "clock": clock(before.created_at, asked.dealer.time_zone),
        "ago": _ago(timezone.now() - before.created_at),
    }
    if before.status == Status.AWAITING_PAYMENT:
        text = _("Nomor ini sudah punya pesanan %(face)s yang belum dibayar, dibuat %(clock)s (%(ago)s). Pesan lagi?")
    elif before.status == Status.SUCCEEDED:
        text = _("Nomor ini baru diisi %(face)s pukul %(clock)s (%(ago)s). Isi lagi?")
    else:
        text = _("%(face)s untuk nomor ini sedang dikirim sejak %(clock)s (%(ago)s). Isi lagi?")
    return Question(
        title=_("Sudah dibeli hari ini"),
        text=f"{text % words} {_('Uang belum dipotong.')}",
        button=_("Ya, isi lagi"),
        answers={"again": "1"},
    )


@question.register
def other_brand(_refusal: orders.OtherBrand, asked: Asked) -> Question:
    """The number's prefix speaks for another operator."""
    detected = catalog.detect_brand(asked.wish.destination)
    return Question(
        title=_("Nomor dan operator tidak cocok"),
        text=_("Awalan %(number)s milik %(detected)s, yang dipilih %(product)s. Uang belum dipotong. Tetap kirim?")
        % {
            "number": phone(asked.wish.destination),
            "detected": detected.name if detected else "",
            "product": asked.product.name,
        },
        button=_("Ya, nomornya benar"),
        answers={"confirm": "brand"},
    )


@question.register
def already_used(refusal: orders.AlreadyUsed, asked: Asked) -> Question:
    """This form has become an order with other content already."""
    order = refusal.order
    return Question(
        title=_("Formulir ini sudah menjadi pesanan"),
        text=_("Yang dibeli tadi: %(product)s ke %(number)s, %(clock)s. Isian yang baru belum dibeli.")
        % {
            "product": order.product.name,
            "number": phone(order.destination),
            "clock": clock(order.created_at, asked.dealer.time_zone),
        },
        button=_("Beli juga yang baru"),
        order=order,
    )


@question.register
def page_too_old(_refusal: sales.PageTooOld, asked: Asked) -> Question:
    """The page was open for more than a day."""
    price = pricing.current(asked.product, Tier.RETAIL)
    return Question(
        title=_("Halaman ini sudah lebih dari sehari terbuka"),
        text=_("Uang belum dipotong. Harga %(product)s sekarang %(price)s. Lanjut?")
        % {"product": asked.product.name, "price": rupiah(price)},
        button=_("Lanjut, bayar %(now)s") % {"now": rupiah(price)},
    )


@question.register
def shop_closed(_refusal: sales.ShopClosed, asked: Asked) -> Question:
    """The shop has closed meanwhile."""
    return Question(
        title=_("%(shop)s sedang tutup") % {"shop": asked.dealer.name},
        text=_("%(note)s Uang belum dipotong.") % {"note": asked.dealer.closed_note},
    )


def whose_meter(holder: Holder | None, asked: Asked) -> Question:
    """Whether the meter is the right one: its owner's name, or that no supplier could say it."""
    price, meter = pricing.current(asked.product, Tier.RETAIL), phone(asked.wish.destination)
    words = {"product": asked.product.name, "meter": meter}
    if holder is None:
        title = _("Periksa nomor meter sekali lagi")
        text = _("%(product)s untuk meter %(meter)s. Nama pemiliknya belum bisa diperiksa sekarang.")
    else:
        title = _("a.n. %(name)s") % {"name": holder.name}
        text = _("%(product)s untuk meter %(meter)s, daya %(power)s. Benar?")
        words["power"] = holder.power
    return Question(
        title=title,
        text=f"{text % words} {_('Uang belum dipotong.')}",
        button=_("Ya, bayar %(now)s") % {"now": rupiah(price)},
    )


@question.register(pins.PinNeeded)
@question.register(pins.WrongPin)
@question.register(pins.PinLocked)
def pin(refusal: Exception, asked: Asked) -> Question:
    """The sum is above the customer's limit."""
    is_locked = isinstance(refusal, pins.PinLocked)
    return Question(
        title=_("PIN saldo"),
        text=f"{pin_words(refusal, asked.dealer.time_zone)} {_('Saldo belum dipotong.')}",
        button="" if is_locked else _("Bayar dari saldo"),
        ways=asked.other_ways if is_locked else [],
        asks_pin=not is_locked,
    )


def pin_words(refusal: Exception, zone: str) -> str:
    """Why a PIN is asked for, or is not looked at now."""
    if isinstance(refusal, pins.PinLocked):
        return _("PIN salah lima kali, jadi dikunci sampai %(until)s.") % {"until": clock(refusal.until, zone)}
    if isinstance(refusal, pins.WrongPin):
        text = ngettext("PIN salah. Masih %(n)s kali lagi.", "PIN salah. Masih %(n)s kali lagi.", refusal.left)
        return text % {"n": refusal.left}
    return _("Pembayaran di atas batas PIN. Isi PIN 6 angka.")


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return _("baru saja")
    if minutes < 60:
        return ngettext("%(n)s menit lalu", "%(n)s menit lalu", minutes) % {"n": minutes}
    return ngettext("%(n)s jam lalu", "%(n)s jam lalu", minutes // 60) % {"n": minutes // 60}
