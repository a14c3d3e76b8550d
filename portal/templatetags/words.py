"""How money, numbers and times are written on every screen; built in, so no template loads it.

`Rp25.400`, `0812-3456-7890`, `09.41 WIB`, `24 Nov 2026`. In English, too: an amount must look as it does
on the receipt and in the bank's app, only the months' names follow the language. Times are shown in the dealer's zone,
which is passed along (`{{ order.paid_at|clock:dealer.timezone }}`): a portal has three of them.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.translation import get_language, ngettext

from portal.lib import money, msisdn

register = template.Library()

_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_OFFSETS = {7: "WIB", 8: "WITA", 9: "WIT"}
_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


@register.filter
def rupiah(amount: int | str | None) -> str:
    """25400 -> `Rp25.400`; nothing for no amount."""
    return "" if amount is None or amount == "" else money.rupiah(int(amount))


@register.filter
def nominal(amount: int | str | None) -> str:
    """25000 -> `25.000`."""
    return "" if amount is None or amount == "" else money.nominal(int(amount))


@register.filter
def percent(hundredths: int) -> str:
    """150 -> `1,5 %`, with the sign of a discount kept."""
    whole, rest = divmod(abs(hundredths), 100)
    text = f"{whole},{rest:02d}".rstrip("0").rstrip(",")
    return f"{'-' if hundredths < 0 else ''}{text} %"


@register.filter
def phone(destination: str | None) -> str:
    """A phone number in threes of four; meter numbers in fours; anything else (a game id) as it is."""
    text = str(destination or "")
    if text.startswith("+62"):
        return msisdn.grouped(text)
    return msisdn.grouped_meter(text) if re.fullmatch(r"\d{11,12}", text) else text


@register.filter
def phone_masked(destination: str | None) -> str:
    """`0812-••••-890`; of other destinations only the last three characters."""
    text = str(destination or "")
    if text.startswith("+62"):
        return msisdn.masked(text)
    return f"••••{text[-3:]}" if len(text) > 3 else text


@register.filter
def sn(serial: str | None) -> str:
    """A serial number or token in fours; what follows a slash (PLN: name, tariff, kWh) stays as it is."""
    number, slash, rest = str(serial or "").partition("/")
    if re.fullmatch(r"[0-9A-Za-z]{8,}", number):
        number = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
    return number + slash + rest


def zone(name: str | dt.tzinfo | None) -> dt.tzinfo:
    """The time zone of `WITA`, of `Asia/Makassar`, or of the portal when nothing is given."""
    if isinstance(name, dt.tzinfo):
        return name
    return ZoneInfo(_ZONES.get(name or "", name or settings.TIME_ZONE))


def _local(moment: dt.datetime, name: str | dt.tzinfo | None) -> dt.datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(zone(name))


def _zone_word(local: dt.datetime) -> str:
    hours = (local.utcoffset() or dt.timedelta()).total_seconds() / 3600
    return _OFFSETS.get(int(hours), local.strftime("%Z"))


@register.filter
def clock(moment: dt.datetime | None, tz: str | dt.tzinfo | None = None) -> str:
    """`09.41 WIB`."""
    if not moment:
        return ""
    local = _local(moment, tz)
    return f"{local:%H.%M} {_zone_word(local)}"


@register.filter
def clock_seconds(moment: dt.datetime | None, tz: str | dt.tzinfo | None = None) -> str:
    """`09.41.12 WIB`, where seconds are proof: delivery times and receipts."""
    if not moment:
        return ""
    local = _local(moment, tz)
    return f"{local:%H.%M.%S} {_zone_word(local)}"


@register.filter
def day(moment: dt.date | None, tz: str | dt.tzinfo | None = None) -> str:
    """`24 Nov 2026`, months in the active language; a plain date needs no zone."""
    if not moment:
        return ""
    local = _local(moment, tz) if isinstance(moment, dt.datetime) else moment
    months = _MONTHS["en" if (get_language() or "id").startswith("en") else "id"]
    return f"{local.day} {months[local.month - 1]} {local.year}"


@register.filter
def duration(seconds: float | None) -> str:
    """8.4 -> `9 detik`, 130 -> `3 menit`: rounded up, so that nothing is faster than it was; nothing for None."""
    if seconds is None:
        return ""
    whole = max(1, -int(-seconds // 1))
    if whole < 100:
        return ngettext("%(n)s detik", "%(n)s detik", whole) % {"n": whole}
    minutes = -(-whole // 60)
    return ngettext("%(n)s menit", "%(n)s menit", minutes) % {"n": minutes}


@register.filter
def span(seconds: float) -> str:
    """An agreed time as it was agreed: 5 -> `5 detik`, 300 -> `5 menit`, 86400 -> `24 jam`."""
    whole = int(seconds)
    if whole % 3600 == 0:
        return ngettext("%(n)s jam", "%(n)s jam", whole // 3600) % {"n": whole // 3600}
    if whole % 60 == 0:
        return ngettext("%(n)s menit", "%(n)s menit", whole // 60) % {"n": whole // 60}
    return ngettext("%(n)s detik", "%(n)s detik", whole) % {"n": whole}
