"""What somebody is told who has paid and waits: what was promised, and after that what is true instead.

Nothing here ever says that an order failed: silence is not a no. When the promise has passed, the next news
is the moment at which staff look, and from then on the time that they have for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealers.models import Dealer
from portal.templatetags.words import clock
from transactions import fulfilment, pace
from transactions.models import Order, Status, Task, TaskKind
from transactions.pace import Promise


@dataclass(frozen=True)
class Words:
    """What is said on top: `tone` is ok, info, warn or bad; one status word, then sentences."""

    tone: str
    headline: str
    lines: tuple[str, ...]


def words(dealer: Dealer, order: Order) -> Words:
    """The status word and sentences of a paid order without a verdict. Inside the dealer's transaction."""
    promise = pace.promise(order)
    is_sent = order.status == Status.PROCESSING
    if timezone.now() < promise.until:
        return Words("info", _("Sedang dikirim"), (_promised(dealer, order, promise),))
    silent = (
        _("Lebih lama dari biasa. Operator belum memberi kepastian; uang tetap aman. Jangan beli lagi dulu.")
        if is_sent
        else _("Lebih lama dari biasa. Pesanan masih antre untuk dikirim; uang tetap aman. Jangan beli lagi dulu.")
    )
    return Words("warn", _("Masih dikirim") if is_sent else _("Masih antre"), (silent, _news(dealer, order)))


def _promised(dealer: Dealer, order: Order, promise: Promise) -> str:
    given = {"usual": usual(promise.usual), "at": clock(promise.until, dealer.time_zone)}
    if promise.pace is None:
        return (
            _("Perkiraan %(usual)s (toko ini belum punya cukup pesanan untuk dihitung), kabar paling lambat %(at)s.")
            % given
        )
    if not promise.is_of_brand:
        return _("Di toko ini biasanya %(usual)s, kabar paling lambat %(at)s.") % given
    given["brand"] = order.product.brand.name
    return _("%(brand)s biasanya %(usual)s, kabar paling lambat %(at)s.") % given


def usual(time: timedelta) -> str:
    """`beberapa detik`, `di bawah 1 menit`: no more exact than the past allows."""
    if time <= timedelta(seconds=10):
        return _("beberapa detik")
    minutes = max(1, -(-time // timedelta(minutes=1)))
    return ngettext("di bawah %(n)s menit", "di bawah %(n)s menit", minutes) % {"n": minutes}


def _news(dealer: Dealer, order: Order) -> str:
    look_at, now = fulfilment.staff_look_at(order), timezone.now()
    given = {"shop": dealer.name, "at": clock(look_at, dealer.time_zone)}
    if now < look_at:
        return _("Kabar berikutnya paling lambat %(at)s; kalau belum pasti, petugas %(shop)s ikut memeriksa.") % given
    asked = _deadline(order)
    deadline = asked or look_at + fulfilment.STAFF_WITHIN
    given["at"] = clock(deadline, dealer.time_zone)
    if asked is None:
        return _("Kabar berikutnya paling lambat %(at)s.") % given
    if now < deadline:
        return _("Petugas %(shop)s diminta memeriksa. Kabar berikutnya paling lambat %(at)s.") % given
    return _("Petugas %(shop)s belum memberi kabar sampai %(at)s. Hubungi toko dengan kode pesanan.") % given


def _deadline(order: Order) -> datetime | None:
    asked = Task.objects.filter(dealer_id=order.dealer_id, order=order, kind=TaskKind.UNDECIDED, closed_at=None)
    return asked.values_list("deadline", flat=True).first()
