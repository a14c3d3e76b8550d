"""What a dealer's shop shows: vouchers for a number, ways to pay, how fast pulsa arrives today."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from dealers.models import Dealer, User
from portal.lib import msisdn
from portal.lib.prepared import Prepared
from portal.templatetags.words import clock, nominal
from transactions import catalog, form_tokens, packages, service
from transactions.catalog import Tile
from transactions.gateways import registry
from transactions.gateways.registry import Method
from transactions.models import Brand, Kind, Order, Prefix, Product, Status
from transactions.packages import Package, Sieve
from transactions.service import BrandService

IN_SIGHT = 6
"""Vouchers that are shown at once; the others wait behind "Nominal lain"."""
_PULSE_SAMPLE, _PULSE_LEAST = 50, 3
_PULSE_SECONDS = 30


@dataclass(frozen=True)
class Voucher:
    """A product as a tile: what stands on it, and whether it is the chosen one."""

    tile: Tile
    is_chosen: bool
    zone: str

    @property
    def product(self) -> Product:
        """What is sold."""
        return self.tile.product

    @property
    def price(self) -> int:
        """Rupiah."""
        return self.tile.price

    @property
    def is_open(self) -> bool:
        """Whether it can be bought now."""
        return self.tile.is_open

    @cached_property
    def package(self) -> Package | None:
        """What a data package holds, where its name says so."""
        return packages.read(self.product.name) if self.product.kind == Kind.DATA else None

    @property
    def per_gigabyte(self) -> int | None:
        """Rupiah for a gigabyte of the package."""
        return self.package.per_gigabyte(self.price) if self.package else None

    @property
    def per_day(self) -> int | None:
        """Rupiah for a day of the package."""
        return self.package.per_day(self.price) if self.package else None

    @property
    def face(self) -> str:
        """The face value; for packages the size, or the name without what is known already."""
        if self.product.kind != Kind.DATA:
            return nominal(self.product.nominal)
        if self.package:
            return self.package.size
        rest = self.product.name.removeprefix(self.product.brand.name).strip()
        return rest.removeprefix("Data").strip() or self.product.name

    @property
    def why_closed(self) -> str:
        """Why it cannot be bought now, and until when if that is known."""
        return closed_words(self.tile, self.zone)


def closed_words(tile: Tile, zone: str) -> str:
    """Why a product cannot be bought now, in words, with the time at which it opens again."""
    if tile.closed_note == "cut_off" and tile.reopens_at:
        return _("Tutup sampai %(time)s") % {"time": clock(tile.reopens_at, zone)}
    reason = _("Sedang tutup") if tile.closed_note in {"closed", "cut_off"} else tile.closed_note
    return f"{reason}, ± {clock(tile.reopens_at, zone)}" if tile.reopens_at else reason


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The vouchers for one kind and brand. `brand` is None while no number speaks for one."""

    dealer: Dealer
    kind: Kind
    brand: Brand | None
    is_guess: bool
    number: str | None
    vouchers: list[Voucher]
    token: str
    prefix: str = ""
    """The digits that spoke for the brand, if it was not chosen by hand."""
    sieve: Sieve = field(default_factory=Sieve)
    can_sift: bool = False

    @property
    def has_number(self) -> bool:
        """Whether somebody typed one."""
        return self.number is not None

    @cached_property
    def brands(self) -> list[Brand]:
        """Brands of which the dealer sells this kind."""
        return list(catalog.brands(self.dealer.pk, self.kind))

    @cached_property
    def kinds(self) -> list[Kind]:
        """What the dealer sells, in the order of the tabs."""
        return kinds(self.dealer)

    @cached_property
    def digits_that_matter(self) -> int:
        """How many digits can speak for a brand."""
        return _digits_that_matter(self.number) if self.number else 4

    @property
    def trouble(self) -> str:
        """Why nothing of it can be bought now, when that is so."""
        if not self.vouchers or any(voucher.is_open for voucher in self.vouchers):
            return ""
        timed = [voucher for voucher in self.vouchers if voucher.tile.reopens_at]
        soonest = min(timed, key=lambda voucher: voucher.tile.reopens_at or timezone.now(), default=self.vouchers[0])
        return soonest.why_closed

    @property
    def prices(self) -> tuple[int, ...]:
        """The upper limits that can be chosen, in rupiah."""
        return packages.PRICES

    @property
    def first(self) -> list[Voucher]:
        """The vouchers in sight."""
        return self.vouchers[:IN_SIGHT]

    @property
    def more(self) -> list[Voucher]:
        """The vouchers behind "Nominal lain"."""
        return self.vouchers[IN_SIGHT:]

    @property
    def more_is_chosen(self) -> bool:
        """Whether the chosen one is among the hidden ones, which are then shown."""
        return any(voucher.is_chosen for voucher in self.more)

    @cached_property
    def disturbed(self) -> BrandService | None:
        """How the brand works, if that is something to know before buying."""
        brand = self.brand or next((voucher.product.brand for voucher in self.vouchers), None)
        return service.trouble_with(self.dealer, brand) if brand and self.vouchers else None

    @cached_property
    def chosen(self) -> Voucher | None:
        """The chosen voucher, if it can be bought."""
        return next((voucher for voucher in self.vouchers if voucher.is_chosen and voucher.is_open), None)


