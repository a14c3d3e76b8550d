"""A bank's own list, uploaded: looked at line by line before anything of it is booked, and booked once.

A line is known by its reference. One that says the day and sum of money already in the book under another reference (by
hand, or by the bank itself) is likely the same money: it is booked only where a person says that it is not.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from dealers import days
from dealers.models import Dealer, User
from portal.lib import tenancy
from transactions import bank_files, bank_lines, payments
from transactions.bank_files import Line, Verdict
from transactions.bank_lines import Entered, Row
from transactions.models import BankAccount, BankFile, BankLine, Receipt


class AlreadyBooked(Exception):
    """What was to be booked of this file is booked; nothing was added."""


class Standing(StrEnum):
    """What would become of a line."""

    NEW = "new"
    KNOWN = "known"
    SIMILAR = "similar"
    """The same day and sum are in the book under another reference."""
    CLASH = "clash"
    """Its reference stands for another sum."""
    PENDING = "pending"
    UNREAD = "unread"


@dataclass(frozen=True)
class Item:
    """A line of the file, and what would become of it."""

    number: int
    standing: Standing
    day: dt.date | None
    amount: int
    note: str
    reference: str
    why: str
    raw: str


def read(dealer: Dealer, account: BankAccount, *, name: str, data: bytes, actor: User) -> BankFile:
    """Keep what could be read of a file, to be looked at. Inside the dealer's transaction.

    Raises `bank_files.TooLong`, `bank_files.NotText`, `bank_files.NoHeading`.
    """
    found = bank_files.read(data, today=days.today(dealer))
    shown = "".join(char if char.isprintable() else " " for char in name)
    return BankFile.objects.create(
        dealer=dealer,
        account=account,
        name=shown[:80],
        rows=[_kept(line) for line in found.lines],
        out=found.out,
        uploaded_by=actor,
    )


def _kept(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "verdict": str(line.verdict),
        "why": str(line.why or ""),
        "day": line.day.isoformat() if line.day else None,
        "amount": line.amount,
        "note": line.note,
        "reference": line.reference,
        "raw": line.raw,
    }


def items(file: BankFile) -> list[Item]:
    """Every line with what would become of it now. Inside the dealer's transaction."""
    rows = [row for row in file.rows if row["verdict"] == Verdict.IN]
    booked = _booked(file, [row["reference"] for row in rows])
    more = _unexplained(file, rows, booked)
    found = []
    for row in file.rows:
        standing = _standing(row, booked)
        key = (row["day"], row["amount"])
        if standing == Standing.NEW and more[key] > 0:
            standing, more[key] = Standing.SIMILAR, more[key] - 1
        found.append(_item(row, standing))
    return found


def _standing(row: dict[str, Any], booked: dict[str, int]) -> Standing:
    if row["verdict"] != Verdict.IN:
        return Standing.PENDING if row["verdict"] == Verdict.PENDING else Standing.UNREAD
    if row["reference"] not in booked:
        return Standing.NEW
    return Standing.KNOWN if booked[row["reference"]] == row["amount"] else Standing.CLASH


def _item(row: dict[str, Any], standing: Standing) -> Item:
    day = dt.date.fromisoformat(row["day"]) if row["day"] else None
    told = {name: row[name] for name in ("number", "amount", "note", "reference", "why", "raw")}
    return Item(standing=standing, day=day, **told)


def _booked(file: BankFile, references: list[str]) -> dict[str, int]:
    """What stands in the book under these references at this account, in rupiah."""
    lines = BankLine.objects.filter(dealer_id=file.dealer_id, account=file.account, reference__in=references)
    told = Receipt.objects.filter(
        dealer_id=file.dealer_id, gateway=payments.bank_gateway(file.account), gateway_tx__in=references
    )
    return dict(told.values_list("gateway_tx", "amount")) | dict(lines.values_list("reference", "amount"))


def _unexplained(file: BankFile, rows: list[dict[str, Any]], booked: dict[str, int]) -> Counter[tuple[str, int]]:
    """Per day and sum, how much of what is in the book this file does not name."""
    wanted = {row["day"] for row in rows}
    lines = BankLine.objects.filter(dealer_id=file.dealer_id, account=file.account, day__in=wanted)
    held = {ref: (day.isoformat(), amount) for ref, day, amount in lines.values_list("reference", "day", "amount")}
    told = Receipt.objects.filter(dealer_id=file.dealer_id, gateway=payments.bank_gateway(file.account))
    near = told.filter(at__date__gte=min(wanted)) if wanted else told.none()
    for ref, at, amount in near.values_list("gateway_tx", "at", "amount"):
        held.setdefault(ref, (days.of(file.dealer, at).isoformat(), amount))
    return Counter(key for ref, key in held.items() if ref not in booked)


def book(dealer: Dealer, file_id: int, *, although: Collection[int] = (), actor: User) -> Entered:
    """Book what is new of a file, and of what is similar the lines numbered in `although`.

    Each line in a transaction of its own, so that no wallet waits for the whole file: call it outside any. Cut short,
    it is called again, and knows what it has booked. Raises `AlreadyBooked`.
    """
    with tenancy.inside(dealer.pk):
        file = BankFile.objects.select_related("account", "dealer").get(dealer=dealer, pk=file_id)
        found = items(file)
    if file.booked_at is not None:
        raise AlreadyBooked
    chosen = [each for each in found if each.standing == Standing.NEW or _is_meant(each, although)]
    rows = [
        Row(day=each.day, amount=each.amount, note=each.note, reference=each.reference) for each in chosen if each.day
    ]
    entered = bank_lines.enter(dealer, file.account, rows, actor=actor)
    known = entered.known + sum(each.standing == Standing.KNOWN for each in found)
    with tenancy.inside(dealer.pk):
        waiting = BankFile.objects.filter(dealer=dealer, pk=file.pk, booked_at=None)
        waiting.update(rows=[], new=entered.new, known=known, booked_at=timezone.now())
    return Entered(entered.new, known, entered.credited)


def _is_meant(item: Item, although: Collection[int]) -> bool:
    return item.standing == Standing.SIMILAR and item.number in although
