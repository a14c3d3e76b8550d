"""What happened in a partner's deposit on one day, line by line, with the balance after each."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dealers import days
from dealers.models import Dealer, Partner
from transactions import accounts, ledger
from transactions.models import Order, Transfer

PAGE = 100
Names = dict[int, tuple[str, str | None]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One movement; `amount` and `balance` (afterwards) in rupiah, negative when money left."""

    seq: int
    at: dt.datetime
    kind: str
    reference: str
    order: str | None
    ref_id: str | None
    amount: int
    balance: int


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A page of a day; `opening` and `closing` are the whole day's, in rupiah."""

    day: dt.date
    opening: int
    closing: int
    lines: list[Line]
    next: int | None


def read(dealer: Dealer, partner: Partner, day: dt.date, *, after: int = 0, whole: bool = False) -> Statement:
    """One page of the partner's day, the movements after number `after`; all of them where it is wanted `whole`.

    Inside the dealer's transaction.
    """
    account_id = ledger.account_id(dealer.pk, accounts.wallet(partner.wallet_key))
    rows = _moves(dealer.pk, account_id)
    begins, ends = days.begins(dealer, day), days.ends(dealer, day)
    today = list(rows.filter(at__gte=begins, at__lt=ends))
    names = _names(dealer.pk, today)
    lines = sorted((_line(row, account_id, names) for row in today), key=lambda line: line.seq)
    opening = lines[0].balance - lines[0].amount if lines else _balance_before(rows, account_id, ends)
    shown = [line for line in lines if line.seq > after]
    page = shown if whole else shown[:PAGE]
    return Statement(
        day=day,
        opening=opening,
        closing=lines[-1].balance if lines else opening,
        lines=page,
        next=page[-1].seq if len(shown) > len(page) else None,
    )


def _moves(dealer_id: int, account_id: int) -> QuerySet[Transfer]:
    return Transfer.objects.filter(Q(frm_id=account_id) | Q(to_id=account_id), dealer_id=dealer_id)


def _line(row: Transfer, account_id: int, names: Names) -> Line:
    is_out = row.frm_id == account_id
    code, ref_id = names.get(row.order_id or 0, (None, None))
    seq, after = (row.frm_seq, row.frm_after) if is_out else (row.to_seq, row.to_after)
    return Line(
        seq=seq or 0,
        at=row.at,
        kind=_kind(row, is_out=is_out),
        reference=row.reference,
        order=code,
        ref_id=ref_id,
        amount=-row.amount if is_out else row.amount,
        balance=after or 0,
    )


def _kind(row: Transfer, *, is_out: bool) -> str:
    if row.order_id is not None:
        return "order" if is_out else "refund"
    return "other" if is_out or not row.reference.startswith("deposit:") else "deposit"


def _balance_before(rows: QuerySet[Transfer], account_id: int, moment: dt.datetime) -> int:
    earlier = rows.filter(at__lt=moment).order_by("-id")[:20]
    newest = max((_line(row, account_id, {}) for row in earlier), key=lambda line: line.seq, default=None)
    return newest.balance if newest else 0


def _names(dealer_id: int, rows: list[Transfer]) -> Names:
    """Code and ref_id of the orders that these movements belong to."""
    wanted = {row.order_id for row in rows if row.order_id is not None}
    found = Order.objects.filter(dealer_id=dealer_id, pk__in=wanted).values_list("pk", "code", "ref_id")
    return {pk: (code, ref_id) for pk, code, ref_id in found}