_ALL = Sieve()


def grid(
    dealer: Dealer, *, kind: Kind, number: str | None, brand_code: str = "", sku: str = "", sieve: Sieve = _ALL
) -> Grid:
    """The vouchers for a number (E.164) or for a brand that was chosen by hand; prices as they are now."""
    token = form_tokens.make(dealer.pk)  # before the prices are read: the page must not claim to be newer than they
    sold = catalog.brands(dealer.pk, kind) if brand_code else []  # compared here: what was typed may hold anything
    chosen = next((brand for brand in sold if brand.code == brand_code), None)
    prefix = catalog.prefix_of(number) if number and kind != Kind.PLN else None
    brand = chosen or (prefix.brand if prefix else None)
    tiles = catalog.tiles(dealer.pk, kind=kind, brand=brand) if brand or kind == Kind.PLN else []
    vouchers = [Voucher(tile, tile.product.sku == sku, dealer.time_zone) for tile in tiles]
    return Grid(
        dealer=dealer,
        kind=kind,
        brand=brand,
        is_guess=chosen is None,
        number=number or None,
        vouchers=_sifted(vouchers, sieve) if kind == Kind.DATA else vouchers,
        token=token,
        prefix=prefix.digits if prefix and chosen is None else "",
        sieve=sieve,
        can_sift=kind == Kind.DATA and len(vouchers) > 1,
    )


def _sifted(vouchers: list[Voucher], sieve: Sieve) -> list[Voucher]:
    shown = [voucher for voucher in vouchers if sieve.lets_through(voucher.package, voucher.price)]
    return sorted(shown, key=lambda voucher: sieve.place(voucher.package, voucher.price))


def _digits_that_matter(number: str) -> int:
    rows = Prefix.objects.filter(digits__startswith=msisdn.national(number)[:4])
    return max((len(digits) for digits in rows.values_list("digits", flat=True)), default=4)


_SOLD = Prepared(
    lambda dealer: (
        Product.objects.filter(dealer_id=dealer, is_open=True).order_by("kind").distinct("kind").only("kind")
    ),
    dealer=int,
)


def kinds(dealer: Dealer) -> list[Kind]:
    """What the dealer sells, in the order of the tabs."""
    sold = {product.kind for product in _SOLD.all(dealer=dealer.pk)}
    return [kind for kind in Kind if kind in sold] or [Kind.PULSA]


@dataclass(frozen=True)
class Methods:
    """Ways to pay: the chosen one, and the others."""

    chosen: Method
    others: list[Method]

    @property
    def codes(self) -> set[str]:
        """Everything that may be chosen."""
        return {self.chosen.code, *(method.code for method in self.others)}

    def without(self, code: str) -> list[Method]:
        """The ways that are left when one does not work."""
        return [method for method in [self.chosen, *self.others] if method.code != code]


def methods(dealer: Dealer, user: User | None, *, wanted: str = "") -> Methods:
    """What this buyer may choose from, with `wanted` chosen if it is among them."""
    offered = registry.methods(dealer, user)
    chosen = next((method for method in offered if method.code == wanted), offered[0])
    return Methods(chosen, [method for method in offered if method is not chosen])


def pulse(dealer: Dealer) -> int | None:
    """How many seconds passed between payment and arrival in the middle of today's sales; None when there are few."""
    key = f"pulse:{dealer.pk}"
    found: int | None = cache.get(key, -1)
    if found == -1:
        found = _pulse(dealer)
        cache.set(key, found, _PULSE_SECONDS)
    return found


def _pulse(dealer: Dealer) -> int | None:
    sold = Order.objects.filter(dealer=dealer, status=Status.SUCCEEDED)
    since: datetime = timezone.now() - timedelta(days=1)
    times = sold.filter(created_at__gte=since).values_list("paid_at", "finished_at")[:_PULSE_SAMPLE]
    seconds = [(finished - paid).total_seconds() for paid, finished in times if paid and finished]
    return max(1, round(median(seconds))) if len(seconds) >= _PULSE_LEAST else None
