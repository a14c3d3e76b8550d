"""A statement of one account, whose closing balance is the ledger's own.

One SQL statement reads the roll-ups, what came after them and the rows, so all of it is one picture:
the balance after each row, the opening and the closing balance cannot disagree.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from dealers import days
from dealers.models import Dealer
from transactions import rollups
from transactions.desk_selectors import account_names, money
from transactions.models import Account, Order

PAGE = 50

_FIGURES = f"""
WITH mine AS (
    SELECT t.id, t.at, t.reference, t.order_id,
           CASE WHEN t.to_id = %(account)s THEN t.frm_id ELSE t.to_id END AS other_id,
           %(sign)s * CASE WHEN t.to_id = %(account)s THEN t.amount ELSE -t.amount END AS change
    FROM transfer t
    WHERE t.dealer_id = %(dealer)s AND (t.to_id = %(account)s OR t.frm_id = %(account)s)
      AND t.at >= %(start)s AND t.at < %(end)s
), now_holds AS (
    SELECT %(sign)s * ({rollups.BALANCE}) AS balance
), later AS (
    SELECT %(sign)s * coalesce(sum(CASE WHEN to_id = %(account)s THEN amount ELSE -amount END), 0) AS change
    FROM transfer WHERE dealer_id = %(dealer)s AND (to_id = %(account)s OR frm_id = %(account)s) AND at >= %(end)s
), figures AS (
    SELECT n.balance - l.change AS closing, (SELECT coalesce(sum(change), 0) FROM mine) AS moved,
           (SELECT count(*) FROM mine) AS n
    FROM now_holds n, later l
)
SELECT f.closing, f.closing - f.moved, f.n, r.id, r.at, r.reference, r.order_id, r.change, r.after,
       a.id, a.kind, a.key
FROM figures f LEFT JOIN LATERAL (
    SELECT m.*, f.closing - f.moved + sum(m.change) OVER (ORDER BY m.id) AS after FROM mine m
) r ON true LEFT JOIN account a ON a.id = r.other_id
"""  # noqa: S608  built from a constant
_NEWEST = _FIGURES + " ORDER BY r.id DESC NULLS LAST LIMIT %(limit)s OFFSET %(offset)s"
_OLDEST = _FIGURES + " ORDER BY r.id NULLS LAST"


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days of the dealer, both included."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True, kw_only=True)
class Row:
    """One movement: what came in or went out, and what was left, in rupiah as a shopkeeper counts."""

    at: dt.datetime
    reference: str
    text: str
    other: str
    change: int
    after: int
    order_code: str = ""

    @property
    def came_in(self) -> int | None:
        """Rupiah in, if it came in."""
        return self.change if self.change > 0 else None

    @property
    def went_out(self) -> int | None:
        """Rupiah out, if it went out."""
        return -self.change if self.change < 0 else None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A stretch of one account; all sums in rupiah as a shopkeeper counts."""

    opening: int
    closing: int
    count: int
    rows: list[Row]


def read(dealer: Dealer, account: Account, period: Period, *, page: int = 1) -> Statement:
    """One page of a statement, newest first."""
    bounds = {"limit": PAGE, "offset": (page - 1) * PAGE}
    return _read(dealer, account, period, _NEWEST, bounds)


def whole(dealer: Dealer, account: Account, period: Period) -> Statement:
    """A whole statement, oldest first."""
    return _read(dealer, account, period, _OLDEST, {})


def _read(dealer: Dealer, account: Account, period: Period, sql: str, bounds: dict[str, int]) -> Statement:
    arguments: dict[str, Any] = {
        "dealer": dealer.pk,
        "account": account.pk,
        "sign": money.sign(account.kind),
        "start": days.begins(dealer, period.start),
        "end": days.ends(dealer, period.end),
        **bounds,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        found = cursor.fetchall()
    if not found:
        return _read(dealer, account, period, _NEWEST, {"limit": 1, "offset": 0})
    closing, opening, count = found[0][:3]
    rows = list(_rows(dealer, [line[3:] for line in found if line[3] is not None]))
    return Statement(opening=int(opening), closing=int(closing), count=int(count), rows=rows)


def _rows(dealer: Dealer, lines: list[tuple[Any, ...]]) -> Iterator[Row]:
    codes = dict(
        Order.objects.filter(dealer=dealer, pk__in={line[3] for line in lines if line[3]}).values_list("pk", "code")
    )
    others = [Account(kind=str(line[7]), key=str(line[8] or "")) for line in lines]
    called = account_names.names(dealer.pk, others)
    for (_id, at, reference, order_id, change, after, *_other), other in zip(lines, others, strict=True):
        yield Row(
            at=at,
            reference=str(reference),
            text=_text(str(reference)),
            other=called[account_names.key(other)],
            change=int(str(change)),
            after=int(str(after)),
            order_code=codes.get(order_id, "") if isinstance(order_id, int) else "",
        )


def _text(reference: str) -> str:
    """What a reference stands for, in words; the reference itself stands beside it."""
    for pattern, text in (
        (r"^pay:", _("Pembayaran diterima")),
        (r"^claim:", _("Uang tanpa pemilik diselesaikan")),
        (r":unique$", _("Selisih jumlah unik ditanggung toko")),
        (r"^deposit:", _("Setor saldo")),
        (r"^supplier-deposit:", _("Setor ke pemasok")),
        (r"^reconcile:", _("Selisih rekap harian")),
        (r"^settle:", _("Penyelesaian gerbang bayar")),
        (r":hold$", _("Ditahan untuk pesanan")),
        (r":(re)?capture(:\d+)?$", _("Terjual")),
        (r":cost(:\d+)?$", _("Modal")),
        (r":cost(:\d+)?-returned$", _("Modal kembali")),
        (r":release$", _("Pesanan gagal, uang kembali")),
        (r":refund:", _("Pengembalian dibayar")),
        (r":sale-refund:", _("Uang penjualan dikembalikan")),
        (r":rest:", _("Kelebihan bayar kembali")),
        (r":reversal(:\d+)?$", _("Penjualan dibatalkan pemasok")),
        (r":late-loss(:\d+)?$", _("Rugi karena jawaban terlambat")),
        (r":late-loss(:\d+)?-returned$", _("Rugi kembali")),
        (r":goodwill:", _("Ganti rugi sukarela")),
    ):
        if re.search(pattern, reference):
            return text
    return _("Pembukuan lain")
