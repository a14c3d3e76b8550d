"""What stands on a receipt, in words, whatever it is shown on; and the code by which anybody can verify it.

The verify code opens neither the order nor its number. It is made when the receipt is first seen: most orders
never have one.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from dealers.models import Dealer
from portal.lib import ids
from portal.lib.money import rupiah
from portal.templatetags import words
from transactions.gateways.registry import METHOD_LABELS
from transactions.models import Kind, Order, Proof, Refund, RefundState, Status

_SHARE = "https://wa.me/?text="


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One receipt. `returned` is what went back of its price, in rupiah; `is_masked` hides the number's middle."""

    dealer: Dealer
    order: Order
    code: str
    returned: int
    is_masked: bool

    @property
    def number(self) -> str:
        """The number that was topped up, as the buyer chose to show it."""
        return words.phone_masked(self._to) if self.is_masked else words.phone(self._to)

    @property
    def when(self) -> str:
        """Date and time at which it arrived."""
        zone = self.dealer.time_zone
        return f"{words.day(self.order.finished_at, zone)}, {words.clock_seconds(self.order.finished_at, zone)}"

    @property
    def method(self) -> str:
        """How it was paid."""
        return str(METHOD_LABELS.get(self.order.gateway, self.order.gateway))

    @property
    def is_token(self) -> bool:
        """Whether the serial number is a PLN token, which is typed into a meter."""
        return self.order.product.kind == Kind.PLN

    @property
    def serial_label(self) -> str:
        """What the serial number is called."""
        return _("Token") if self.is_token else "SN"

    @property
    def serial(self) -> str:
        """The serial number in fours."""
        return words.sn(plain_serial(self.order))

    @property
    def serial_note(self) -> str:
        """What a PLN supplier adds to a token: name, tariff, power, kWh."""
        return self.order.sn.partition("/")[2].replace("/", " · ")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Label and value, in the order in which they are printed."""
        facts = [
            (_("Kode"), ids.grouped(self.order.code)),
            (_("Waktu"), self.when),
            (_("Nomor"), self.number),
            (_("Produk"), self.order.product.name),
            (_("Cara bayar"), self.method),
        ]
        return [*facts, (_("Dikembalikan"), rupiah(self.returned))] if self.returned else facts

    @property
    def price(self) -> str:
        """What was paid."""
        return rupiah(self.order.price)

    @property
    def address(self) -> str:
        """Where anybody can verify it."""
        return settings.KONTER_BASE_URL + reverse("verify", args=[self.code])

    @property
    def typed(self) -> tuple[str, str]:
        """The same, as somebody would type it from paper: place and code, to be written one after the other."""
        return f"{_host()}/v/", ids.grouped(self.code)

    @property
    def complaints(self) -> list[str]:
        """Where to turn when something is wrong: never the secret link, which a receipt would give away."""
        phone = [words.phone(self.dealer.phone)] if self.dealer.phone else []
        return [*phone, f"{_host()}{reverse('lookup')}"]

    @property
    def message(self) -> str:
        """The receipt in one sentence, for a chat: the number masked, whatever the paper shows."""
        zone, finished = self.dealer.time_zone, self.order.finished_at
        given = {
            "product": product(self.order),
            "number": words.phone_masked(self._to),
            "date": f"{finished.astimezone(words.zone(zone)):%d/%m/%y %H.%M}" if finished else "",
            "label": self.serial_label,
            "serial": self.serial if self.is_token else _ends(plain_serial(self.order)),
            "link": self.address,
        }
        return _("%(product)s ke %(number)s BERHASIL %(date)s. %(label)s %(serial)s. Cek: %(link)s") % given

    @property
    def share(self) -> str:
        """A link that opens WhatsApp with the message."""
        return _SHARE + quote(self.message, safe="")

    @property
    def _to(self) -> str:
        return self.order.destination


def of(dealer: Dealer, order: Order, *, masked: bool = False) -> Slip | None:
    """The receipt of a delivered order, with its verify code; None for others. Inside the dealer's transaction."""
    if order.status != Status.SUCCEEDED:
        return None
    code = proof(order).code
    return Slip(dealer=dealer, order=order, code=code, returned=returned(order), is_masked=masked)


def proof(order: Order) -> Proof:
    """The code by which a receipt is verified; the same whoever asks, and however many ask at once."""
    wanted = {"dealer_id": order.dealer_id, "order": order}
    made, _is_new = Proof.objects.get_or_create(**wanted, defaults={"code": ids.new_receipt_code()})
    return made


def returned(order: Order) -> int:
    """How much of the price went back or is about to, in rupiah; gifts do not count."""
    back = Refund.objects.filter(dealer_id=order.dealer_id, order=order, is_goodwill=False)
    total = back.exclude(state__in=[RefundState.VOID, RefundState.RETURNED]).aggregate(sum=Sum("amount"))["sum"]
    return min(int(total or 0), order.price)


def plain_serial(order: Order) -> str:
    """The serial number without what stands after it; of a token the digits alone."""
    serial = order.sn.partition("/")[0].strip()
    digits = "".join(char for char in serial if char.isdecimal())
    return digits if order.product.kind == Kind.PLN and len(digits) == 20 else serial


def product(order: Order) -> str:
    """`Pulsa Telkomsel 25.000`: kind, brand and face value; a package by its name."""
    sold = order.product
    if sold.kind == Kind.DATA:
        return sold.name
    what = Kind(sold.kind).label if sold.kind == Kind.PLN else f"{Kind(sold.kind).label} {sold.brand.name}"
    return f"{what} {words.nominal(sold.nominal)}"


def _ends(serial: str) -> str:
    return f"{serial[:4]}…{serial[-4:]}" if len(serial) > 10 else serial


def _host() -> str:
    return urlsplit(settings.KONTER_BASE_URL).netloc
