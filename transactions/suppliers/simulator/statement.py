"""The simulated supplier's statement of a day as CSV, from its own book, and with noise where a test wants some.

`noise` is the share of rows that are disturbed, evenly by all the ways there are and the same ones for one `seed`.
What a reader can put right without asking anybody (another spelling, a shifted clock, a line told twice) is not
reported; what is really wrong is, so that a test knows what must be found.
"""

import csv
import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from transactions.suppliers.simulator.book import PENDING, SUCCESS, Sale

WIB = timezone(timedelta(hours=7))
HEAD = ("ref_id", "sku", "number", "price", "status", "sn", "date")
_WORDS = {SUCCESS: "Sukses", PENDING: "Pending"}
Row = dict[str, str]


@dataclass
class Statement:
    """The rows as they are told, and what is wrong with which reference."""

    rows: list[Row] = field(default_factory=list)
    disturbed: list[dict[str, str]] = field(default_factory=list)

    def csv(self) -> bytes:
        """As a file."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, HEAD)
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode()


def of(sales: Iterable[Sale], day: date, *, noise: float = 0.0, seed: int = 0) -> Statement:
    """The statement of a day by the supplier's own clock, which is WIB's; trials are no sales."""
    rows = [_row(sale) for sale in sales if sale.at and not sale.is_trial and _moment(sale).date() == day]
    rows.sort(key=lambda row: (row["date"], row["ref_id"]))
    chance = random.Random(seed)  # noqa: S311  a test's noise, not a secret
    count = round(len(rows) * noise)
    places = sorted(chance.sample(range(len(rows)), min(count, len(rows))))
    ways = list(_WAYS)
    chance.shuffle(ways)
    wanted = {place: ways[number % len(ways)] for number, place in enumerate(places)}
    found = Statement()
    for place, row in enumerate(rows):
        way = wanted.get(place)
        told = [row] if way is None else _WAYS[way](row, chance)
        found.rows += told
        if way in BEYOND_REPAIR:
            found.disturbed.append({"ref": row["ref_id"] if way != "extra" else told[-1]["ref_id"], "way": str(way)})
    return found


def _row(sale: Sale) -> Row:
    return {
        "ref_id": sale.ref,
        "sku": sale.sku,
        "number": sale.number,
        "price": str(sale.price if sale.rc in {SUCCESS, PENDING} else 0),
        "status": _WORDS.get(sale.rc, "Gagal"),
        "sn": sale.sn,
        "date": _moment(sale).strftime("%Y-%m-%d %H:%M:%S"),
    }


def _moment(sale: Sale) -> datetime:
    return datetime.fromisoformat(sale.at).astimezone(WIB)


def _price(row: Row, chance: random.Random) -> list[Row]:
    if row["status"] != "Sukses":
        return _status(row, chance)
    return [{**row, "price": str(int(row["price"]) + chance.choice([-50, 25, 75, 500]))}]


def _status(row: Row, _chance: random.Random) -> list[Row]:
    other = {**row, "status": "Gagal", "sn": ""} if row["status"] == "Sukses" else {**row, "status": "Sukses"}
    return [{**other, "price": row["price"] if row["price"] != "0" else "10000"}]


def _extra(row: Row, chance: random.Random) -> list[Row]:
    other = {"ref_id": f"X{chance.randrange(10**9):09d}-1", "sn": str(chance.randrange(10**18)), "status": "Sukses"}
    return [row, {**row, **other, "price": "10000"}]


def _missing(row: Row, chance: random.Random) -> list[Row]:
    """A failed sale that is not listed is nothing wrong; another one is disturbed instead."""
    return [] if row["status"] == "Sukses" else _status(row, chance)


def _respelled(row: Row, chance: random.Random) -> list[Row]:
    ref = chance.choice([row["ref_id"].lower(), f"  {row['ref_id']} ", f"'{row['ref_id']}"])
    return [{**row, "ref_id": ref}]


def _shifted(row: Row, chance: random.Random) -> list[Row]:
    moved = datetime.fromisoformat(row["date"]) + timedelta(hours=chance.choice([-7, -1, 2, 7]))
    return [{**row, "date": moved.strftime("%d/%m/%Y %H:%M")}]


def _twice(row: Row, _chance: random.Random) -> list[Row]:
    return [row, dict(row)]


def _word(row: Row, chance: random.Random) -> list[Row]:
    words = {"Sukses": ["SUKSES", "success", "Berhasil"], "Gagal": ["GAGAL", "failed"], "Pending": ["proses"]}
    return [{**row, "status": chance.choice(words[row["status"]])}]


def _serial(row: Row, _chance: random.Random) -> list[Row]:
    sn = row["sn"]
    return [{**row, "sn": " ".join(sn[at : at + 4] for at in range(0, len(sn), 4)), "number": f"'{row['number']}"}]


_WAYS: dict[str, Callable[[Row, random.Random], Sequence[Row]]] = {
    "price": _price,
    "missing": _missing,
    "extra": _extra,
    "status": _status,
    "respelled": _respelled,
    "shifted": _shifted,
    "twice": _twice,
    "word": _word,
    "serial": _serial,
}
BEYOND_REPAIR = frozenset({"price", "missing", "extra", "status"})
